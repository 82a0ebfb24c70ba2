/** Throws a RangeError unless `value` is a number of milliseconds, more than 0. Infinity means no limit. */
export function assertTimeout(name: string, value: number): void {
  if (typeof value === "number" && value > 0) return;
  throw new RangeError(`${name} must be a number of milliseconds, more than 0, not ${String(value)}`);
}
