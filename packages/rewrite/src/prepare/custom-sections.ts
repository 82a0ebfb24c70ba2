/** Custom sections about code by its position: prepared, it stands elsewhere. */
const positional: ReadonlySet<string> = new Set([
  "linking",
  "dylink",
  "dylink.0",
  "sourceMappingURL",
  "external_debug_info",
  "compilationHints",
]);
const positionalPrefixes = [".debug_", "reloc.", "metadata.code."];

/**
 * Whether a custom section would be wrong in a prepared module: debugging information, relocations, source maps and
 * hints to the compiler tell about code by its position.
 */
export function isPositional(name: string): boolean {
  return positional.has(name) || positionalPrefixes.some((prefix) => name.startsWith(prefix));
}
