import type { SizeCaps } from "../cap-limits.js";
import { WasmFormatError } from "../wasm-format-error.js";
import { WasmLimitError } from "../wasm-limit-error.js";
import { ORIGINAL_SECTION, PREPARED_SECTION } from "./interrupt-abi.js";
import { findCustomSection, preparedCaps } from "./marker.js";
import { prepare } from "./prepare.js";

/** A module as it was, and what it was prepared for. */
export interface RestoredModule {
  readonly module: Uint8Array;
  readonly caps: SizeCaps;
}

/**
 * Verifies a module that says it is prepared, and returns the one that it was made of. Nothing in it is believed: the
 * module that it holds is prepared again, and every byte has to be the same.
 *
 * Throws a WasmFormatError when a single one is not, or when it holds no such module, and then nothing is known of it: it
 * must not run. Takes as long as preparing does.
 */
export function restore(prepared: Uint8Array): RestoredModule {
  const marker = findCustomSection(prepared, PREPARED_SECTION);
  const caps = marker && preparedCaps(marker);
  if (caps === undefined)
    throw new WasmFormatError("expected a prepared module, found no valid mark of one", 0);
  const module = findCustomSection(prepared, ORIGINAL_SECTION);
  if (module === undefined) {
    throw new WasmFormatError(
      "found a module that says it is prepared, without the one that it was made of: pass that one instead",
      0,
    );
  }
  const again = prepareAgain(module, caps);
  const difference = firstDifference(prepared, again);
  if (difference !== undefined) {
    throw new WasmFormatError("found a module that says it is prepared, and is not", difference);
  }
  return { module, caps };
}

function prepareAgain(module: Uint8Array, caps: SizeCaps): Uint8Array {
  try {
    return prepare(module, caps, { keepOriginal: true });
  } catch (cause) {
    if (!(cause instanceof WasmLimitError || cause instanceof WasmFormatError)) throw cause;
    throw new WasmFormatError(`found a module that says it is prepared, and cannot be: ${cause.message}`, 0);
  }
}

function firstDifference(left: Uint8Array, right: Uint8Array): number | undefined {
  const shorter = Math.min(left.length, right.length);
  for (let at = 0; at < shorter; at++) if (left[at] !== right[at]) return at;
  return left.length === right.length ? undefined : shorter;
}
