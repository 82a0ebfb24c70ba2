/** Throws a TypeError unless `options` is an object whose keys are all `known`: a misspelt one must not pass for none. */
export function assertKnownOptions(
  of: string,
  options: unknown,
  known: Readonly<Record<string, true>>,
): asserts options is object {
  if (typeof options !== "object" || options === null)
    throw new TypeError(`${of} needs an object of options`);
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(known, name));
  if (unknown !== undefined) throw new TypeError(`${of} has no option ${JSON.stringify(unknown)}`);
}
