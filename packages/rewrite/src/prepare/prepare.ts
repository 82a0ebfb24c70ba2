import type { ModuleDescription } from "@guardhost/core";
import { ByteWriter } from "../byte-writer.js";
import { capSection, checkCaps, concatenate, type SizeCaps } from "../cap-limits.js";
import { encodeUnsigned } from "../leb128.js";
import { ModuleContents } from "../module-contents.js";
import { renumberNames } from "../name-section.js";
import { checkCounts, readSection } from "../section-readers.js";
import { readSections, type Section, type SectionKind, sectionId, sectionPosition } from "../sections.js";
import { SpanWriter } from "../span-writer.js";
import { WasmFormatError } from "../wasm-format-error.js";
import { addedEntries, type Extension } from "./added-entries.js";
import { Additions } from "./additions.js";
import { isPositional } from "./custom-sections.js";
import { PREPARED_SECTION } from "./interrupt-abi.js";
import { markerContent, originalContent } from "./marker.js";
import { prepareCode } from "./prepare-code.js";
import { refuseExports, refuseFeatures, refuseImports } from "./refusals.js";

/**
 * Returns the module as one that its host can stop on the caller's own thread: with checks at every function entry, loop
 * and long stretch of code, by which the guest pays for what it does and asks the host when its means are used up.
 * Its memories and tables are capped as by `capLimits`, and its start function becomes the export `guardhost.start`, for
 * the host to call first. How host and guest talk is in the constants that are exported beside this.
 *
 * A valid module stays valid, unless what it becomes is beyond an engine's own limits (V8 takes functions of up to 7,654,321 bytes,
 * which 180,000 loops in one may become), and does what it did. Module and function
 * names are kept. Custom sections about code by its position, like debugging information, are dropped. The result has
 * at most 20 bytes for each byte of the module, and 4,096; usually it has 1.2.
 *
 * Throws a WasmFormatError when the bytes are not a module, or not one that can be prepared: one that uses garbage
 * collection, typed function references, 64-bit, shared, imported or several memories, imported tables or atomic
 * instructions, imports from `guardhost`, has exports whose names begin with `guardhost.`, or is prepared already. Throws a
 * WasmLimitError when a minimum is above its cap, a RangeError when a cap is not a whole number from 0 up, and a
 * WasmUnavailableError where this runtime compiles no WebAssembly, or has no memory for it.
 * Indices of functions, types, globals, locals and labels are checked, so that no module reaches what is added. Its types are
 * not, but what comes of a module that is not valid is not valid either: to have the engine compile it tells.
 */
export function prepare(module: Uint8Array, caps: SizeCaps, options?: PrepareOptions): Uint8Array {
  return prepareAndDescribe(module, caps, options).prepared;
}

/** Does what {@link prepare} and `describe` do, in less time than both. Throws as `prepare` does, and what `assertDeclared` does. */
export function prepareAndDescribe(
  module: Uint8Array,
  caps: SizeCaps,
  { keepOriginal = false, assertDeclared }: PrepareAndDescribeOptions = {},
): PreparedModule {
  checkCaps(caps);
  return new Preparation(module, caps, assertDeclared).run(keepOriginal);
}

/** What {@link prepareAndDescribe} has made of a module. */
export interface PreparedModule {
  readonly prepared: Uint8Array;
  /** Of the module as it was. */
  readonly description: ModuleDescription;
}

/** Settings of {@link prepare}. */
export interface PrepareOptions {
  /** Adds the module as it was, in a custom section, so that `restore` can verify the result; false unless given. */
  readonly keepOriginal?: boolean;
}

/** Settings of {@link prepareAndDescribe}. */
export interface PrepareAndDescribeOptions extends PrepareOptions {
  /**
   * Is given the description without what comes after the functions' code, and what is told of the code itself (its features, locals,
   * typed blocks and nesting), before the code is read: a module that throws here costs no more than that.
   */
  readonly assertDeclared?: (declared: ModuleDescription) => void;
}

