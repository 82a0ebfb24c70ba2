import type { ModuleContents } from "../module-contents.js";
import { refusedFeatures } from "../refused-features.js";
import { WasmFormatError } from "../wasm-format-error.js";

const ASCII = /^[\x20-\x7e]*$/;

/** Which of the two modules it is. */
export type Role = "guard" | "driver";

/** Throws if what was read of a module so far, up to `offset`, is such that it cannot be linked. */
export function refuseParts(contents: ModuleContents, role: Role, offset: number): void {
  const features = refusedFeatures(contents);
  if (features !== undefined) throw linkError(role, `uses ${features.join(" and ")}`, offset);
  const problem = role === "guard" ? guardProblem(contents) : driverProblem(contents);
  if (problem !== undefined) throw linkError(role, problem, offset);
}

/** Throws if a constant expression, at `offset`, must not use a global: a driver's is copied, with whatever index is in it. */
export function refuseInitialValue(role: Role, offset: number): void {
  if (role === "driver") throw linkError(role, "has a global that begins with the value of another", offset);
}

/** The error for a module that cannot be linked. `offset` is one in this module. */
export function linkError(role: Role, problem: string, offset: number): WasmFormatError {
  return new WasmFormatError(`cannot link the ${role}: it ${problem}, found`, offset);
}

function guardProblem({ imports }: ModuleContents): string | undefined {
  const other = imports.find(({ kind }) => kind !== "function");
  return other && `imports the ${other.kind} ${other.module}.${other.name}, and may import functions only`;
}

/** The driver is code and globals. All else it would have beside the guard's, or in the guard's memory. */
function driverProblem(contents: ModuleContents): string | undefined {
  const { memories, tables, tags, start, elements, dataSegments, imports, exports } = contents;
  const unusual = [
    ...imports.map(({ module }) => module),
    ...[...imports, ...exports].map(({ name }) => name),
  ].find((name) => !ASCII.test(name));
  if (unusual !== undefined) return `has the name ${JSON.stringify(unusual)}, which is not ASCII`;
  if (memories.some(({ imported }) => !imported)) return "has a memory of its own";
  if (tables.length > 0 || elements > 0) return "has a table or elements";
  if (tags.length > 0) return "has tags";
  if (dataSegments > 0) return "has data segments";
  return start === undefined ? undefined : "has a start section";
}
