import { GuardError, type GuardErrorCode, type GuardLogLevel } from "@guardhost/core";

/** Something that the guest has logged. */
export type LogEntry = readonly [level: GuardLogLevel, message: string];

/** What a response says besides its bytes. */
export interface ResponseDetails {
  readonly logs: readonly LogEntry[];
  readonly error?: PlainError | undefined;
}

/** What a question of the guest says besides its arguments. */
export interface QuestionDetails {
  readonly tool: string;
  readonly logs: readonly LogEntry[];
}

/** A GuardError as data. */
export interface PlainError {
  readonly code: GuardErrorCode;
  readonly message: string;
  readonly lost: boolean;
  readonly cause?: { readonly name: string; readonly message: string } | undefined;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function encodeDetails(details: ResponseDetails | QuestionDetails): Uint8Array {
  return encoder.encode(JSON.stringify(details));
}

/** Of bytes that are not shared: browsers refuse to decode others. */
export function decodeDetails<T extends ResponseDetails | QuestionDetails>(bytes: Uint8Array): T {
  return JSON.parse(decoder.decode(bytes));
}

/** What travels of an error of the worker. */
export function plainErrorOf(error: unknown): PlainError {
  if (GuardError.is(error)) {
    const { code, message, lost, cause } = error;
    return { code, message, lost, cause: cause === undefined ? undefined : plainCauseOf(cause) };
  }
  const cause = plainCauseOf(error);
  return {
    code: "TRAPPED",
    message: `the engine failed on the guard's thread (${cause.name}: ${cause.message}); the instance is discarded`,
    lost: true,
    cause,
  };
}

function plainCauseOf(cause: unknown): { name: string; message: string } {
  return cause instanceof Error
    ? { name: cause.name, message: cause.message }
    : { name: typeof cause, message: String(cause) };
}

/** The error that {@link plainErrorOf} was made from; of its cause, name and message are left. */
export function guardErrorOf({ code, message, lost, cause }: PlainError): GuardError {
  if (cause === undefined) return new GuardError(code, message, { lost });
  const original = new Error(cause.message);
  original.name = cause.name;
  return new GuardError(code, message, { lost, cause: original });
}
