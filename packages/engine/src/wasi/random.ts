import { dataViewOf } from "./data-view.js";

/** `deterministic`: the same bytes for every instance, no secret at all. `real`: the host's secure randomness. */
export type RandomMode = "deterministic" | "real";

/** Fills all of `bytes`, which are {@link MAX_RANDOM_BYTES} or fewer. */
export type RandomSource = (bytes: Uint8Array) => void;

/** Bytes to get at once. As many as `crypto.getRandomValues` gives, and 0.4 ms of work, which nothing interrupts. */
export const MAX_RANDOM_BYTES = 65_536;

/** The first 128 fractional bits of pi, which nobody chose. */
const SEED = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344] as const;

/** A fresh source of random bytes. */
export function createRandomSource(mode: RandomMode): RandomSource {
  if (mode === "real") return fillSecurely;
  const next = xoshiro128(SEED);
  return (bytes) => fillFrom(next, bytes);
}

/**
 * The generator xoshiro128** by David Blackman and Sebastiano Vigna, started in the given state, which must not be all
 * zeros. Answers unsigned 32-bit numbers. Anyone can predict them.
 */
export function xoshiro128(state: readonly [number, number, number, number]): () => number {
  let [a, b, c, d] = state;
  return () => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return result;
  };
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** Writes little-endian words. What the last one has too many is dropped. */
function fillFrom(next: () => number, bytes: Uint8Array): void {
  const view = dataViewOf(bytes);
  const wholeWords = bytes.length - (bytes.length % 4);
  for (let at = 0; at < wholeWords; at += 4) view.setUint32(at, next(), true);
  if (wholeWords === bytes.length) return;
  let last = next();
  for (let at = wholeWords; at < bytes.length; at++, last >>>= 8) view.setUint8(at, last);
}

function fillSecurely(bytes: Uint8Array): void {
  // Filled in memory of the host: runtimes refuse to fill memory that is shared or may be resized.
  bytes.set(crypto.getRandomValues(new Uint8Array(bytes.length)));
}
