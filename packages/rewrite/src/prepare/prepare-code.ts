import type { BinaryReader } from "../binary-reader.js";
import { noteBodies, readBodyCount } from "../code-section.js";
import {
  Exchange,
  FUNCTION_FACTS_WORDS,
  type KernelExports,
  REFERENCED,
  UNDECLARED,
} from "../kernel/kernel-exports.js";
import type { ModuleContents } from "../module-contents.js";
import { refusedMask } from "../refused-features.js";
import { ADDED_FUNCTIONS, ADDED_IMPORTS, type Additions } from "./additions.js";
import { refuseFeatures } from "./refusals.js";

/** What to know of a module to write its functions. */
export interface ModuleContext {
  readonly bytes: Uint8Array;
  readonly contents: ModuleContents;
  readonly additions: Additions;
  /** Functions that exports, tables and globals refer to. */
  readonly referenced: ReadonlySet<number>;
}

/** The content of the code section, which the module need not have: the bodies with checks in them, and those of the added functions. */
export function prepareCode(content: BinaryReader | undefined, module: ModuleContext): Uint8Array {
  const { bytes, contents } = module;
  if (content !== undefined) readBodyCount(content, contents);
  const bodies = contents.ownFunctions + ADDED_FUNCTIONS;
  const write = (kernel: KernelExports) => {
    introduce(kernel, module);
    if (content === undefined) kernel.prepareNoBodies(bodies);
    else {
      content.offset = kernel.prepareBodies(content.offset, content.end, bodies);
      noteBodies(contents);
    }
    const { exchange } = contents.kernel;
    const output = exchange[Exchange.output] as number;
    return new Uint8Array(kernel.memory.buffer, output, exchange[Exchange.outputLength]).slice();
  };
  return contents.kernel.run(content ?? { bytes, where: "the module" }, write, (offset) =>
    refuseFeatures(contents, offset),
  );
}

/** Tells the kernel what it has to know. */
function introduce(kernel: KernelExports, { contents, additions, referenced }: ModuleContext): void {
  const { importedFunctions, functions, types, globals, start } = contents;
  kernel.setGuest(importedFunctions, functions.length, types.length, globals.length, refusedMask);
  const { check, pause, ask, buy, charge, countdown } = additions;
  kernel.setAdditions(ADDED_IMPORTS, check, pause, ask, buy, charge, countdown);
  const words = new Uint32Array(kernel.memory.buffer);
  let at = (kernel.functionFacts() >>> 0) / Uint32Array.BYTES_PER_ELEMENT;
  for (let index = 0; index < functions.length; index++, at += FUNCTION_FACTS_WORDS) {
    const parameters = functions[index]?.params.length as number;
    // The start function is exported.
    const exported = index === start ? REFERENCED | UNDECLARED : 0;
    words[at] = parameters | (referenced.has(index) ? REFERENCED : exported);
  }
  at = (kernel.typeParameters() >>> 0) / Uint32Array.BYTES_PER_ELEMENT;
  // Types without parameters of their own are refused before.
  for (const type of types) words[at++] = type?.params.length ?? 0;
}
