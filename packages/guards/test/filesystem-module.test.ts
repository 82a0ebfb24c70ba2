import { describe, expect, it } from "vitest";
import { compileGuard } from "./raw-guard.js";

const module = compileGuard("filesystem.wasm");

describe("the module", () => {
  it("imports the two host functions and nothing else", () => {
    const imports = WebAssembly.Module.imports(module).map(
      ({ module, name, kind }) => `${kind} ${module}.${name}`,
    );
    expect(imports.toSorted()).toEqual(["function env.call_backend", "function env.host_log"]);
  });

  it("exports the guard ABI and nothing else", () => {
    const exports = WebAssembly.Module.exports(module).map(({ name, kind }) => `${kind} ${name}`);
    expect(exports.toSorted()).toEqual([
      "function alloc",
      "function dealloc",
      "function label_agent",
      "function label_resource",
      "function label_response",
      "memory memory",
    ]);
  });
});
