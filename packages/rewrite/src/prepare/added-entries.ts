import { ByteWriter } from "../byte-writer.js";
import type { SectionKind } from "../sections.js";
import { ADDED_FUNCTIONS, ADDED_IMPORTS, type Additions } from "./additions.js";
import {
  CHECK_IMPORT,
  COUNTDOWN_EXPORT,
  INTERRUPT_MODULE,
  PAUSE_IMPORT,
  START_FUNCTION_EXPORT,
} from "./interrupt-abi.js";

/** Entries at the end of a section. */
export interface AddedEntries {
  readonly count: number;
  readonly bytes: Uint8Array;
}

const FUNCTION_TYPE = 0x60;
const I32 = 0x7f;
const FUNCTION = 0;
const GLOBAL = 3;
/** A mutable i32 global that begins as 0: its type, i32.const 0, end. */
const COUNTDOWN_GLOBAL = [I32, 1, 0x41, 0, 0x0b];
/** `() -> i32`, `(i32) -> i32` and `(i32, i32) -> i32`. */
const TYPES = [0, 1, 2].map((parameters) => [
  FUNCTION_TYPE,
  parameters,
  ...Array(parameters).fill(I32),
  1,
  I32,
]);

/** What to know of a module to add to it. */
export interface Extension {
  readonly additions: Additions;
  /** The old index of the start function, if there is one. */
  readonly start: number | undefined;
}

/**
 * The sections that get more entries, and so are there in each prepared module. Each one's entries are asked for when it
 * was read. The code section gets more as well, and is no part of this.
 */
export const addedEntries: Readonly<Partial<Record<SectionKind, (extension: Extension) => AddedEntries>>> = {
  type: () => entries(TYPES.length, (out) => out.copy(Uint8Array.from(TYPES.flat()))),
  import: ({ additions }) =>
    entries(ADDED_IMPORTS, (out) => {
      for (const name of [CHECK_IMPORT, PAUSE_IMPORT]) {
        out.ascii(INTERRUPT_MODULE);
        out.ascii(name);
        out.byte(FUNCTION);
        out.u32(additions.pollType);
      }
    }),
  function: ({ additions: { pollType, buyType, chargeType } }) =>
    entries(ADDED_FUNCTIONS, (out) => {
      for (const type of [pollType, buyType, chargeType]) out.u32(type);
    }),
  global: () => entries(1, (out) => out.copy(Uint8Array.from(COUNTDOWN_GLOBAL))),
  export: ({ additions, start }) =>
    entries(start === undefined ? 1 : 2, (out) => {
      out.ascii(COUNTDOWN_EXPORT);
      out.byte(GLOBAL);
      out.u32(additions.countdown);
      if (start === undefined) return;
      out.ascii(START_FUNCTION_EXPORT);
      out.byte(FUNCTION);
      out.u32(additions.functionIndex(start));
    }),
};

function entries(count: number, write: (out: ByteWriter) => void): AddedEntries {
  const out = new ByteWriter();
  write(out);
  return { count, bytes: out.view() };
}
