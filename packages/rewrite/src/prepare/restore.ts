import type { ModuleDescription } from "@guardhost/core";
import type { SizeCaps } from "../cap-limits.js";
import { WasmFormatError } from "../wasm-format-error.js";
import { WasmLimitError } from "../wasm-limit-error.js";
import { ORIGINAL_SECTION, PREPARED_SECTION } from "./interrupt-abi.js";
import { findCustomSection, REWRITER_VERSION, readMarker } from "./marker.js";
import { type PreparedModule, prepareAndDescribe } from "./prepare.js";

/** A module as it was, and what it was prepared for. */
export interface RestoredModule {
  readonly module: Uint8Array;
  /** Of the module as it was. */
  readonly description: ModuleDescription;
  readonly caps: SizeCaps;
  /** The prepared module without the one that it was made of: a part of the bytes that were verified. */
  readonly prepared: Uint8Array;
}

/** Settings of {@link restore}. */
export interface RestoreOptions {
  /** Bytes that the module which it was made of may have; any number unless given. */
  readonly maxModuleBytes?: number;
}

/**
 * Verifies a module that says it is prepared, and returns the one that it was made of. Nothing in it is believed: the
 * module that it holds is prepared again, and every byte has to be the same.
 *
 * Throws a WasmFormatError when a single one is not, or when it holds no such module, and then nothing is known of it: it
 * must not run. That is also so for what another version of `prepare` has made; the error says so. Takes as long as
 * preparing does, and throws a WasmUnavailableError as that does.
 */
export function restore(
  prepared: Uint8Array,
  { maxModuleBytes = Number.POSITIVE_INFINITY }: RestoreOptions = {},
): RestoredModule {
  const section = findCustomSection(prepared, PREPARED_SECTION);
  const marker = section && readMarker(section.payload);
  if (marker === undefined)
    throw new WasmFormatError("expected a prepared module, found no valid mark of one", 0);
  const original = findCustomSection(prepared, ORIGINAL_SECTION);
  if (original === undefined) {
    throw new WasmFormatError(
      "found a module that says it is prepared, and loads compiled only, without the one that it was made of",
      prepared.length,
    );
  }
  const { caps, version } = marker;
  const { payload: module, start } = original;
  if (module.length > maxModuleBytes) {
    const problem = `expected a module of at most ${maxModuleBytes} bytes in the prepared one (maxModuleBytes)`;
    throw new WasmFormatError(`${problem}, found one of ${module.length}`, start);
  }
  const { prepared: expected, description } = prepareAgain(module, caps);
  const difference = firstDifference(prepared, expected);
  if (difference !== undefined) throw notPrepared(version, difference);
  return { module, description, caps, prepared: prepared.subarray(0, start) };
}

function notPrepared(version: number, difference: number): WasmFormatError {
  const problem =
    version === REWRITER_VERSION
      ? "found a module that says it is prepared, and is not"
      : `found a module that was prepared by another version (${version}, this is ${REWRITER_VERSION}): prepare it again`;
  return new WasmFormatError(problem, difference);
}

function prepareAgain(module: Uint8Array, caps: SizeCaps): PreparedModule {
  try {
    return prepareAndDescribe(module, caps, { keepOriginal: true });
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
