import { encodeUtf8 } from "../memory/byte-pool.js";

/**
 * `value` as the JSON that guests get: UTF-8 bytes, with unpaired surrogates replaced by U+FFFD as in the reference,
 * since strict parsers refuse their escapes. Throws a TypeError for what JSON cannot express (a cycle, a BigInt,
 * `undefined`), and a RangeError for what nests too deeply for the runtime.
 */
export function encodeJson(value: unknown): Uint8Array {
  return encodeJsonText(jsonText(value));
}

/** `value` as JSON, which may have unpaired surrogates. Throws as {@link encodeJson} does. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value);
  if (text === undefined) throw new TypeError(`${typeof value} cannot be expressed in JSON`);
  return text;
}

/** What {@link jsonText} wrote, as {@link encodeJson} encodes it. */
export function encodeJsonText(json: string): Uint8Array {
  let text = json;
  // JSON.stringify escapes surrogates only where they are unpaired; the escape may also be text after a backslash.
  // Without its backslash it is searched for first: of that letter texts have fewer, and each one stops the search.
  if (text.includes("ud") && text.includes("\\ud")) text = JSON.stringify(wellFormed(JSON.parse(text)));
  return encodeUtf8(text);
}

function wellFormed(value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed();
  if (Array.isArray(value)) return value.map(wellFormed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key.toWellFormed(), wellFormed(member)]),
  );
}
