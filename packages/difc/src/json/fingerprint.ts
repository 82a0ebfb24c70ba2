import { isJsonObject, type Json, type JsonObject } from "./json.js";

type Visit = (part: JsonObject | readonly Json[], print: number) => void;

/** What hashes of different kinds of values begin with. */
const TEXT = 1;
const LITERAL = 2;
const ARRAY = 3;
const OBJECT = 4;

/** Prints are two halves: 32 bits, and 21. */
const HALF = 2 ** 21;

/**
 * A number below 2^53 that values have in common when they say the same, whatever the order of their keys. Others can have it
 * by chance, or because somebody has looked for them: it shows that values differ, never that they are equal.
 *
 * @param visit is called with every object and array in `value`, itself included, and its number
 */
export function fingerprint(value: Json, visit: Visit = () => undefined): number {
  if (typeof value === "string") return hash(TEXT, value);
  if (typeof value !== "object" || value === null) return hash(LITERAL, String(value));
  const print = isJsonObject(value) ? ofMembers(value, visit) : ofElements(value, visit);
  visit(value, print);
  return print;
}

function ofElements(elements: readonly Json[], visit: Visit): number {
  return elements.reduce((print: number, element) => mix(print, fingerprint(element, visit)), ARRAY);
}

/** A sum, which is the same in any order. */
function ofMembers(object: JsonObject, visit: Visit): number {
  let high = 0;
  let low = 0;
  for (const key of Object.keys(object)) {
    const print = mix(hash(TEXT, key), fingerprint(object[key] as Json, visit));
    // Whole numbers of 32 bits: what is rounded depends on the order.
    high = (high + ((print / HALF) | 0)) | 0;
    low = (low + (print | 0)) | 0;
  }
  return mix(OBJECT, join(high, low));
}

function hash(seed: number, text: string): number {
  let high = seed;
  let low = ~seed;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    high = Math.imul(high ^ code, 0x85ebca6b);
    low = Math.imul(low ^ code, 0x9e3779b1);
  }
  return join(high ^ (low >>> 15), low ^ (high >>> 13));
}

function mix(one: number, other: number): number {
  const high = Math.imul(Math.imul(one / HALF, 0x85ebca6b) ^ (other / HALF), 0xc2b2ae35);
  const low = Math.imul(Math.imul(one, 0x9e3779b1) ^ other, 0x27d4eb2f);
  return join(high ^ (low >>> 15), low ^ (high >>> 13));
}

/** All of the first number's 32 bits, and the upper 21 of the second's. */
function join(high: number, low: number): number {
  return (high >>> 0) * HALF + (low >>> 11);
}
