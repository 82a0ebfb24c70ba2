import type { BinaryReader } from "../../src/binary-reader.js";
import { readSections } from "../../src/sections.js";
import { assemble, id, leb, name } from "../assemble.js";
import { rawSections } from "../sections.js";

/** The module with its imports `module.name` as `module$name` from `from`: how wasm-merge finds them in one driver. */
export function importsRenamed(module: Uint8Array, from: string): Uint8Array<ArrayBuffer> {
  const content = [...readSections(module)].find(({ kind }) => kind === "import")?.content;
  const renamed = content === undefined ? [] : renamedImports(content, from);
  return assemble(
    ...rawSections(module).map((section) =>
      section.id === id.import ? [id.import, ...leb(renamed.length), ...renamed] : [...section.bytes],
    ),
  );
}

/** The content of an import section of functions. */
function renamedImports(reader: BinaryReader, from: string): number[] {
  const count = reader.u32("a count");
  const imports = Array.from({ length: count }, () => {
    const binding = `${reader.name("a module name")}$${reader.name("a name")}`;
    const kind = reader.byte("a kind");
    return [...name(from), ...name(binding), kind, ...leb(reader.u32("a type"))];
  });
  return [...leb(count), ...imports.flat()];
}
