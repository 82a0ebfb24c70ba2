/** A stream of numbers from 0 up to below `bound`, the same for the same seed (a 32-bit xorshift). */
export function randomNumbers(seed: number): (bound: number) => number {
  let state = seed | 1;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

/** Every beginning of `bytes` that is shorter than it. */
export function truncations(bytes: Uint8Array): Uint8Array<ArrayBuffer>[] {
  return [...bytes.keys()].map((length) => bytes.slice(0, length));
}

/** `count` copies of `bytes`, each with one to three bits, bytes or places in it changed. */
export function mutations(
  bytes: Uint8Array,
  count: number,
  random: (bound: number) => number,
): Uint8Array<ArrayBuffer>[] {
  return Array.from({ length: count }, () => {
    let mutated = [...bytes];
    for (let changes = 1 + random(3); changes > 0; changes--) mutated = mutate(mutated, random);
    return Uint8Array.from(mutated);
  });
}

function mutate(bytes: number[], random: (bound: number) => number): number[] {
  const at = random(bytes.length);
  const byte = bytes[at] as number;
  switch (random(8)) {
    case 0:
      return bytes.with(at, random(256));
    case 1:
      return bytes.toSpliced(at, 1);
    case 2:
      return bytes.toSpliced(at, 0, random(256));
    case 3:
      return bytes.with(at, [0x00, 0x7f, 0x80, 0xff][random(4)] as number);
    default:
      return bytes.with(at, byte ^ (1 << random(8)));
  }
}
