import type { Json } from "../json/json.js";
import { endOfValue, type JsonPart, jsonParts, skipSpace } from "../json/json-scan.js";

/** Members that say how many items there are, beside the array that holds them. */
export const defaultCountKeys: readonly string[] = Object.freeze([
  "total_count",
  "totalCount",
  "total",
  "count",
]);

/** Where a document's items are, and which of them stay. */
export interface Cut {
  /** Reference tokens of the array. */
  readonly path: readonly string[];
  /** For each item, whether it stays. */
  readonly keep: readonly boolean[];
  /** Whether what stands around the items stays. Otherwise only the way to them does. */
  readonly keepRest: boolean;
  readonly countKeys: ReadonlySet<string>;
}

/** Whether a document has anything around its items, other than the array itself and correct counts of it. */
export function hasRest(document: Json, { path, keep, countKeys }: Omit<Cut, "keepRest">): boolean {
  let current = document;
  for (const token of path) {
    const others = Object.entries(current as object).filter(([key]) => key !== token);
    if (others.some(([key, value]) => !countKeys.has(key) || value !== keep.length)) return true;
    current = (current as { readonly [key: string]: Json })[token] as Json;
  }
  return false;
}

/**
 * The JSON document `text` without the items that do not stay. What stays is not written anew but cut out, so that it
 * arrives exactly as the backend wrote it, numbers beyond 2^53 included. Counts say how many items stay.
 */
export function cutDocument(text: string, cut: Cut): string {
  return keepsAll(cut) ? text : new Cutter(text, cut).cut(skipSpace(text, 0), 0).text;
}

/** The same for a document that is no text. */
export function cutValueOf(document: Json, cut: Cut): Json {
  return keepsAll(cut) ? document : JSON.parse(cutDocument(JSON.stringify(document), cut));
}

function keepsAll({ keep, keepRest }: Cut): boolean {
  return keepRest && !keep.includes(false);
}

/** What stays of a value, and where the value ends. */
interface Piece {
  readonly text: string;
  readonly end: number;
}

class Cutter {
  readonly #text: string;
  readonly #cut: Cut;
  readonly #kept: string;

  constructor(text: string, cut: Cut) {
    this.#text = text;
    this.#cut = cut;
    this.#kept = String(cut.keep.filter(Boolean).length);
  }

  /**
   * What stays of the array or object that begins at `start`, and is `depth` steps on the way to the items; and the index
   * behind it. Each character is looked at once, however long the way is.
   */
  cut(start: number, depth: number): Piece {
    const { path } = this.#cut;
    const text = this.#text;
    const pieces: string[] = [];
    let index = 0;
    let space = "";
    let end = skipSpace(text, start + 1);
    let inner: Piece | undefined;
    const endOf = (at: number, key: string | undefined) => {
      const isOnWay = depth < path.length && (key ?? String(index)) === path[depth];
      inner = isOnWay ? this.cut(at, depth + 1) : undefined;
      return inner?.end ?? endOfValue(text, at);
    };
    for (const part of jsonParts(text, start, endOf)) {
      const value = inner === undefined ? this.#cutPart(part, index, depth) : inner.text;
      if (value !== undefined) pieces.push(text.slice(part.from, part.valueFrom) + value);
      // What stands before the closing bracket is there to stay.
      space = text.slice(part.valueTo, part.to);
      end = part.to;
      index++;
    }
    const [open, close] = text[start] === "{" ? "{}" : "[]";
    return { text: `${open}${pieces.join(",")}${pieces.length > 0 ? space : ""}${close}`, end: end + 1 };
  }

  /** What stays of the value of one element or member that is not on the way; undefined when nothing does. */
  #cutPart({ key, valueFrom, valueTo }: JsonPart, index: number, depth: number): string | undefined {
    const { path, keep, keepRest } = this.#cut;
    const value = this.#text.slice(valueFrom, valueTo);
    if (depth === path.length) return keep[index] ? value : undefined;
    if (key !== undefined && this.#isCount(key, value, depth)) return this.#kept;
    return keepRest ? value : undefined;
  }

  /** Whether a member counts the items: one beside them, or one further out with just that value. */
  #isCount(key: string, value: string, depth: number): boolean {
    const { path, keep, countKeys } = this.#cut;
    if (!countKeys.has(key) || !/^[-0-9]/.test(value)) return false;
    return depth === path.length - 1 || Number(value) === keep.length;
  }
}
