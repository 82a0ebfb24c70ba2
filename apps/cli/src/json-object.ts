/** An object of JSON, with whatever keys its author chose. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether `value`, which comes from JSON, is an object. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
