import { isJsonObject } from "./is-json-object.js";

/** Parameters as JSON, and a copy of them that nobody else has. */
export interface JsonCopy {
  readonly value: Record<string, unknown>;
  /** UTF-16 code units of the JSON text. */
  readonly size: number;
}

/**
 * A copy of an object as JSON carries it: what is judged is then what is sent, whatever happens to the original.
 *
 * @throws TypeError or RangeError for what JSON cannot express, and for what nests too deeply
 */
export function copyJson(value: Readonly<Record<string, unknown>>): JsonCopy {
  const text: unknown = JSON.stringify(value);
  if (typeof text !== "string") throw new TypeError("must be an object of JSON");
  const copy: unknown = JSON.parse(text);
  if (!isJsonObject(copy)) throw new TypeError("must be an object of JSON");
  return { value: copy, size: text.length };
}
