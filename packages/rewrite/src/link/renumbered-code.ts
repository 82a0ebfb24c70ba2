import { BinaryReader } from "../binary-reader.js";
import type { ByteWriter } from "../byte-writer.js";
import { readBodyCount } from "../code-section.js";
import { Structure } from "../instructions.js";
import { encodeSigned } from "../leb128.js";
import { SpanWriter } from "../span-writer.js";
import { readValueType } from "../types.js";
import type { ModuleParts } from "./module-parts.js";

/** New indices by the old ones. */
export interface Renumbering {
  readonly functionIndex: (old: number) => number;
  /** Undefined where they stay. */
  readonly typeIndex?: ((old: number) => number) | undefined;
  readonly globalIndex?: ((old: number) => number) | undefined;
}

const [CALL, CALL_INDIRECT, RETURN_CALL, RETURN_CALL_INDIRECT] = [0x10, 0x11, 0x12, 0x13];
const [GLOBAL_GET, GLOBAL_SET, REF_FUNC] = [0x23, 0x24, 0xd2];

/** Writes the function bodies of a module with new indices, each with its size in front. */
export function writeBodies(out: ByteWriter, module: ModuleParts, renumbering: Renumbering): void {
  const content = module.section("code");
  if (content === undefined) return;
  const code = new RenumberedCode(module, renumbering);
  try {
    for (let left = readBodyCount(content, module.contents); left > 0; left--) {
      const size = content.u32("the size of a function body");
      const { bytes, where, offset } = content;
      content.skip(size, "a function body");
      const renumbered = code.renumber(new BinaryReader(bytes, where, offset, content.offset));
      out.u32(renumbered.length);
      out.copy(renumbered);
    }
  } finally {
    module.contents.kernel.end();
  }
}

class RenumberedCode {
  readonly #module: ModuleParts;
  readonly #renumbering: Renumbering;
  readonly #spans: SpanWriter;

  constructor(module: ModuleParts, renumbering: Renumbering) {
    this.#module = module;
    this.#renumbering = renumbering;
    this.#spans = new SpanWriter(new Uint8Array(module.bytes));
  }

  /** The body of a function, which was read before, until the next is renumbered. */
  renumber(body: BinaryReader): Uint8Array {
    const { instructions, features } = this.#module.contents;
    this.#spans.startAt(body.offset);
    for (let groups = body.u32("the number of groups of locals"); groups > 0; groups--) {
      body.u32("a number of locals");
      readValueType(body, features);
    }
    instructions.enter(body);
    while (instructions.next())
      this.#instruction(instructions.opcode, instructions.immediates, instructions.end);
    this.#spans.copyTo(body.end);
    return this.#spans.out.view();
  }

  #instruction(opcode: number, start: number, end: number): void {
    const { functionIndex, typeIndex, globalIndex } = this.#renumbering;
    switch (opcode) {
      case CALL:
      case RETURN_CALL:
      case REF_FUNC:
        this.#index("function", start, end, functionIndex);
        break;
      case CALL_INDIRECT:
      case RETURN_CALL_INDIRECT:
        this.#index("type", start, end, typeIndex);
        break;
      case GLOBAL_GET:
      case GLOBAL_SET:
        this.#index("global", start, end, globalIndex);
        break;
      case Structure.block:
      case Structure.loop:
      case Structure.if:
      case Structure.try:
      case Structure.tryTable:
        this.#blockType(start, end);
        break;
    }
  }

  /** Puts the new index in the place of the one that begins at `start`. */
  #index(
    kind: "function" | "type" | "global",
    start: number,
    end: number,
    renumber: ((old: number) => number) | undefined,
  ): void {
    const reader = this.#reader(start, end);
    const old = reader.u32(`a ${kind} index`);
    this.#module.check(kind, old, start);
    if (renumber !== undefined) this.#spans.replace(start, reader.offset, renumber(old));
  }

  /** A block type is a type index if it is not negative as a number. */
  #blockType(start: number, end: number): void {
    const reader = this.#reader(start, end);
    const old = reader.s33("a block type");
    if (old < 0) return;
    this.#module.check("type", old, start);
    const { typeIndex } = this.#renumbering;
    if (typeIndex === undefined) return;
    this.#spans.leaveOut(start, reader.offset);
    this.#spans.out.copy(encodeSigned(typeIndex(old)));
  }

  #reader(start: number, end: number): BinaryReader {
    return new BinaryReader(this.#module.bytes, "the code section", start, end);
  }
}
