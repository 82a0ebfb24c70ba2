/**
 * The most that engines take of each thing, from the WebAssembly JavaScript interface ("Implementation-defined
 * Limits"). They bound what a description of a hostile module costs; no engine runs a module beyond them.
 */
export const formatLimits = {
  types: 1_000_000,
  functions: 1_000_000,
  imports: 1_000_000,
  exports: 1_000_000,
  globals: 1_000_000,
  tags: 1_000_000,
  tables: 100_000,
  memories: 100,
  parameters: 1_000,
  results: 1_000,
  locals: 50_000,
  fields: 10_000,
  /** Ours: engines have no such limit, but each section costs far more to describe than its three bytes. */
  customSections: 100_000,
} as const;
