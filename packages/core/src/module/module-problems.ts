import {
  ALLOC_EXPORT,
  ALLOC_SIGNATURE,
  DEALLOC_EXPORT,
  DEALLOC_SIGNATURE,
  HOST_MODULE,
  HOST_SIGNATURES,
  INITIALIZE_EXPORT,
  INITIALIZE_SIGNATURE,
  LABEL_FUNCTIONS,
  LABEL_SIGNATURE,
  MEMORY_EXPORT,
  START_EXPORT,
  WASI_MODULE,
} from "../abi/abi.js";
import { WASI_SIGNATURES } from "../abi/wasi-preview1.js";
import type { GuardLimits } from "../engine.js";
import { GuardError } from "../error.js";
import { MODULE_LIMITS } from "../limits.js";
import { quoteGuestText } from "../text/guest-text.js";
import type {
  ExportDescription,
  FunctionSignature,
  ImportDescription,
  ModuleDescription,
  TagDescription,
  ValueType,
  WasmFeature,
} from "./module-description.js";

/** Proposals that guards may not use: each takes resources that the host cannot bound, or breaks the ABI. */
const REFUSED_FEATURES: Readonly<Partial<Record<WasmFeature, string>>> = {
  gc: "garbage collection, whose heap no limit bounds",
  "typed-function-references": "typed function references",
  memory64: "64-bit memory, which the ABI's 32-bit pointers cannot address",
  "multi-memory": "several memories",
  threads: "threads (shared memory or atomic instructions)",
};

const IMPORTABLE: Readonly<Record<string, Readonly<Record<string, FunctionSignature>>>> = {
  [HOST_MODULE]: HOST_SIGNATURES,
  [WASI_MODULE]: WASI_SIGNATURES,
};

/** Everything that keeps a module from running as a guard under `limits`; empty when nothing does. */
export function moduleProblems(module: ModuleDescription, limits: GuardLimits): string[] {
  return [
    ...sizeProblems(module, limits),
    ...countProblems(module),
    ...shapeProblems(module),
    ...labelFunctionProblems(module),
    ...memoryProblems(module, limits),
    ...allocatorProblems(module, limits),
    ...optionalFunctionProblems(module, INITIALIZE_EXPORT, INITIALIZE_SIGNATURE),
    ...module.imports.flatMap(importProblems),
    ...tableProblems(module, limits),
    ...module.tags.flatMap(tagProblems),
    ...module.features.flatMap((feature) => {
      const refused = REFUSED_FEATURES[feature];
      return refused === undefined ? [] : [`uses ${refused}`];
    }),
  ];
}

/** What exceptions may carry. A reference to another exception would make a list of them that has no end. */
const TAG_PARAMETER_TYPES: readonly ValueType[] = ["i32", "i64", "f32", "f64"];

/** How many problems a message lists: the module decides how many there are. */
const MAX_LISTED = 50;

/** Throws a GuardError `INVALID_MODULE` that lists what {@link moduleProblems} finds, the first 50 of it. */
export function assertGuardModule(module: ModuleDescription, limits: GuardLimits): void {
  const problems = moduleProblems(module, limits);
  if (problems.length === 0) return;
  if (problems.length > MAX_LISTED) {
    const more = problems.splice(MAX_LISTED).length;
    problems.push(`has ${more} more problems like these`);
  }
  throw new GuardError("INVALID_MODULE", `the module cannot run as a guard: it\n${bulletList(problems)}`);
}

/** A signature as people write it: `(i32, i32) -> (i32)`. */
export function formatSignature({ params, results }: FunctionSignature): string {
  return `(${params.join(", ")}) -> (${results.join(", ")})`;
}

function bulletList(lines: readonly string[]): string {
  return lines.map((line) => `  - ${line}`).join("\n");
}

function sizeProblems(module: ModuleDescription, limits: GuardLimits): string[] {
  if (module.bytes <= limits.maxModuleBytes) return [];
  return [`has ${module.bytes} bytes, more than the ${limits.maxModuleBytes} of limits.maxModuleBytes`];
}

/** What is counted, where its name in the description is not how people say it. */
const COUNT_NAMES: Readonly<Record<string, string>> = {
  typedBlocks: "blocks with a type of the type section",
};

function countProblems(module: ModuleDescription): string[] {
  const { types, imports, functions, locals, typedBlocks, tables, globals, tags, exports, elements } = module;
  const counts = {
    types,
    imports: imports.length,
    functions,
    locals,
    typedBlocks,
    tables: tables.length,
    globals,
    tags: tags.length,
    exports: exports.length,
    elements,
  };
  return Object.entries(counts).flatMap(([what, count]) => {
    const most = MODULE_LIMITS[what as keyof typeof counts];
    return count > most ? [`has ${count} ${COUNT_NAMES[what] ?? what}, more than ${most}`] : [];
  });
}

/** What is too long or too deep, where there may be any number of it. */
function shapeProblems({ signatureValues, nesting }: ModuleDescription): string[] {
  const problems: string[] = [];
  if (signatureValues > MODULE_LIMITS.signatureValues) {
    problems.push(
      `has a function type of ${signatureValues} parameters and results, more than ${MODULE_LIMITS.signatureValues}`,
    );
  }
  if (nesting > MODULE_LIMITS.nesting) {
    problems.push(`has code that is nested ${nesting} deep, more than ${MODULE_LIMITS.nesting}`);
  }
  return problems;
}

