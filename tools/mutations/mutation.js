/**
 * One way to break a rule, and what has to notice.
 *
 * @typedef {object} Mutation
 * @property {"core" | "rewrite" | "thread" | "engine" | "wasi" | "wasmer" | "difc" | "mcp" | "gateway"} package the package that is changed
 * @property {string} file below the package's `src`; for rules of the protocol, its built form in `dist` is what is changed,
 *   for those that a package's own tests notice its source
 * @property {string} find a piece of the file that occurs exactly once
 * @property {string} replace what stands there instead
 * @property {string} fails the requirement that must not be met any more, by its id; or the test of the package that must not
 *   pass any more, by its file below `test` and its title, or the title of what it is in: `file > title`
 * @property {"worker"} [thread] for rules of worker threads; guards run on the suite's own thread unless given, where nothing
 *   stops them but the rules that are to be broken
 * @property {"node26"} [runtime] for rules that need JavaScript Promise Integration; also for guests that nothing stops when the rule
 *   is broken, and that leave the suite its thread from time to time there
 */

export {};
