import type { ModuleDescription } from "@guardhost/core";
import { randomNumbers } from "../mutate.js";
import { calledExports } from "./forwarding-driver.js";

type Functions = Record<string, CallableFunction>;

/** How a guard and its driver are brought together: what comes out is the driver's `_start`. */
export type Linked = (host: Functions) => () => unknown;

/** One module in which both are. */
export function linkedModule(module: Uint8Array<ArrayBuffer>): Linked {
  return (host) => {
    const imports = { host } as unknown as WebAssembly.Imports;
    return new WebAssembly.Instance(new WebAssembly.Module(module), imports).exports._start as () => unknown;
  };
}

/** Two instances, each of which imports what the other one exports. The host answers for the driver while there is none. */
export function twoInstances(
  guard: Uint8Array<ArrayBuffer>,
  driver: Uint8Array<ArrayBuffer>,
  description: ModuleDescription,
): Linked {
  return (host) => {
    let driverExports: Functions | undefined;
    const imports: Record<string, Functions> = {};
    for (const { module, name } of description.imports) {
      imports[module] ??= {};
      (imports[module] as Functions)[name] = (...args: unknown[]) =>
        (driverExports?.[`${module}$${name}`] ?? (host[name] as CallableFunction))(...args);
    }
    const instantiate = (bytes: Uint8Array<ArrayBuffer>, given: unknown) =>
      new WebAssembly.Instance(new WebAssembly.Module(bytes), given as WebAssembly.Imports)
        .exports as unknown as Functions;
    const guardExports = instantiate(guard, imports);
    driverExports = instantiate(driver, { guard: guardExports, host });
    return driverExports._start as () => unknown;
  };
}

/** Instantiates, and calls each of the guard's functions twice, with arguments that depend on nothing but the seed. */
export function observe(linked: Linked, description: ModuleDescription, seed: number): readonly string[] {
  const events: string[] = [];
  const random = randomNumbers(seed * 2_654_435_761);
  const count = calledExports(description).length;
  let which = 0;
  let start: (() => unknown) | undefined;
  const enter = (index: number) => {
    which = index;
    start?.();
  };
  const number = () => [0, 1, 2, 7, -1, 0x7fff_ffff, 100, 65_536][random(8)] as number;
  const host: Functions = { which: () => which };
  for (const type of ["i32", "f32", "f64"]) host[`argument ${type}`] = number;
  host["argument i64"] = () => BigInt(number());
  for (const type of ["i32", "i64", "f32", "f64"]) {
    host[`show ${type}`] = (value: unknown) =>
      void events.push(`${type} ${Object.is(value, -0) ? "-0" : value}`);
  }
  for (const { name } of description.imports) {
    host[name] = (...args: unknown[]) => {
      events.push(`${name}(${args.join(", ")})`);
      if (name === "throw") throw new Error("of the host");
      if (!name.startsWith("call-export")) return name === "sleep" ? args[1] : 0;
      try {
        enter((Number(args[0]) >>> 0) % count);
        return 0;
      } catch (error) {
        if (name === "call-export" || error instanceof RangeError) throw error;
        return 1;
      }
    };
  }
  const attempt = (action: () => void) => {
    try {
      action();
      return true;
    } catch (error) {
      // How deep the stack is, is nobody's promise.
      if (error instanceof RangeError) return false;
      if (error instanceof WebAssembly.CompileError || error instanceof WebAssembly.LinkError) throw error;
      events.push(error instanceof WebAssembly.Exception ? "an exception" : String(error));
      return true;
    }
  };
  const isThere = attempt(() => {
    start = linked(host);
  });
  for (let i = 0; isThere && i < 2 * count && attempt(() => enter(i % count)); i++);
  return events;
}
