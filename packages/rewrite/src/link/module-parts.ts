import type { ExternalKind, FunctionSignature } from "@guardhost/core";
import type { BinaryReader } from "../binary-reader.js";
import { ModuleContents } from "../module-contents.js";
import { checkCounts, readSection } from "../section-readers.js";
import { readSections, type SectionKind } from "../sections.js";
import { linkError, type Role, refuseInitialValue, refuseParts } from "./refusals.js";

/** Where the index of a function stands outside of code. */
export interface Reference {
  readonly index: number;
  readonly start: number;
  readonly end: number;
}

/** One of the two modules to be linked, read and checked once. */
export class ModuleParts {
  readonly bytes: Uint8Array;
  readonly role: Role;
  readonly contents: ModuleContents = new ModuleContents();
  /** Reads the payload of its name section, if there is one. */
  names: BinaryReader | undefined;
  readonly #sections = new Map<SectionKind, BinaryReader>();
  readonly #references: Reference[] = [];

  /** Throws a WasmFormatError when the bytes are no module, or one that cannot be linked. */
  constructor(bytes: Uint8Array, role: Role) {
    this.bytes = bytes;
    this.role = role;
    const { contents } = this;
    contents.visitor = {
      functionIndex: (index, start, end) => {
        this.check("function", index, start);
        this.#references.push({ index, start, end });
      },
      globalIndex: (index, start) => {
        this.check("global", index, start);
        refuseInitialValue(role, start);
      },
    };
    try {
      for (const section of readSections(bytes)) {
        const { kind, content } = section;
        this.#keep(kind, content.fork());
        readSection(section, contents);
        refuseParts(contents, role, content.end);
      }
      checkCounts(contents, bytes.length);
    } finally {
      contents.kernel.end();
    }
  }

  /** A fresh reader of a section's content, undefined where there is no such section. */
  section(kind: SectionKind): BinaryReader | undefined {
    return this.#sections.get(kind)?.fork();
  }

  /** The indices of functions that a section refers to, in order. */
  referencesIn({ offset, end }: BinaryReader): Reference[] {
    return this.#references.filter(({ start }) => start >= offset && start < end);
  }

  /** What is exported by that name. */
  exported(name: string): { readonly kind: ExternalKind; readonly index: number } | undefined {
    const { exports, exportIndices } = this.contents;
    const at = exports.findIndex((entry) => entry.name === name);
    const entry = exports[at];
    return entry && { kind: entry.kind, index: exportIndices[at] as number };
  }

  signatureOf(functionIndex: number): FunctionSignature {
    return this.contents.functions[functionIndex] as FunctionSignature;
  }

  /** Throws unless there is such a thing: behind what this module has comes what the other one has. */
  check(kind: "function" | "global" | "type", index: number, offset: number): void {
    const { functions, globals, types } = this.contents;
    const count = { function: functions, global: globals, type: types }[kind].length;
    if (index >= count)
      throw linkError(this.role, `has ${count} ${kind}s and uses the index ${index}`, offset);
  }

  #keep(kind: SectionKind, content: BinaryReader): void {
    if (kind !== "custom") this.#sections.set(kind, content);
    else if (content.name("a custom section's name") === "name") this.names = content;
  }
}
