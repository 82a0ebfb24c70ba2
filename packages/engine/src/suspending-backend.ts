import { helperModule } from "#helper-module";
import type { Jspi } from "./jspi.js";

/**
 * `call_backend` as an import that suspends its guest, and answers -1 while the guest's allocator is running. That one
 * cannot be suspended: a suspending import throws at it, before anything of ours is asked, what a guest can catch.
 * WebAssembly has to look, because guests cannot be suspended through a frame of JavaScript.
 */
export function suspendingBackend(
  { Suspending }: Jspi,
  callBackend: CallableFunction,
  isAllocating: () => boolean,
): CallableFunction {
  const imports = { "": { a: isAllocating, b: new Suspending(callBackend) } };
  return new WebAssembly.Instance(
    helperModule("suspendingBackend"),
    imports as unknown as WebAssembly.Imports,
  ).exports.c as CallableFunction;
}
