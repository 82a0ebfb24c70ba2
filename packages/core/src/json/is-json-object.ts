/** Whether `value` is an object whose members JSON would show: neither an array nor a collection. */
export function isJsonObject(value: unknown): value is object {
  return (
    typeof value === "object" &&
    value !== null &&
    !(Array.isArray(value) || value instanceof Map || value instanceof Set)
  );
}
