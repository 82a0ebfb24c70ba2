import { ByteWriter } from "../byte-writer.js";
import { checkCaps, type SizeCaps } from "../cap-limits.js";
import { readSections } from "../sections.js";
import { decodeUtf8 } from "../utf8.js";
import { ORIGINAL_SECTION, PREPARED_SECTION } from "./interrupt-abi.js";

/**
 * Which rewriter prepared a module. Another number for each change of what `prepare` makes of any module, because what it
 * has made before can be verified no more; a test that pins its output says when.
 */
export const REWRITER_VERSION = 5;

/** What a prepared module says of how it was made. */
export interface Marker {
  readonly version: number;
  readonly caps: SizeCaps;
}

/** The content of the custom section that says how a module was prepared. */
export function markerContent({ maxMemoryPages, maxTableElements }: SizeCaps): Uint8Array {
  const out = new ByteWriter();
  out.ascii(PREPARED_SECTION);
  for (const character of JSON.stringify({
    version: REWRITER_VERSION,
    caps: { maxMemoryPages, maxTableElements },
  })) {
    out.byte(character.charCodeAt(0));
  }
  return out.view();
}

/** The content of the custom section that holds a module as it was. */
export function originalContent(module: Uint8Array): Uint8Array {
  const out = new ByteWriter();
  out.ascii(ORIGINAL_SECTION);
  out.copy(module);
  return out.view();
}

/** A custom section. */
export interface CustomSection {
  /** Where it begins. */
  readonly start: number;
  /** What is behind its name. */
  readonly payload: Uint8Array;
}

/** The first custom section of that name, or undefined. */
export function findCustomSection(module: Uint8Array, name: string): CustomSection | undefined {
  for (const { kind, start, content } of readSections(module)) {
    if (kind === "custom" && content.name("a custom section's name") === name) {
      return { start, payload: module.subarray(content.offset, content.end) };
    }
  }
  return undefined;
}

/**
 * Whether the module carries the custom section `guardhost.prepared`. That is what it claims, and no proof: a hostile
 * module can carry one too. `restore` tells whether it is true. Throws a WasmFormatError when the bytes are not a
 * sequence of sections.
 */
export function isPrepared(module: Uint8Array): boolean {
  return findCustomSection(module, PREPARED_SECTION) !== undefined;
}

/**
 * Reads the payload of a custom section `guardhost.prepared`, as `WebAssembly.Module.customSections` gives it; undefined
 * when it is not what `prepare` of any version writes. A claim as well.
 */
export function readMarker(payload: Uint8Array): Marker | undefined {
  try {
    const { version, caps } = JSON.parse(decodeUtf8(payload, 0, payload.length, refuse));
    if (!Number.isSafeInteger(version)) return undefined;
    checkCaps(caps);
    const { maxMemoryPages, maxTableElements } = caps;
    return { version, caps: { maxMemoryPages, maxTableElements } };
  } catch {
    // Whatever is wrong with it: nobody but us writes one.
    return undefined;
  }
}

function refuse(): never {
  throw new Error("not UTF-8");
}
