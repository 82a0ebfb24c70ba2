import type { GuardOperation } from "../abi/abi.js";
import { GuardError } from "../error.js";
import { parseUntrustedJson, UntrustedJsonError } from "../json/parse-untrusted-json.js";
import { at, type Place, pointerOf } from "./place.js";

/** How many elements an array of an answer may have. */
export const MAX_ENTRIES = 100_000;

/** An object of an answer: whatever keys the guest chose, `__proto__` included, are data. */
export type JsonObject = Readonly<Record<string, unknown>>;

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads one answer of a guest, and says in the error where it is not what the ABI prescribes. */
export class AnswerReader {
  readonly #operation: GuardOperation;

  constructor(operation: GuardOperation) {
    this.#operation = operation;
  }

  /** The answer as JSON. */
  parse(answer: Uint8Array): unknown {
    try {
      return parseUntrustedJson(strictUtf8.decode(answer));
    } catch (error) {
      if (error instanceof UntrustedJsonError)
        throw this.invalid(`its answer of ${answer.length} bytes ${error.message}`);
      throw this.invalid("its answer is not UTF-8");
    }
  }

  /** `value`, if it is an object. */
  object(value: unknown, place: Place): JsonObject {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
    throw this.wrong(place, "an object", value);
  }

  /** `value`, if it is an array of at most {@link MAX_ENTRIES}. */
  array(value: unknown, place: Place): readonly unknown[] {
    if (!Array.isArray(value)) throw this.wrong(place, "an array", value);
    if (value.length > MAX_ENTRIES) {
      throw this.invalid(`${name(place)} has ${value.length} elements, more than ${MAX_ENTRIES}`);
    }
    return value;
  }

  /** `value`, if it is a string. */
  string(value: unknown, place: Place): string {
    if (typeof value === "string") return value;
    throw this.wrong(place, "a string", value);
  }

  /** `value`, if it is an array of strings. */
  strings(value: unknown, place: Place): readonly string[] {
    const array = this.array(value, place);
    for (let i = 0; i < array.length; i++) {
      if (typeof array[i] !== "string") throw this.wrong(at(place, i), "a string", array[i]);
    }
    return array as readonly string[];
  }

  /** `value`, if it is one of `choices`. */
  choice<T extends string>(value: unknown, choices: readonly T[], place: Place): T {
    const choice = choices.find((candidate) => candidate === value);
    if (choice !== undefined) return choice;
    const found = typeof value === "string" ? "another word" : typeName(value);
    throw this.invalid(`${name(place)} must be one of ${choices.join(", ")}, not ${found}`);
  }

  /** The error for a value that is not what it must be. The value itself is not quoted: it may hold secrets. */
  wrong(place: Place, expected: string, value: unknown): GuardError {
    return this.invalid(`${name(place)} must be ${expected}, not ${typeName(value)}`);
  }

  /** The error for an answer of which `what` is said. */
  invalid(what: string): GuardError {
    return new GuardError("INVALID_OUTPUT", `${this.#operation}: ${what}`);
  }
}

/**
 * The member of `object` called `key`, where its exact spelling is absent: guards of the reference may spell it with other
 * letter case (spec 2.1). `absent` if there is none.
 */
export function otherCase(object: JsonObject, key: string, absent?: unknown): unknown {
  // No list of the keys is made: most often there is nothing to be found.
  for (const candidate in object) {
    if (candidate.length !== key.length || candidate.toLowerCase() !== key) continue;
    if (Object.hasOwn(object, candidate)) return object[candidate];
  }
  return absent;
}

function name(place: Place): string {
  return place === "" ? "its answer" : pointerOf(place);
}

function typeName(value: unknown): string {
  if (value === undefined) return "absent";
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
