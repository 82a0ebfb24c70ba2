import { register } from "node:module";

// Preloaded into the demo: its guard is nowhere to be found.
const hooks = `export const resolve = (specifier, context, next) =>
  specifier.endsWith(".wasm") ? { url: "file:///absent.wasm", shortCircuit: true } : next(specifier, context);`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
