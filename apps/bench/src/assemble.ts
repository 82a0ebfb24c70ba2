import wabtModule from "wabt";

/** The bytes of a module that is written as text. */
export async function assemble(name: string, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const wabt = await wabtModule();
  const module = wabt.parseWat(`${name}.wat`, text, { bulk_memory: true });
  try {
    return new Uint8Array(module.toBinary({}).buffer);
  } finally {
    module.destroy();
  }
}
