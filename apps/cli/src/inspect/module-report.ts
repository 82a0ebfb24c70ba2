import {
  ALLOC_EXPORT,
  DEALLOC_EXPORT,
  GuardError,
  type GuardLimits,
  integrityOf,
  type MemoryDescription,
  type ModuleDescription,
  moduleProblems,
  type SizeLimits,
  type TableDescription,
  WASI_MODULE,
} from "@guardhost/core";
import { assertValid, readable } from "@guardhost/engine";
import { prepareGuard } from "@guardhost/native";
import { describe, isPrepared, restore, type SizeCaps } from "@guardhost/rewrite";
import { moduleHints } from "../module-hints.js";
import { reactorAdvice } from "../reactor-advice.js";

/** What can be said about a module without running it, and whether it can run as a guard. */
export interface ModuleReport extends ModuleDescription {
  /** Size of the file in bytes, whether it is prepared or not. */
  readonly bytes: number;
  /** Hash of those bytes, for `loadGuard`'s `integrity`. */
  readonly integrity: string;
  /** What it was prepared for, if it was. */
  readonly prepared?: SizeCaps;
  /** The module that it was prepared from, if it was: what all else describes. */
  readonly original?: { readonly bytes: number; readonly integrity: string };
  readonly memories: readonly (MemoryDescription & EffectiveSize)[];
  readonly tables: readonly (TableDescription & EffectiveSize)[];
  /** Whose memory a call's buffers stand in: what the guard allocates, or the host's choice. */
  readonly buffers: "allocator" | "direct-memory";
  /** Names of the WASI functions that the module imports, each once. */
  readonly wasiCalls: readonly string[];
  /** Whether it can run as a guard: whether there are no problems. */
  readonly runnable: boolean;
  /** Everything that is wrong, as the rest of a sentence that begins with "it". */
  readonly problems: readonly string[];
  /** What may help with problems and, where there are none, what may still be one when it is called. */
  readonly notes: readonly string[];
}

/** Bounds that hold once the host has capped what the module declares. */
export interface EffectiveSize {
  /** In the unit of `min` and `max`. Absent when the module needs more than it may have. */
  readonly effectiveMax?: number;
}

/**
 * Inspects a module under `limits`. Throws a GuardError `INVALID_MODULE` when the bytes are not a WebAssembly module, and when they
 * claim to be prepared and are not.
 */
export async function moduleReport(bytes: Uint8Array, limits: GuardLimits): Promise<ModuleReport> {
  const restored = readable(() => (isPrepared(bytes) ? restore(bytes, limits) : undefined));
  const description = readable(() => describe(restored?.module ?? bytes));
  // The description checks structure only; types are the runtime's business.
  const invalid = await problemsOf(() => assertValid(bytes, "is not valid on this runtime"));
  const problems = [...moduleProblems(description, limits), ...invalid];
  if (problems.length === 0) {
    // What keeps a guard from being loaded although there is nothing wrong with it as it is.
    const unprepared = await problemsOf(() => prepareGuard(bytes, limits));
    problems.push(...unprepared.map((problem) => `cannot be loaded: ${problem}`));
  }
  const runnable = problems.length === 0;
  return {
    ...description,
    bytes: bytes.length,
    integrity: await integrityOf(bytes),
    ...(restored && {
      prepared: restored.caps,
      original: { bytes: description.bytes, integrity: await integrityOf(restored.module) },
    }),
    memories: description.memories.map((memory) => ({
      ...memory,
      ...effectiveSize(memory, limits.maxMemoryPages),
    })),
    tables: description.tables.map((table) => ({
      ...table,
      ...effectiveSize(table, limits.maxTableElements),
    })),
    buffers: hasAllocator(description) ? "allocator" : "direct-memory",
    wasiCalls: wasiCalls(description),
    runnable,
    problems,
    notes: runnable ? notesOnCalls(description) : moduleHints(problems.join("\n")),
  };
}

function effectiveSize({ min, max = Number.POSITIVE_INFINITY }: SizeLimits, cap: number): EffectiveSize {
  return min > cap ? {} : { effectiveMax: Math.min(max, cap) };
}

function notesOnCalls(description: ModuleDescription): string[] {
  const advice = reactorAdvice(description);
  return advice === undefined ? [] : [advice];
}

/** A function may be imported several times: linkers do not merge what several objects declare. */
function wasiCalls({ imports }: ModuleDescription): string[] {
  return [...new Set(imports.filter(({ module }) => module === WASI_MODULE).map(({ name }) => name))];
}

/** One without the other is of no use (spec 1.2). */
function hasAllocator({ exports }: ModuleDescription): boolean {
  return [ALLOC_EXPORT, DEALLOC_EXPORT].every((name) => exports.some((entry) => entry.name === name));
}

/** What `check` finds wrong with a module. */
async function problemsOf(check: () => Promise<unknown>): Promise<string[]> {
  try {
    await check();
    return [];
  } catch (error) {
    if (!GuardError.is(error, "INVALID_MODULE")) throw error;
    return [error.message];
  }
}
