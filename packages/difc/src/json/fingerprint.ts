import { isJsonObject, type Json, type JsonObject } from "./json.js";

/**
 * A number below 2^53 that values have in common when they say the same, whatever the order of their keys. Others can have it
 * by chance, or because somebody has looked for them: it shows that values differ, never that they are equal.
 *
 * @param visit is called with every object and array in `value`, itself included, and its number
 */
export function fingerprint(
  value: Json,
  visit: (part: JsonObject | readonly Json[], print: number) => void = () => undefined,
): number {
  if (typeof value !== "object" || value === null) return hash(JSON.stringify(value));
  const members = Array.isArray(value)
    ? value.map((element: Json) => fingerprint(element, visit))
    : membersOf(value as JsonObject, visit);
  const print = hash(`${isJsonObject(value) ? "{" : "["}${members.join()}`);
  visit(value, print);
  return print;
}

function membersOf(object: JsonObject, visit: Parameters<typeof fingerprint>[1]): readonly string[] {
  const keys = Object.keys(object).sort();
  return keys.map((key) => `${hash(key)}:${fingerprint(object[key] as Json, visit)}`);
}

/** Two hashes of 32 bits, of which 53 are kept. */
function hash(text: string): number {
  let high = 0x811c9dc5;
  let low = 0x2545f491;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    high = Math.imul(high ^ code, 0x01000193);
    low = Math.imul(low ^ code, 0x9e3779b1);
  }
  high = Math.imul(high ^ (low >>> 15), 0x85ebca6b);
  low = Math.imul(low ^ (high >>> 13), 0xc2b2ae35);
  return (high >>> 0) * 2 ** 21 + (low >>> 11);
}
