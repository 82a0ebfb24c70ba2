import type { BinaryReader } from "../binary-reader.js";
import { ByteWriter } from "../byte-writer.js";
import { renumberNames } from "../name-section.js";
import { type SectionKind, sectionId } from "../sections.js";
import { SpanWriter } from "../span-writer.js";
import { LinkMap } from "./link-map.js";
import { ModuleParts } from "./module-parts.js";
import { linkError } from "./refusals.js";
import { writeBodies } from "./renumbered-code.js";

/** Names that a WASI command has to export. */
const [START, MEMORY] = ["_start", "memory"];
const FUNCTION = 0;
const MEMORY_KIND = 2;
const PREAMBLE = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);
/** No locals; unreachable, end. */
const TRAPPING_BODY = Uint8Array.of(0, 0x00, 0x0b);
/** Flags of a declared element segment, and the kind of its elements: functions. */
const DECLARED_FUNCTIONS = Uint8Array.of(3, 0);

/**
 * Links a guard and a driver into one module, a WASI command, which exports the driver's `_start` and the guard's memory.
 *
 * - What the guard imports as `name` from `module` is the driver's export `module$name`.
 * - What the driver imports from `guard` is the guard's export of that name. A function that the guard does not export traps.
 * - A memory that the driver imports, under whatever name, is the guard's. What it imports otherwise stays an import.
 *
 * The guard's code reaches nothing of the driver's but the functions that it imports: no global, no type, no other function.
 * Its start section stays one. The result is valid if both modules are, and only then: have `WebAssembly.validate` look at
 * both before. Names of functions are kept, other custom sections are not.
 *
 * Throws a WasmFormatError when one of the two is not a module or cannot be linked: when it uses a proposal that `prepare`
 * refuses; when the guard imports anything but functions, or has not one memory; when the driver has anything but types,
 * functions, globals and imports, or begins a global with the value of another; when an import has nothing to be bound to, or something of another type.
 */
export function linkCommand(guard: Uint8Array, driver: Uint8Array): Uint8Array {
  return new CommandLinker(new ModuleParts(guard, "guard"), new ModuleParts(driver, "driver")).link();
}

class CommandLinker {
  readonly #guard: ModuleParts;
  readonly #driver: ModuleParts;
  readonly #map: LinkMap;
  readonly #out = new ByteWriter();

  constructor(guard: ModuleParts, driver: ModuleParts) {
    const { memories } = guard.contents;
    if (memories.length !== 1) throw linkError("guard", `has ${memories.length} memories, not one`, 0);
    this.#guard = guard;
    this.#driver = driver;
    this.#map = new LinkMap(guard, driver);
  }

  link(): Uint8Array {
    this.#out.copy(PREAMBLE);
    this.#section("type", (out) => this.#concatenate(out, "type"));
    this.#section("import", (out) => this.#imports(out));
    this.#section("function", (out) => this.#functions(out));
    this.#copy("table");
    this.#copy("memory");
    this.#copy("tag");
    this.#section("global", (out) => this.#concatenate(out, "global"));
    this.#section("export", (out) => this.#exports(out));
    this.#start();
    this.#elements();
    this.#copy("data count");
    this.#section("code", (out) => this.#code(out));
    this.#copy("data");
    this.#names();
    return this.#out.view().slice();
  }

