import type { Jspi } from "./jspi.js";

/**
 * ```wat
 * (module
 *   (import "" "a" (func $isAllocating (result i32)))
 *   (import "" "b" (func $ask (param i32 i32 i32 i32 i32 i32) (result i32)))
 *   (func (export "c") (param i32 i32 i32 i32 i32 i32) (result i32)
 *     (if (result i32) (call $isAllocating)
 *       (then (i32.const -1))
 *       (else
 *         (call $ask
 *           (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4) (local.get 5))))))
 * ```
 */
const WRAPPER_MODULE = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x0f, 0x02, 0x60, 0x00, 0x01, 0x7f, 0x60, 0x06, 0x7f,
  0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x01, 0x7f, 0x02, 0x0b, 0x02, 0x00, 0x01, 0x61, 0x00, 0x00, 0x00, 0x01, 0x62,
  0x00, 0x01, 0x03, 0x02, 0x01, 0x01, 0x07, 0x05, 0x01, 0x01, 0x63, 0x00, 0x02, 0x0a, 0x1a, 0x01, 0x18, 0x00,
  0x10, 0x00, 0x04, 0x7f, 0x41, 0x7f, 0x05, 0x20, 0x00, 0x20, 0x01, 0x20, 0x02, 0x20, 0x03, 0x20, 0x04, 0x20,
  0x05, 0x10, 0x01, 0x0b, 0x0b,
]);

let wrapper: WebAssembly.Module | undefined;

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
  wrapper ??= new WebAssembly.Module(WRAPPER_MODULE);
  const imports = { "": { a: isAllocating, b: new Suspending(callBackend) } };
  return new WebAssembly.Instance(wrapper, imports as unknown as WebAssembly.Imports).exports
    .c as CallableFunction;
}
