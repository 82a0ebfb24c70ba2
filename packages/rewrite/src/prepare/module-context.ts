import type { ModuleContents } from "../module-contents.js";
import type { Additions } from "./additions.js";

/** What to know of a module to write its functions. */
export interface ModuleContext {
  readonly bytes: Uint8Array;
  /** The same, for a SpanWriter to write over. */
  readonly overwritten: Uint8Array;
  readonly contents: ModuleContents;
  readonly additions: Additions;
  /** Functions that something else than a call can reach: exports, tables and the start section. */
  readonly referenced: ReadonlySet<number>;
}
