/** What an import of WebAssembly is where modules are compiled when they are deployed. */
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
