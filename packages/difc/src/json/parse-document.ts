import { isJsonObject, type Json, MAX_JSON_DEPTH } from "./json.js";
import { measureJson } from "./json-scan.js";

/**
 * The JSON document that `text` is; undefined for any other text, and for documents that cannot be labelled: those that
 * nest too deeply, which would block `JSON.parse`, and those with a key twice in one object, of which two readers see
 * different things. A number, a string, a boolean or null alone is no document.
 */
export function parseDocument(text: string): Json | undefined {
  if (!/^[ \t\n\r]*[[{]/.test(text)) return undefined;
  const { depth, members } = measureJson(text);
  if (depth > MAX_JSON_DEPTH) return undefined;
  const value = parse(text);
  return value === undefined || countMembers(value) < members ? undefined : value;
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    // Text need not be JSON.
    return undefined;
  }
}

function countMembers(value: Json): number {
  if (Array.isArray(value))
    return value.reduce((sum: number, element: Json) => sum + countMembers(element), 0);
  if (!isJsonObject(value)) return 0;
  const members = Object.values(value);
  return members.reduce((sum: number, member) => sum + countMembers(member), members.length);
}
