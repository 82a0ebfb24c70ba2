import type {
  CustomSectionDescription,
  ExportDescription,
  ExternalKind,
  FunctionSignature,
  ImportDescription,
  MemoryDescription,
  ModuleDescription,
  TableDescription,
  TagDescription,
} from "@guardhost/core";
import { FeatureSet } from "./features.js";
import { InstructionReader } from "./instructions.js";
import { KernelSession } from "./kernel/session.js";
import { type EncodedLimits, type EncodedTable, sizeLimits } from "./size-limits.js";
import type { DefinedType } from "./type-section.js";

/** Is shown the indices of functions and globals outside of function bodies, each with where it stands. */
export interface IndexVisitor {
  functionIndex(index: number, start: number, end: number): void;
  globalIndex(index: number, start: number): void;
}

/** What the sections read so far have said: the index spaces of the module, and what becomes its description. */
export class ModuleContents {
  readonly features: FeatureSet = new FeatureSet();
  types: readonly DefinedType[] = [];
  /** The signatures of all functions, imported ones first. */
  readonly functions: FunctionSignature[] = [];
  /** The indices of their types. */
  readonly functionTypes: number[] = [];
  importedFunctions = 0;
  readonly tables: TableDescription[] = [];
  readonly memories: MemoryDescription[] = [];
  /** Of each global, whether it is mutable. */
  readonly globals: boolean[] = [];
  readonly tags: TagDescription[] = [];
  /** In all element segments so far. */
  elements = 0;
  readonly imports: ImportDescription[] = [];
  readonly exports: ExportDescription[] = [];
  /** The indices of what is exported. */
  readonly exportIndices: number[] = [];
  readonly customSections: CustomSectionDescription[] = [];
  /** The index of the start function, if there is one. */
  start: number | undefined;
  /** Function bodies in the code section. */
  bodies = 0;
  /** Locals of all of them, 2^32-1 at most. */
  locals = 0;
  /** Blocks in them whose type is one of {@link types}. */
  typedBlocks = 0;
  /** How many constructs are open at a time in them, at most; the body is one itself. */
  nesting = 0;
  dataSegments = 0;
  /** What the data count section announces, if there is one. */
  announcedDataSegments: number | undefined;
  /** Reads function bodies. */
  readonly kernel: KernelSession = new KernelSession(this.features);
  /** Reads constant expressions. */
  readonly instructions: InstructionReader = new InstructionReader(this.kernel);
  /** Is shown what the readers of sections come by. */
  visitor: IndexVisitor | undefined;

  get ownFunctions(): number {
    return this.functions.length - this.importedFunctions;
  }

  addFunction(type: number): void {
    this.functions.push(this.types[type] as FunctionSignature);
    this.functionTypes.push(type);
  }

  addTable({ element, limits }: EncodedTable, imported: boolean): void {
    this.tables.push({ ...sizeLimits(limits), imported, element });
    if (this.tables.length > 1) this.features.add("reference-types");
  }

  addMemory(limits: EncodedLimits, imported: boolean): void {
    this.memories.push({ ...sizeLimits(limits), imported });
    if (this.memories.length > 1) this.features.add("multi-memory");
  }

  addTag(type: number): void {
    const { params } = this.types[type] as FunctionSignature;
    this.tags.push({ params });
    this.features.add("either-exceptions");
  }

  /** How many things of `kind` there are so far. */
  count(kind: ExternalKind): number {
    switch (kind) {
      case "function":
        return this.functions.length;
      case "table":
        return this.tables.length;
      case "memory":
        return this.memories.length;
      case "global":
        return this.globals.length;
      case "tag":
        return this.tags.length;
    }
  }

  /** How many parameters and results the function type has that has most. */
  get #signatureValues(): number {
    let most = 0;
    for (const type of this.types) {
      if (type !== undefined) most = Math.max(most, type.params.length + type.results.length);
    }
    return most;
  }

  /** The description of the module, which has `bytes` bytes, once all sections are read. */
  describe(bytes: number): ModuleDescription {
    const { imports, exports, memories, tables, tags, elements, start, customSections } = this;
    const features = this.features.list();
    return {
      bytes,
      imports,
      exports,
      memories,
      tables,
      tags,
      types: this.types.length,
      signatureValues: this.#signatureValues,
      globals: this.globals.length,
      elements,
      functions: this.ownFunctions,
      locals: this.locals,
      typedBlocks: this.typedBlocks,
      nesting: this.nesting,
      start: start !== undefined,
      customSections,
      features,
    };
  }
}
