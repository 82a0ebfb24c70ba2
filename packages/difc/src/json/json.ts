/** A value that JSON can express. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** An object of JSON. Whatever keys it has, `__proto__` included, are data. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** How deeply results and documents in them may nest. */
export const MAX_JSON_DEPTH = 256;

/** Whether `value` is an object of JSON, and no array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether two values say the same, whatever the order of their keys. */
export function equalJson(one: Json, other: Json): boolean {
  if (one === other) return true;
  if (Array.isArray(one)) {
    return (
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((element, i) => equalJson(element, other[i] as Json))
    );
  }
  if (!isJsonObject(one) || !isJsonObject(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && equalJson(one[key] as Json, other[key] as Json))
  );
}
