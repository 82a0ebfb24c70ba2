import type { FunctionSignature, ImportDescription } from "@guardhost/core";
import type { ModuleParts } from "./module-parts.js";
import { linkError } from "./refusals.js";

/** The module name by which a driver imports what its guard exports. */
export const GUARD_MODULE = "guard";
/** What stands between module and name of an import of the guard in the name of the driver's export that it is bound to. */
export const BINDING_SEPARATOR = "$";

/**
 * Where the functions, types and globals of both modules come to stand in the command. In each index space the guard's are
 * first and the driver's behind, so that of a guard only functions get new indices: those that the driver imports from
 * elsewhere are in front, and those that the guard imports are the driver's.
 */
export class LinkMap {
  readonly guard: ModuleParts;
  readonly driver: ModuleParts;
  /** The functions that the driver imports and the guard does not have to provide, by their old indices. */
  readonly remaining: readonly number[];
  /** The type indices of functions that the driver imports from the guard, and that the guard does not export. */
  readonly missing: number[] = [];
  readonly #guardImports: readonly number[];
  readonly #driverImports: readonly number[];
  readonly #driverGlobals: readonly number[];

  /** Throws a WasmFormatError when something that is imported from the other module is not there, or of another type. */
  constructor(guard: ModuleParts, driver: ModuleParts) {
    this.guard = guard;
    this.driver = driver;
    const imported = functionImports(driver);
    this.remaining = imported.flatMap(({ module }, index) => (module === GUARD_MODULE ? [] : [index]));
    this.#guardImports = functionImports(guard).map((entry, index) => this.#bindGuardImport(entry, index));
    this.#driverImports = imported.map((entry, index) => this.#bindDriverImport(entry, index));
    this.#driverGlobals = driver.contents.imports
      .filter(({ kind }) => kind === "global")
      .map((entry) => this.#bindGlobal(entry));
  }

  /** The new index of a function of the guard. */
  readonly guardFunction = (old: number): number => {
    const { importedFunctions } = this.guard.contents;
    return old < importedFunctions
      ? (this.#guardImports[old] as number)
      : this.remaining.length + old - importedFunctions;
  };

  /** The new index of a function of the driver. */
  readonly driverFunction = (old: number): number =>
    old < this.driver.contents.importedFunctions
      ? (this.#driverImports[old] as number)
      : this.#ownDriverFunction(old);

  /** The new index of a type of the driver. */
  readonly driverType = (old: number): number => this.guard.contents.types.length + old;

  /** The new index of a global of the driver. */
  readonly driverGlobal = (old: number): number =>
    this.#driverGlobals[old] ?? this.guard.contents.globals.length + old - this.#driverGlobals.length;

  #ownDriverFunction(old: number): number {
    const before = this.remaining.length + this.guard.contents.ownFunctions;
    return before + old - this.driver.contents.importedFunctions;
  }

  /** What the guard imports, the driver has to have. */
  #bindGuardImport({ module, name }: ImportDescription, index: number): number {
    const { driver, guard } = this;
    const binding = `${module}${BINDING_SEPARATOR}${name}`;
    const found = driver.exported(binding);
    if (found?.kind !== "function" || found.index < driver.contents.importedFunctions) {
      throw linkError("guard", `imports ${module}.${name}, and the driver exports no function ${binding}`, 0);
    }
    this.#compare(`${module}.${name}`, guard.signatureOf(index), driver.signatureOf(found.index));
    return this.#ownDriverFunction(found.index);
  }

  #bindDriverImport({ module, name }: ImportDescription, index: number): number {
    const { driver, guard } = this;
    if (module !== GUARD_MODULE) return this.remaining.indexOf(index);
    const found = guard.exported(name);
    if (found === undefined) return this.#missingFunction(driver.contents.functionTypes[index] as number);
    if (found.kind !== "function") throw linkError("guard", `exports ${name}, which is no function`, 0);
    this.#compare(name, guard.signatureOf(found.index), driver.signatureOf(index));
    return this.guardFunction(found.index);
  }

  #missingFunction(type: number): number {
    const { guard, driver } = this;
    this.missing.push(type);
    return (
      this.remaining.length +
      guard.contents.ownFunctions +
      driver.contents.ownFunctions +
      this.missing.length -
      1
    );
  }

  /** A global of the guard as the driver sees it. Its type is for `WebAssembly.validate` to judge. */
  #bindGlobal({ module, name }: ImportDescription): number {
    const found = module === GUARD_MODULE ? this.guard.exported(name) : undefined;
    if (found?.kind !== "global") {
      throw linkError("guard", `exports no global ${name}, which the driver needs`, 0);
    }
    return found.index;
  }

  #compare(what: string, guard: FunctionSignature, driver: FunctionSignature): void {
    if (textOf(guard) === textOf(driver)) return;
    const problem = `has ${what} as ${textOf(guard)}, and the driver as ${textOf(driver)}`;
    throw linkError("guard", problem, 0);
  }
}

function functionImports({ contents }: ModuleParts): readonly ImportDescription[] {
  return contents.imports.filter(({ kind }) => kind === "function");
}

function textOf({ params, results }: FunctionSignature): string {
  return `(${params.join(", ")}) -> (${results.join(", ")})`;
}
