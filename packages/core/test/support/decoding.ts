import { expect } from "vitest";
import type { GuardOperation } from "../../src/abi/abi.js";
import { GuardError } from "../../src/error.js";
import { decodeAgentAnswer, decodeResourceAnswer, decodeResponseAnswer } from "../../src/payload/decode.js";
import { jsonBytes } from "./bytes.js";

/** The decoders by operation, for rules that hold for each. */
export const decoders: Readonly<Record<GuardOperation, (answer: Uint8Array) => unknown>> = {
  label_agent: decodeAgentAnswer,
  label_resource: decodeResourceAnswer,
  label_response: decodeResponseAnswer,
};

/** Labels without any tag. */
export const noTags = { secrecy: [], integrity: [] };

/** Labels with one tag of each kind. */
export const oneTag = { secrecy: ["a"], integrity: ["i"] };

/** The error that decoding ends with. */
export function failureOf(operation: GuardOperation, answer: Uint8Array): GuardError {
  try {
    decoders[operation](answer);
  } catch (error) {
    if (!GuardError.is(error)) throw error;
    // What a guest says never costs its instance: it has returned in good order.
    expect(error.lost).toBe(false);
    expect(error.message.startsWith(`${operation}: `)).toBe(true);
    return error;
  }
  throw new Error("accepted");
}

/** Message of the INVALID_OUTPUT that `answer` is. */
export function invalidOutput(operation: GuardOperation, answer: unknown): string {
  const error = failureOf(operation, jsonBytes(answer));
  expect(error.code).toBe("INVALID_OUTPUT");
  return error.message;
}