class Preparation {
  readonly #module: Uint8Array;
  readonly #caps: SizeCaps;
  readonly #assertDeclared: PrepareAndDescribeOptions["assertDeclared"];
  readonly #contents = new ModuleContents();
  readonly #extension: Extension;
  /** The module, for a {@link SpanWriter} to write over. */
  readonly #overwritten: Uint8Array;
  readonly #spans: SpanWriter;
  /** Whether something in the section was renumbered. */
  #renumbered = false;
  readonly #pieces: Uint8Array[];
  /** Custom sections behind the last section that is not one. */
  #custom: Uint8Array[] = [];
  /** Where that section comes among the others. */
  #position = -1;
  /** Functions that something outside of code refers to. */
  readonly #referenced = new Set<number>();

  constructor(
    module: Uint8Array,
    caps: SizeCaps,
    assertDeclared: PrepareAndDescribeOptions["assertDeclared"],
  ) {
    this.#module = module;
    this.#caps = caps;
    this.#assertDeclared = assertDeclared;
    this.#extension = { additions: new Additions(this.#contents), start: startFunction(module) };
    this.#overwritten = new Uint8Array(module);
    this.#spans = new SpanWriter(this.#overwritten);
    this.#pieces = [module.subarray(0, PREAMBLE_BYTES)];
    this.#contents.visitor = {
      functionIndex: (index, start, end) => this.#functionIndex(index, start, end),
      globalIndex: (index, start) => this.#globalIndex(index, start),
    };
  }

  run(keepOriginal: boolean): PreparedModule {
    try {
      const prepared = this.#run(keepOriginal);
      return { prepared, description: this.#describe() };
    } finally {
      this.#contents.kernel.end();
    }
  }

  #describe(): ModuleDescription {
    return this.#contents.describe(this.#module.length);
  }

  #run(keepOriginal: boolean): Uint8Array {
    for (const section of readSections(this.#module)) {
      if (section.kind === "custom") this.#customSection(section);
      else this.#section(section);
    }
    this.#addMissing(Number.POSITIVE_INFINITY);
    this.#flushCustom();
    checkCounts(this.#contents, this.#module.length);
    this.#write("custom", markerContent(this.#caps));
    if (keepOriginal) this.#write("custom", originalContent(this.#module));
    this.#flushCustom();
    return concatenate(this.#pieces);
  }

  #section(section: Section): void {
    const { kind, content } = section;
    const added = kind === "code" || addedEntries[kind] !== undefined;
    // Whether it is there and empty or not there at all, what is added comes to stand in the same place.
    if (kind === "start") {
      this.#start(section);
      return;
    }
    if (added && isEmpty(section)) {
      readSection(section, this.#contents);
      return;
    }
    const position = sectionPosition(kind);
    this.#addMissing(position);
    this.#flushCustom();
    this.#position = position;
    if (kind === "code") this.#code(section);
    else if (added) this.#extend(kind, section);
    else if (kind === "memory" || kind === "table") this.#cap(section);
    else this.#renumber(section);
    refuseFeatures(this.#contents, content.end);
    if (kind === "import") refuseImports(this.#contents, content.end);
    if (kind === "export") refuseExports(this.#contents, content.end);
  }

  /** The start function, which was exported. As an export it could have any type. */
  #start(section: Section): void {
    const { offset } = section.content;
    readSection(section, this.#contents);
    const index = this.#contents.start as number;
    const signature = this.#contents.functions[index];
    if (signature?.params.length !== 0 || signature.results.length !== 0) {
      throw new WasmFormatError(
        `expected a start function of type () -> (), found function ${index}`,
        offset,
      );
    }
  }

  /** Adds the sections that have to be there, and come before a position. */
  #addMissing(end: number): void {
    for (const kind of [...(Object.keys(addedEntries) as SectionKind[]), "code"] as const) {
      const position = sectionPosition(kind);
      if (position <= this.#position || position >= end) continue;
      this.#position = position;
      if (kind === "code") this.#code(undefined);
      else this.#extend(kind, undefined);
    }
  }

  /** Puts the added entries behind those of a section, which may not be there. */
  #extend(kind: SectionKind, section: Section | undefined): void {
    const added = (addedEntries[kind] as NonNullable<(typeof addedEntries)[typeof kind]>)(this.#extension);
    const spans = this.#spans;
    if (section === undefined) {
      spans.startAt(0);
      spans.out.u32(added.count);
    } else {
      const { content } = section;
      const reader = content.fork();
      const count = reader.u32("the number of entries");
      spans.startAt(content.offset);
      spans.replace(content.offset, reader.offset, count + added.count);
      readSection(section, this.#contents);
      spans.copyTo(content.end);
    }
    spans.out.copy(added.bytes);
    this.#write(kind, spans.out.view().slice());
  }

  #code(section: Section | undefined): void {
    this.#assertDeclared?.(this.#describe());
    const content = prepareCode(section?.content, {
      bytes: this.#module,
      contents: this.#contents,
      additions: this.#extension.additions,
      referenced: this.#referenced,
    });
    section?.content.finish();
    this.#write("code", content);
  }

  #cap(section: Section): void {
    const capped = capSection(this.#module, { ...section, content: section.content.fork() }, this.#caps);
    readSection(section, this.#contents);
    if (capped === undefined) this.#copy(section);
    else this.#write(section.kind, capped);
  }

  #renumber(section: Section): void {
    const { content } = section;
    this.#spans.startAt(content.offset);
    this.#renumbered = false;
    readSection(section, this.#contents);
    if (!this.#renumbered) {
      this.#copy(section);
      return;
    }
    this.#spans.copyTo(content.end);
    this.#write(section.kind, this.#spans.out.view().slice());
  }

  #customSection(section: Section): void {
    const { content, start } = section;
    const payload = content.fork();
    const name = payload.name("a custom section's name");
    readSection(section, this.#contents);
    if (name === PREPARED_SECTION) {
      throw new WasmFormatError(
        `expected a module that is not prepared, found the custom section ${PREPARED_SECTION}`,
        start,
      );
    }
    if (isPositional(name)) return;
    if (name !== "name") {
      this.#copy(section);
      return;
    }
    // A name section is about what comes before it. Elsewhere it cannot be understood.
    if (this.#position < sectionPosition("code")) return;
    const { additions } = this.#extension;
    const names = renumberNames(payload, {
      functions: this.#contents.functions.length,
      renumber: (index) => additions.functionIndex(index),
      added: additions.functionNames,
    });
    if (names === undefined) return;
    const renumbered = new ByteWriter();
    renumbered.ascii("name");
    renumbered.copy(names);
    this.#write("custom", renumbered.view());
  }

  #functionIndex(index: number, start: number, end: number): void {
    const { functions, importedFunctions } = this.#contents;
    checkIndex("function", index, functions.length, start);
    this.#referenced.add(index);
    if (index < importedFunctions) return;
    this.#renumbered = true;
    this.#spans.replace(start, end, this.#extension.additions.functionIndex(index));
  }

  #globalIndex(index: number, start: number): void {
    checkIndex("global", index, this.#contents.globals.length, start);
  }

  #copy({ kind, start, content }: Section): void {
    const bytes = this.#module.subarray(start, content.end);
    if (kind === "custom") this.#custom.push(bytes);
    else this.#pieces.push(bytes);
  }

  #write(kind: SectionKind, content: Uint8Array): void {
    const pieces = [Uint8Array.of(sectionId(kind)), encodeUnsigned(content.length), content];
    if (kind === "custom") this.#custom.push(...pieces);
    else this.#pieces.push(...pieces);
  }

  #flushCustom(): void {
    for (const piece of this.#custom) this.#pieces.push(piece);
    this.#custom = [];
  }
}

const PREAMBLE_BYTES = 8;

/** The index of the start function. Its section comes behind that of the exports, where it has to be known. */
function startFunction(module: Uint8Array): number | undefined {
  for (const { kind, content } of readSections(module)) {
    if (kind === "start") return content.u32("a function index");
  }
  return undefined;
}

/** Whether a section that lists something lists nothing. */
function isEmpty({ content }: Section): boolean {
  const reader = content.fork();
  return reader.u32("the number of entries") === 0 && reader.atEnd;
}

function checkIndex(kind: "function" | "global", index: number, count: number, offset: number): void {
  if (index < count) return;
  throw new WasmFormatError(`expected a ${kind} index below ${count}, found ${index}`, offset);
}
