import { fingerprint } from "../json/fingerprint.js";
import { isJsonObject, type Json, type JsonObject } from "../json/json.js";
import { resolvePointer } from "../json/json-pointer.js";

/**
 * Whether what stands around the items of `document`, which are in the array at `path`, holds one of them, or an object
 * out of one, once more: as the `edges` of a GraphQL connection hold its `nodes`. Takes linear time, for which it may say
 * yes by mistake.
 */
export function repeatsItems(document: Json, path: readonly string[]): boolean {
  const texts = new Set<Json>();
  const prints = new Set<number>();
  for (const value of around(document, path)) collectParts(value, texts, prints);
  const items = resolvePointer(document, path) as readonly Json[];
  return items.some((item) =>
    typeof item === "string" ? texts.has(item) : prints.size > 0 && holdsOne(item, prints),
  );
}

/** What is left out on the way from the document to its items. */
function* around(document: Json, path: readonly string[]): Generator<Json> {
  let current = document;
  for (const token of path) {
    for (const [key, value] of Object.entries(current as JsonObject)) if (key !== token) yield value;
    current = (current as JsonObject)[token] as Json;
  }
}

function collectParts(value: Json, texts: Set<Json>, prints: Set<number>): void {
  if (typeof value === "string" && value !== "") texts.add(value);
  fingerprint(value, (part, print) => {
    const members = Object.values(part);
    for (const member of members) if (typeof member === "string" && member !== "") texts.add(member);
    if (members.length > 0) prints.add(print);
  });
}

function holdsOne(item: Json, prints: ReadonlySet<number>): boolean {
  let isFound = false;
  fingerprint(item, (part, print) => {
    // Lists in items, of labels for instance, are often alike.
    if (part === item || isJsonObject(part)) isFound ||= prints.has(print);
  });
  return isFound;
}
