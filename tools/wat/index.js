import loadWabt from "wabt";

const wabt = await loadWabt();

/** @type {typeof import("./index.d.ts").wat} */
export function wat(text) {
  const module = wabt.parseWat("guard.wat", text);
  try {
    return new Uint8Array(module.toBinary({}).buffer);
  } finally {
    module.destroy();
  }
}