  #section(kind: SectionKind, write: (content: ByteWriter) => void): void {
    const content = new ByteWriter();
    write(content);
    const bytes = content.view();
    this.#out.byte(sectionId(kind));
    this.#out.u32(bytes.length);
    this.#out.copy(bytes);
  }

  /** A section that only the guard can have. */
  #copy(kind: SectionKind): void {
    const content = this.#guard.section(kind);
    if (content !== undefined) this.#section(kind, (out) => this.#renumberReferences(out, content));
  }

  /** The entries of the guard's section, and those of the driver's behind. */
  #concatenate(out: ByteWriter, kind: "type" | "global"): void {
    const [first, second] = [this.#guard.section(kind), this.#driver.section(kind)];
    out.u32(takeCount(first) + takeCount(second));
    if (first !== undefined) this.#renumberReferences(out, first);
    if (second !== undefined) this.#renumberReferences(out, second, this.#driver, this.#map.driverFunction);
  }

  #imports(out: ByteWriter): void {
    const { contents } = this.#driver;
    const functions = contents.imports.filter(({ kind }) => kind === "function");
    out.u32(this.#map.remaining.length);
    for (const index of this.#map.remaining) {
      const { module, name } = functions[index] as { module: string; name: string };
      out.ascii(module);
      out.ascii(name);
      out.byte(FUNCTION);
      out.u32(this.#map.driverType(contents.functionTypes[index] as number));
    }
  }

  #functions(out: ByteWriter): void {
    const [guard, driver] = [this.#guard.contents, this.#driver.contents];
    const { missing, driverType } = this.#map;
    const types = [
      ...guard.functionTypes.slice(guard.importedFunctions),
      ...[...driver.functionTypes.slice(driver.importedFunctions), ...missing].map(driverType),
    ];
    out.u32(types.length);
    for (const type of types) out.u32(type);
  }

  #exports(out: ByteWriter): void {
    const start = this.#driver.exported(START);
    if (start?.kind !== "function") throw linkError("driver", `exports no function ${START}`, 0);
    out.u32(2);
    out.ascii(MEMORY);
    out.byte(MEMORY_KIND);
    out.u32(0);
    out.ascii(START);
    out.byte(FUNCTION);
    out.u32(this.#map.driverFunction(start.index));
  }

  #start(): void {
    const { start } = this.#guard.contents;
    if (start !== undefined) this.#section("start", (out) => out.u32(this.#map.guardFunction(start)));
  }

  /**
   * The guard's elements. A function has to be declared for `ref.func`, which is what its export did: where there are
   * references, a segment that does nothing else takes over. Nothing can be taken out of it.
   */
  #elements(): void {
    const content = this.#guard.section("element");
    const exported = this.#exportedFunctions();
    const count = takeCount(content) + (exported.length > 0 ? 1 : 0);
    if (count === 0) return;
    this.#section("element", (out) => {
      out.u32(count);
      if (content !== undefined) this.#renumberReferences(out, content);
      if (exported.length === 0) return;
      out.copy(DECLARED_FUNCTIONS);
      out.u32(exported.length);
      for (const index of exported) out.u32(index);
    });
  }

  /** The new indices of the functions that a module with references exports, of both modules. */
  #exportedFunctions(): number[] {
    const { guardFunction, driverFunction } = this.#map;
    return [
      ...functionsExported(this.#guard).map(guardFunction),
      ...functionsExported(this.#driver).map(driverFunction),
    ];
  }

  #code(out: ByteWriter): void {
    const { missing, guardFunction, driverFunction, driverType, driverGlobal } = this.#map;
    out.u32(this.#guard.contents.ownFunctions + this.#driver.contents.ownFunctions + missing.length);
    writeBodies(out, this.#guard, { functionIndex: guardFunction });
    writeBodies(out, this.#driver, {
      functionIndex: driverFunction,
      typeIndex: driverType,
      globalIndex: driverGlobal,
    });
    for (const _ of missing) {
      out.u32(TRAPPING_BODY.length);
      out.copy(TRAPPING_BODY);
    }
  }

  /** What the guard calls its functions, and of the driver's those that have a name outside. */
  #names(): void {
    const payload = this.#guard.names?.fork();
    const { functions, importedFunctions } = this.#guard.contents;
    const names =
      payload &&
      renumberNames(payload, {
        functions: functions.length,
        renumber: (index) => (index < importedFunctions ? undefined : this.#map.guardFunction(index)),
        added: this.#driverNames(),
      });
    if (names === undefined) return;
    this.#section("custom", (out) => {
      out.ascii("name");
      out.copy(names);
    });
  }

  #driverNames(): ReadonlyMap<number, string> {
    const { exports, exportIndices } = this.#driver.contents;
    const named = exports.flatMap(({ name, kind }, at) =>
      kind === "function" ? [[this.#map.driverFunction(exportIndices[at] as number), name] as const] : [],
    );
    return new Map(named.toSorted(([one], [other]) => one - other));
  }

  /** Copies what a reader of a module has left, with the new indices of functions in it. */
  #renumberReferences(
    out: ByteWriter,
    content: BinaryReader,
    module: ModuleParts = this.#guard,
    renumber: (old: number) => number = this.#map.guardFunction,
  ): void {
    const spans = new SpanWriter(new Uint8Array(module.bytes));
    spans.startAt(content.offset);
    for (const { index, start, end } of module.referencesIn(content)) {
      spans.replace(start, end, renumber(index));
    }
    spans.copyTo(content.end);
    out.copy(spans.out.view());
  }
}

/** The functions that a module exports, if it has references. */
function functionsExported({ contents }: ModuleParts): number[] {
  const { exports, exportIndices, features } = contents;
  if (!features.list().includes("reference-types")) return [];
  return exportIndices.filter((_, at) => exports[at]?.kind === "function");
}

/** Passes over the number of entries of a section, which it returns. */
function takeCount(content: BinaryReader | undefined): number {
  return content?.u32("the number of entries") ?? 0;
}
