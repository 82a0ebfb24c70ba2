/** Throws a TypeError unless `options` is an object whose keys are all `known`: a misspelt one must not pass for none. */
export function assertKnownOptions(
  of: string,
  options: unknown,
  known: Readonly<Record<string, true>>,
): asserts options is object {
  if (typeof options !== "object" || options === null)
    throw new TypeError(`${of} needs an object of options`);
  // Each call comes by here, so no list of the names is made.
  for (const name in options) {
    if (!Object.hasOwn(known, name) && Object.hasOwn(options, name))
      throw new TypeError(`${of} has no option ${JSON.stringify(name)}`);
  }
}
