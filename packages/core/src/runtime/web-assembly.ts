/**
 * The types of the runtime's WebAssembly as this package's declarations need them. TypeScript has them in its "dom" and
 * "webworker" libraries only; a project with neither, as many for Node are, still has to be able to read the declarations.
 */
type Declared<Name extends string> = typeof globalThis extends {
  WebAssembly: { [name in Name]: { prototype: infer Type } };
}
  ? Type
  : object;

/** `WebAssembly.Module`. */
export type WasmModule = Declared<"Module">;
/** `WebAssembly.Instance`. */
export type WasmInstance = Declared<"Instance">;
/** `WebAssembly.Memory`. */
export type WasmMemory = Declared<"Memory">;
