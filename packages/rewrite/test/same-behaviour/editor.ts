import { id, leb, name, preamble } from "../assemble.js";
import { rawSections } from "../sections.js";
import { concatenate } from "../spread-out.js";

/** The order of sections in a module, by their ids. */
const order: readonly number[] = [
  id.type,
  id.import,
  id.function,
  id.table,
  id.memory,
  id.tag,
  id.global,
  id.export,
  id.start,
  id.element,
  id.dataCount,
  id.code,
  id.data,
];

/** Adds to the lists in a valid module, without any of the package's own code. */
export class ModuleEditor {
  /** By section id, the number of items and their bytes. Sections that hold no list have one item. */
  readonly #sections = new Map<number, { count: number; readonly items: Uint8Array[] }>();

  constructor(module: Uint8Array) {
    for (const section of rawSections(module)) {
      if (section.id === id.custom) continue;
      const [, behindSize] = unsigned(section.bytes, 1);
      const isList = section.id !== id.start && section.id !== id.dataCount;
      const [count, start] = isList ? unsigned(section.bytes, behindSize) : [1, behindSize];
      this.#sections.set(section.id, { count, items: [section.bytes.subarray(start)] });
    }
  }

  /** How many items the section has. */
  count(sectionId: number): number {
    return this.#sections.get(sectionId)?.count ?? 0;
  }

  add(sectionId: number, ...item: readonly number[]): void {
    const section = this.#sections.get(sectionId) ?? { count: 0, items: [] };
    this.#sections.set(sectionId, section);
    section.count++;
    section.items.push(Uint8Array.from(item));
  }

  /** Exports the thing with this index of a kind: 0 function, 1 table, 2 memory, 3 global. */
  export(as: string, kind: number, index: number): void {
    this.add(id.export, ...name(as), kind, ...leb(index));
  }

  /** Exports the start function instead of having it run at instantiation, if there is one. */
  exportStart(as: string): void {
    const start = this.#sections.get(id.start);
    if (start !== undefined) this.add(id.export, ...name(as), 0, ...(start.items[0] as Uint8Array));
    this.#sections.delete(id.start);
  }

  /** The module, without its custom sections. */
  bytes(): Uint8Array<ArrayBuffer> {
    const pieces = [Uint8Array.from(preamble)];
    for (const sectionId of order) {
      const section = this.#sections.get(sectionId);
      if (section === undefined) continue;
      const isList = sectionId !== id.start && sectionId !== id.dataCount;
      const content = concatenate([Uint8Array.from(isList ? leb(section.count) : []), ...section.items]);
      pieces.push(Uint8Array.of(sectionId, ...leb(content.length)), content);
    }
    return concatenate(pieces);
  }
}

/** The unsigned LEB128 at `at`, and where it ends. */
function unsigned(bytes: Uint8Array, at: number): [value: number, end: number] {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++] as number;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, at];
  }
}
