import { DifcError } from "../error.js";
import { type Json, MAX_JSON_DEPTH } from "./json.js";

/** Values in one result. More would block the process for seconds. */
const MAX_VALUES = 10_000_000;

/**
 * A copy of `value` as JSON would carry it: what is judged is then what is delivered, whatever happens to the original.
 * Members that are undefined are left out, as in JSON.
 *
 * @throws DifcError `INVALID_RESULT` for what JSON cannot express, cycles included, and for what nests too deeply or has
 * too many values
 */
export function snapshot(value: unknown): Json {
  let left = MAX_VALUES;
  const spend = (count: number) => {
    left -= count;
    if (left < 0) throw refused(`has more than ${MAX_VALUES} values`);
  };

  const copy = (part: unknown, depth: number): Json => {
    if (part === null || typeof part === "string" || typeof part === "boolean") return part;
    // JSON has no other way to say NaN and the infinities.
    if (typeof part === "number") return Number.isFinite(part) ? part : null;
    if (typeof part !== "object") throw refused(`holds a ${typeof part}, which JSON cannot express`);
    if (depth === 0) throw refused(`nests more than ${MAX_JSON_DEPTH} levels deep`);
    if (Array.isArray(part)) {
      spend(part.length);
      return Array.from(part, (element) => copy(element ?? null, depth - 1));
    }
    if (!isPlain(part)) throw refused("holds an object of a class, which JSON cannot express");
    const members = Object.entries(part).filter(([, member]) => member !== undefined);
    spend(members.length);
    return Object.fromEntries(members.map(([key, member]) => [key, copy(member, depth - 1)]));
  };
  try {
    return copy(value ?? null, MAX_JSON_DEPTH);
  } catch (error) {
    // Getters and proxies can throw anything.
    throw DifcError.is(error) ? error : refused("could not be read", { cause: error });
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  // The second: plain objects of another realm have an Object.prototype of their own.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function refused(problem: string, options?: ErrorOptions): DifcError {
  return new DifcError("INVALID_RESULT", `the result ${problem}`, options);
}
