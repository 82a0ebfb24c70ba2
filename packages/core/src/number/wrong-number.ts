/**
 * The error for an option that must be a number, and is `value`: a RangeError for another number, a TypeError for anything else.
 *
 * @param expected what it must be, as in "a whole number, 1 or more"
 */
export function wrongNumber(name: string, expected: string, value: unknown): RangeError | TypeError {
  // Without its quotes, text like "2" would read as the number that it is not.
  const shown = typeof value === "string" ? JSON.stringify(value) : String(value);
  const Kind = typeof value === "number" ? RangeError : TypeError;
  return new Kind(`${name} must be ${expected}, not ${shown}`);
}
