/**
 * One way to break a rule of the protocol, and the requirement that has to notice.
 *
 * @typedef {object} Mutation
 * @property {"core" | "rewrite" | "native"} package the package that is changed
 * @property {string} file below the package's `src`; its built form in `dist` is what is changed
 * @property {string} find a piece of the built file that occurs exactly once
 * @property {string} replace what stands there instead
 * @property {string} fails id of the requirement that must not be met any more
 * @property {"node26"} [runtime] for rules that need JavaScript Promise Integration
 */

export {};
