/** Random whole numbers from 0 up to `below`, the same ones for the same seed. */
export type Random = (below: number) => number;

/** A small generator, good enough to shuffle with (a Weyl sequence, mixed). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) % below;
  };
}
