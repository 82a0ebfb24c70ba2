import { Failure, logError } from "./abi";
import { JsonWriter } from "./json-writer";
import { isControl, putLiteral } from "./text";

/**
 * The one failure that a call can end with: its code, and the text for the log.
 *
 * Text comes from literals and from the policy, which the operator wrote. Arguments and results never get here.
 */

const LIMIT: i32 = 512;
const message: usize = memory.data(512);

let code: Failure = Failure.NONE;
let length: i32 = 0;

/** Forgets the failure of the call before. */
export function clearFailure(): void {
  code = Failure.NONE;
  length = 0;
}

/** Whether this call has failed. */
export function hasFailed(): bool {
  return code != Failure.NONE;
}

/** Records a failure. The first one of a call is its cause, later ones are ignored. Answers false, to be returned. */
export function fail(reason: Failure, text: string): bool {
  if (beginFailure(reason)) say(text);
  return false;
}

/** Records a failure whose text follows by {@link say}; false if there is one already. */
export function beginFailure(reason: Failure): bool {
  if (code != Failure.NONE) return false;
  code = reason;
  return true;
}

/** Adds a literal to the message. */
export function say(text: string): void {
  if (length + text.length <= LIMIT) length += putLiteral(message + length, text);
}

/** Adds text of the policy to the message, cut and without what could forge a log line. */
export function quote(text: usize, size: i32): void {
  const shown = min(size, 80);
  if (length + shown + 2 > LIMIT) return;
  store<u8>(message + length++, 0x22);
  for (let i = 0; i < shown; i++) {
    const byte = load<u8>(text + i);
    store<u8>(message + length++, isControl(byte) || byte >= 0x80 || byte == 0x22 ? 0x3f : byte);
  }
  store<u8>(message + length++, 0x22);
}

/** Adds a number from 0 up to the message. */
export function sayNumber(value: u32): void {
  if (length + 10 > LIMIT) return;
  let divisor: u32 = 1;
  while (value / divisor >= 10) divisor *= 10;
  for (; divisor > 0; divisor /= 10) store<u8>(message + length++, <u8>(0x30 + ((value / divisor) % 10)));
}

/** Writes the message as a JSON string. */
export function writeFailure(writer: JsonWriter): void {
  writer.string(message, length);
}

/** Logs the failure and answers its code. */
export function reportFailure(): i32 {
  logError(message, length);
  return code;
}