function labelFunctionProblems(module: ModuleDescription): string[] {
  const missing = LABEL_FUNCTIONS.filter((name) => findExport(module, name) === undefined);
  const problems = LABEL_FUNCTIONS.flatMap((name) => {
    if (!missing.includes(name)) return signatureProblems(module, name, LABEL_SIGNATURE);
    return [`exports no ${name}: ${formatSignature(LABEL_SIGNATURE)}`];
  });
  if (missing.length === LABEL_FUNCTIONS.length && findExport(module, START_EXPORT) !== undefined) {
    problems.push(
      `exports ${START_EXPORT}, so it was built as a command; build a reactor (Go, TinyGo: -buildmode=c-shared, ` +
        "clang: -mexec-model=reactor)",
    );
  }
  return problems;
}

function memoryProblems(module: ModuleDescription, limits: GuardLimits): string[] {
  const problems: string[] = [];
  const exported = findExport(module, MEMORY_EXPORT);
  if (exported === undefined) {
    const other = module.exports.find(({ kind }) => kind === "memory");
    const renamed = other === undefined ? "" : ` (its memory is exported as ${quote(other.name)})`;
    problems.push(`exports no memory named ${quote(MEMORY_EXPORT)}${renamed}`);
  } else if (exported.kind !== "memory") {
    problems.push(`exports ${quote(MEMORY_EXPORT)} as a ${exported.kind}, not as a memory`);
  }
  for (const { min } of module.memories) {
    if (min > limits.maxMemoryPages) {
      problems.push(
        `needs ${min} pages of memory, more than the ${limits.maxMemoryPages} of limits.maxMemoryPages`,
      );
    }
  }
  return problems;
}

function allocatorProblems(module: ModuleDescription, limits: GuardLimits): string[] {
  const signatures = { [ALLOC_EXPORT]: ALLOC_SIGNATURE, [DEALLOC_EXPORT]: DEALLOC_SIGNATURE };
  const names = Object.keys(signatures) as (keyof typeof signatures)[];
  const missing = names.filter((name) => findExport(module, name) === undefined);
  const problems = names.flatMap((name) =>
    optionalFunctionProblems(module, name, signatures[name] as FunctionSignature),
  );
  if (missing.length > 0 && !limits.allowDirectMemory) {
    const wanted = missing.map(
      (name) => `${name}: ${formatSignature(signatures[name] as FunctionSignature)}`,
    );
    problems.push(
      `lacks an allocator: export ${wanted.join(" and ")}, so that the host's buffers do not overlap the guard's ` +
        "own memory, or set limits.allowDirectMemory",
    );
  }
  return problems;
}

function tableProblems(module: ModuleDescription, limits: GuardLimits): string[] {
  const problems: string[] = [];
  for (const { min, element } of module.tables) {
    if (element === "exnref") {
      problems.push(
        "has a table of exnref: exceptions that it keeps are on the host's heap, which no limit bounds",
      );
    }
    if (min <= limits.maxTableElements) continue;
    problems.push(
      `needs a table of ${min} elements, more than the ${limits.maxTableElements} of limits.maxTableElements`,
    );
  }
  return problems;
}

/** Exceptions are made on the host's heap, as many as the guest's stack can hold. */
function tagProblems({ params }: TagDescription): string[] {
  const problems: string[] = [];
  if (params.length > MODULE_LIMITS.tagParameters) {
    problems.push(`has a tag with ${params.length} parameters, more than ${MODULE_LIMITS.tagParameters}`);
  }
  const other = params.find((type) => !TAG_PARAMETER_TYPES.includes(type));
  if (other !== undefined) {
    problems.push(`has a tag with a parameter of type ${other}; it can be ${TAG_PARAMETER_TYPES.join(", ")}`);
  }
  return problems;
}

function importProblems({ module, name, kind, signature }: ImportDescription): string[] {
  const label = `${module}.${name}`;
  const functions = IMPORTABLE[module];
  if (functions === undefined || !Object.hasOwn(IMPORTABLE, module)) {
    return [`imports ${quote(label)}, but only ${HOST_MODULE} and ${WASI_MODULE} can be imported from`];
  }
  if (kind !== "function") return [`imports the ${kind} ${quote(label)}, but only functions can be imported`];
  const expected = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (expected === undefined) return [`imports ${quote(label)}, which does not exist`];
  if (signature !== undefined && sameSignature(signature, expected)) return [];
  return [`imports ${quote(label)} as ${formatFound(signature)}; it is ${formatSignature(expected)}`];
}

function optionalFunctionProblems(
  module: ModuleDescription,
  name: string,
  expected: FunctionSignature,
): string[] {
  return findExport(module, name) === undefined ? [] : signatureProblems(module, name, expected);
}

function signatureProblems(module: ModuleDescription, name: string, expected: FunctionSignature): string[] {
  const found = findExport(module, name);
  if (found?.kind !== "function") return [`exports ${name} as a ${found?.kind}, not as a function`];
  if (found.signature !== undefined && sameSignature(found.signature, expected)) return [];
  return [`exports ${name} as ${formatFound(found.signature)}; it must be ${formatSignature(expected)}`];
}

function findExport(module: ModuleDescription, name: string): ExportDescription | undefined {
  return module.exports.find((candidate) => candidate.name === name);
}

function sameSignature(a: FunctionSignature, b: FunctionSignature): boolean {
  return formatSignature(a) === formatSignature(b);
}

function formatFound(signature: FunctionSignature | undefined): string {
  return signature === undefined ? "a function of unknown type" : formatSignature(signature);
}

/** Names come from the module: whoever wrote it must not write the log as well. */
function quote(name: string): string {
  return quoteGuestText(name, 100);
}
