import type { Json } from "./json.js";
import { isJsonObject } from "./json.js";

/** A canonical array index: no sign, no leading zero (RFC 6901, section 4). */
const INDEX = /^(?:0|[1-9][0-9]{0,15})$/;

/** The reference tokens of a JSON pointer, exactly as RFC 6901 reads them; undefined when `text` is none (W60). */
export function parsePointer(text: string): readonly string[] | undefined {
  if (text === "") return [];
  if (!text.startsWith("/")) return undefined;
  const tokens = text.slice(1).split("/");
  if (!text.includes("~")) return tokens;
  if (/~(?![01])/.test(text)) return undefined;
  return tokens.map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The JSON pointer with these reference tokens. */
export function formatPointer(tokens: readonly string[]): string {
  return tokens.map((token) => `/${token.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** The index that a reference token names in an array of `length` elements; undefined when it names none. */
export function arrayIndex(token: string, length: number): number | undefined {
  return INDEX.test(token) && Number(token) < length ? Number(token) : undefined;
}

/** What stands in `value` where the reference tokens lead to; undefined when they lead nowhere. */
export function resolvePointer(value: Json, tokens: readonly string[]): Json | undefined {
  let current: Json = value;
  for (const token of tokens) {
    if (Array.isArray(current)) {
      const index = arrayIndex(token, current.length);
      if (index === undefined) return undefined;
      current = current[index];
    } else if (isJsonObject(current) && Object.hasOwn(current, token)) {
      current = current[token] as Json;
    } else {
      return undefined;
    }
  }
  return current;
}
