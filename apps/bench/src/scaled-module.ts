const [FUNCTION_SECTION, CODE_SECTION] = [3, 10];
const PREAMBLE_BYTES = 8;

/**
 * A module with each of its functions so many times: real code of any size. The copies are functions of their own, which
 * nothing calls, and as valid as the ones they were made of.
 */
function scaledModule(module: Uint8Array, times: number): Uint8Array<ArrayBuffer> {
  const pieces = [module.subarray(0, PREAMBLE_BYTES)];
  for (let at = PREAMBLE_BYTES; at < module.length; ) {
    const id = module[at];
    const size = readU32(module, at + 1);
    const end = size.end + size.value;
    if (id === FUNCTION_SECTION || id === CODE_SECTION) {
      const count = readU32(module, size.end);
      const entries = module.subarray(count.end, end);
      const total = encodeU32(count.value * times);
      const length = encodeU32(total.length + entries.length * times);
      pieces.push(Uint8Array.of(id), length, total, ...Array(times).fill(entries));
    } else {
      pieces.push(module.subarray(at, end));
    }
    at = end;
  }
  return new Uint8Array(Buffer.concat(pieces));
}

/** A module with its functions as often as it takes to have about so many bytes, and at least once. */
export function moduleOfSize(module: Uint8Array, bytes: number): Uint8Array<ArrayBuffer> {
  const growth = scaledModule(module, 2).length - module.length;
  return scaledModule(module, 1 + Math.max(0, Math.round((bytes - module.length) / growth)));
}

function readU32(bytes: Uint8Array, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let [at, shift] = [start, 0]; ; at++, shift += 7) {
    const byte = bytes[at] as number;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return { value: value >>> 0, end: at + 1 };
  }
}

function encodeU32(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Uint8Array.of(...bytes, rest);
}
