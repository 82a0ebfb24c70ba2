const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
/** `[` and `{` differ from `]` and `}` in two bits, and from each other in one that is masked off here. */
const OPEN = 0x5b;
const CLOSE = 0x5d;
const BRACKET_MASK = ~0x20;
const SPACE: readonly number[] = [0x20, 0x09, 0x0a, 0x0d];

/** What a pass over text, which need not be JSON, finds outside of strings. */
export interface JsonShape {
  /** How deeply brackets nest. */
  readonly depth: number;
  /** Colons: one for each member of each object, repeated ones included. */
  readonly members: number;
}

/** Measures `text` in one pass, without recursion or allocation. */
export function measureJson(text: string): JsonShape {
  let depth = 0;
  let deepest = 0;
  let members = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      i = endOfString(text, i) - 1;
    } else if ((code & BRACKET_MASK) === OPEN) {
      deepest = Math.max(deepest, ++depth);
    } else if ((code & BRACKET_MASK) === CLOSE) {
      depth--;
    } else if (code === COLON) {
      members++;
    }
  }
  return { depth: deepest, members };
}

/** One element of an array or member of an object, as positions in the text. */
export interface JsonPart {
  /** The member's key; undefined for elements. */
  readonly key: string | undefined;
  /** Where it begins and ends: between commas and brackets, white space included. */
  readonly from: number;
  readonly to: number;
  /** Where its value begins and ends, without white space around it. */
  readonly valueFrom: number;
  readonly valueTo: number;
}

/**
 * The elements or members of the array or object that begins at `start` of `text`, which must be valid JSON.
 *
 * @param endOf finds the index behind the value that begins `at`, for those who look into it anyway
 */
export function* jsonParts(
  text: string,
  start: number,
  endOf: (at: number, key: string | undefined) => number = (at) => endOfValue(text, at),
): Generator<JsonPart> {
  const isObject = text[start] === "{";
  let from = start + 1;
  let at = skipSpace(text, from);
  if (text[at] === "]" || text[at] === "}") return;
  for (;;) {
    let key: string | undefined;
    if (isObject) {
      const end = endOfString(text, at);
      key = JSON.parse(text.slice(at, end));
      at = skipSpace(text, skipSpace(text, end) + 1);
    }
    const valueTo = endOf(at, key);
    const to = skipSpace(text, valueTo);
    yield { key, from, to, valueFrom: at, valueTo };
    if (text[to] !== ",") return;
    from = to + 1;
    at = skipSpace(text, from);
  }
}

/** Index of the first character from `at` on that is no white space of JSON. */
export function skipSpace(text: string, at: number): number {
  let i = at;
  while (SPACE.includes(text.charCodeAt(i))) i++;
  return i;
}

/** Index behind the value that begins at `start` of `text`, which must be valid JSON. */
export function endOfValue(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first === QUOTE) return endOfString(text, start);
  if ((first & BRACKET_MASK) !== OPEN) return endOfLiteral(text, start);
  let depth = 1;
  let i = start + 1;
  while (depth > 0 && i < text.length) {
    const code = text.charCodeAt(i);
    if ((code & BRACKET_MASK) === OPEN) depth++;
    else if ((code & BRACKET_MASK) === CLOSE) depth--;
    i = code === QUOTE ? endOfString(text, i) : i + 1;
  }
  return i;
}

/** Index behind the number, true, false or null that begins at `start`. */
function endOfLiteral(text: string, start: number): number {
  let i = start;
  while (/[-+.\w]/.test(text.charAt(i))) i++;
  return i;
}

/** Index behind the string that begins at `start`; behind the text where the string does not end. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end + 1;
  }
  return text.length;
}
