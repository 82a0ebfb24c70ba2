import { checkCaps, type SizeCaps } from "../cap-limits.js";
import { readSections } from "../sections.js";
import { decodeUtf8 } from "../utf8.js";
import { ByteWriter } from "./byte-writer.js";
import { ORIGINAL_SECTION, PREPARED_SECTION } from "./interrupt-abi.js";

/** Which form of the interface between module and host a prepared module has. */
const VERSION = 1;

/** The content of the custom section that says how a module was prepared. */
export function markerContent({ maxMemoryPages, maxTableElements }: SizeCaps): Uint8Array {
  const out = new ByteWriter();
  out.ascii(PREPARED_SECTION);
  for (const character of JSON.stringify({ version: VERSION, caps: { maxMemoryPages, maxTableElements } })) {
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

/** What is behind the name in the first custom section of that name, or undefined. */
export function findCustomSection(module: Uint8Array, name: string): Uint8Array | undefined {
  for (const { kind, content } of readSections(module)) {
    if (kind === "custom" && content.name("a custom section's name") === name) {
      return module.subarray(content.offset, content.end);
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
 * The caps in the content of a custom section `guardhost.prepared`, as `WebAssembly.Module.customSections` gives it;
 * undefined when it is not what `prepare` writes. A claim as well.
 */
export function preparedCaps(content: Uint8Array): SizeCaps | undefined {
  try {
    const { version, caps } = JSON.parse(decodeUtf8(content, 0, content.length, refuse));
    if (version !== VERSION) return undefined;
    checkCaps(caps);
    return { maxMemoryPages: caps.maxMemoryPages, maxTableElements: caps.maxTableElements };
  } catch {
    // Whatever is wrong with it: nobody but us writes one.
    return undefined;
  }
}

function refuse(): never {
  throw new Error("not UTF-8");
}
