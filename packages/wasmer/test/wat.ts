import wabtModule from "wabt";

const wabt = await wabtModule();

/** Bytes of a module in text format. */
export function wat(text: string): Uint8Array<ArrayBuffer> {
  const module = wabt.parseWat("guard.wat", text);
  try {
    return new Uint8Array(module.toBinary({}).buffer);
  } finally {
    module.destroy();
  }
}
