/** The types of WebAssembly values, by their text-format names. */
export type ValueType =
  | "i32"
  | "i64"
  | "f32"
  | "f64"
  | "v128"
  | "funcref"
  | "externref"
  | "exnref"
  | (string & {});

/** Parameters and results of a function. */
export interface FunctionSignature {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** Size bounds of a memory (in pages of 64 KiB) or of a table (in elements), as the module declares them. */
export interface SizeLimits {
  readonly min: number;
  /** Absent when the module declares none. */
  readonly max?: number;
}

/** A memory, defined or imported. */
export interface MemoryDescription extends SizeLimits {
  readonly imported: boolean;
}

/** A table, defined or imported. */
export interface TableDescription extends SizeLimits {
  readonly imported: boolean;
  readonly element: ValueType;
}

/** A tag, defined or imported: a kind of exception. */
export interface TagDescription {
  /** The values that an exception carries. */
  readonly params: readonly ValueType[];
}

/** Kinds of things that modules import and export. */
export type ExternalKind = "function" | "table" | "memory" | "global" | "tag";

/** One import. */
export interface ImportDescription {
  readonly module: string;
  readonly name: string;
  readonly kind: ExternalKind;
  /** Present for functions. */
  readonly signature?: FunctionSignature;
}

/** One export. */
export interface ExportDescription {
  readonly name: string;
  readonly kind: ExternalKind;
  /** Present for functions. */
  readonly signature?: FunctionSignature;
}

/** A custom section: its name and the bytes of its payload. */
export interface CustomSectionDescription {
  readonly name: string;
  readonly bytes: number;
}

/** Proposals beyond the first version of WebAssembly that a module can use, by their usual names. */
export type WasmFeature =
  | "sign-extension"
  | "saturating-float-to-int"
  | "bulk-memory"
  | "reference-types"
  | "multi-value"
  | "simd"
  | "relaxed-simd"
  | "tail-calls"
  | "legacy-exceptions"
  | "exceptions"
  | "extended-const"
  | "mutable-globals"
  | "gc"
  | "typed-function-references"
  | "memory64"
  | "multi-memory"
  | "threads";

/** What a binary reader sees in a module. Facts only; {@link moduleProblems} judges them. */
export interface ModuleDescription {
  /** Size of the module in bytes. */
  readonly bytes: number;
  readonly imports: readonly ImportDescription[];
  readonly exports: readonly ExportDescription[];
  readonly memories: readonly MemoryDescription[];
  readonly tables: readonly TableDescription[];
  readonly tags: readonly TagDescription[];
  /** Entries of the type section, those in recursion groups included. */
  readonly types: number;
  /** Parameters and results, together, of the function type that has most. */
  readonly signatureValues: number;
  /** Globals, defined or imported. */
  readonly globals: number;
  /** Elements of all element segments together, whatever becomes of them. */
  readonly elements: number;
  /** Functions that the module defines. */
  readonly functions: number;
  /** Locals of all these together, without their parameters; 2^32-1 if there are more. */
  readonly locals: number;
  /** Blocks, loops and other constructs in them whose type is an entry of the type section. */
  readonly typedBlocks: number;
  /** How many constructs are open at a time in one of them, at most. The function itself is the first; 0 if there is none. */
  readonly nesting: number;
  /** Whether a start section runs code at instantiation. */
  readonly start: boolean;
  readonly customSections: readonly CustomSectionDescription[];
  /** Proposals in use, each once, in the order of {@link WasmFeature}. */
  readonly features: readonly WasmFeature[];
}
