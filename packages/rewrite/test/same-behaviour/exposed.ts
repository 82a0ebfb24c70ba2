import { describe } from "../../src/index.js";
import { id } from "../assemble.js";
import { ModuleEditor } from "./editor.js";

/** The module with an export of each global, table and memory of its own, so that nothing it does goes unseen. */
export function exposed(module: Uint8Array): Uint8Array<ArrayBuffer> {
  const { imports } = describe(module);
  const editor = new ModuleEditor(module);
  const kinds = [
    ["table", 1, id.table],
    ["memory", 2, id.memory],
    ["global", 3, id.global],
  ] as const;
  for (const [kind, code, section] of kinds) {
    const imported = imports.filter((entry) => entry.kind === kind).length;
    for (let i = 0; i < editor.count(section); i++) editor.export(`exposed ${kind} ${i}`, code, imported + i);
  }
  return editor.bytes();
}
