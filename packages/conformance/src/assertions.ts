import { GuardError, type GuardErrorCode } from "@guardhost/core";

/** An engine does not do what is required. */
export class ConformanceError extends Error {
  override readonly name = "ConformanceError";
}

/** Characters of a value that go into a message. */
const MAX_SHOWN = 400;

/** Throws a {@link ConformanceError} unless `condition` holds. `what` says what should have been. */
export function holds(condition: boolean, what: string): asserts condition {
  if (!condition) throw new ConformanceError(`expected ${what}`);
}

/** Throws a {@link ConformanceError} unless both values, of JSON or `undefined` and bytes, are the same. */
export function equal(actual: unknown, expected: unknown, what: string): void {
  if (!same(actual, expected)) {
    throw new ConformanceError(`${what}: expected ${show(expected)}, found ${show(actual)}`);
  }
}

/** What a GuardError must be. */
export interface ExpectedError {
  /** One, or any of several. */
  readonly code: GuardErrorCode | readonly GuardErrorCode[];
  readonly lost?: boolean;
  /** What the message must contain. */
  readonly says?: string;
}

/** Waits for `work` to reject with a GuardError that is as `expected`, and answers the error. */
export async function rejects(
  work: Promise<unknown>,
  expected: ExpectedError,
  what: string,
): Promise<GuardError> {
  const error = await rejectionOf(work, what);
  const codes = [expected.code].flat();
  const wanted = codes.join(" or ");
  if (!GuardError.is(error)) {
    throw new ConformanceError(`${what}: expected a GuardError ${wanted}, found ${show(error)}`, {
      cause: error,
    });
  }
  const { code, message, lost } = error;
  if (!codes.includes(code)) {
    throw new ConformanceError(`${what}: expected the code ${wanted}, found ${code}: ${message}`);
  }
  if (expected.lost !== undefined) equal(lost, expected.lost, `${what}: "lost" of ${code}`);
  if (expected.says !== undefined && !message.includes(expected.says)) {
    throw new ConformanceError(`${what}: expected a message with "${expected.says}", found "${message}"`);
  }
  return error;
}

/** Waits for `work` to reject with exactly `reason`. */
export async function rejectsWith(work: Promise<unknown>, reason: unknown, what: string): Promise<void> {
  const error = await rejectionOf(work, what);
  if (error !== reason) throw new ConformanceError(`${what}: expected ${show(reason)}, found ${show(error)}`);
}

/** A value for a message. */
function show(value: unknown): string {
  if (value instanceof Error) return GuardError.is(value) ? `${value.code}: ${value.message}` : String(value);
  const text =
    value instanceof Uint8Array ? `bytes [${value.join()}]` : (JSON.stringify(value) ?? String(value));
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}… (${text.length} characters)` : text;
}

async function rejectionOf(work: Promise<unknown>, what: string): Promise<unknown> {
  let value: unknown;
  try {
    value = await work;
  } catch (error) {
    return error;
  }
  throw new ConformanceError(`${what}: expected an error, found ${show(value)}`);
}

function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b) || a instanceof Uint8Array !== b instanceof Uint8Array)
    return false;
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    return a.length === b.length && a.every((byte, i) => byte === b[i]);
  }
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && same(a[key as keyof typeof a], b[key as keyof typeof b]))
  );
}
