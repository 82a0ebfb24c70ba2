/** How deeply arrays and objects of untrusted JSON may nest. Deeper text blocks `JSON.parse` for seconds. */
export const MAX_JSON_DEPTH = 128;

/**
 * How many members and elements untrusted JSON may have in all, one more for each object and array without any. 16 MiB of more
 * block `JSON.parse` for seconds, and take half a gigabyte.
 */
export const MAX_JSON_VALUES = 1_000_000;

/** Untrusted text is not JSON, nests too deeply, or has too many members and elements. Says nothing about the text's contents. */
export class UntrustedJsonError extends Error {
  override readonly name = "UntrustedJsonError";
}

/**
 * `JSON.parse` for text of an enemy: what parsing costs is bounded before it begins, and the error carries no piece of the text,
 * which may hold secrets. Keys such as `__proto__` are data. Throws an {@link UntrustedJsonError}.
 */
export function parseUntrustedJson(text: string): unknown {
  const excess = excessOf(text);
  if (excess !== undefined) throw new UntrustedJsonError(excess);
  try {
    return JSON.parse(text);
  } catch (error) {
    // V8 quotes the text in its message, so all of it but a number stays here, and so does the cause.
    throw new UntrustedJsonError(`is not JSON${placeOf(error as SyntaxError, text)}`);
  }
}

/** Where `text` is no JSON any more, in words to be added, as far as the runtime tells. */
function placeOf({ message }: SyntaxError, text: string): string {
  if (text.charCodeAt(0) === BYTE_ORDER_MARK) return ": it has a byte order mark";
  // What V8 quotes is followed by a quotation mark.
  const position = /position (\d+)[^"]*$/.exec(message)?.[1];
  return position === undefined ? "" : ` after ${position} characters`;
}

const BYTE_ORDER_MARK = 0xfeff;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
/** `[` and `{` differ from `]` and `}` in two bits, and from each other in one that is masked off here. */
const OPEN = 0x5b;
const CLOSE = 0x5d;
const BRACKET_MASK = ~0x20;

/** What there is too much of in `text`, if it is JSON, or as far as it is. One pass, no recursion, no allocation. */
function excessOf(text: string): string | undefined {
  // Every level takes an opening and a closing bracket.
  if (text.length <= MAX_JSON_DEPTH * 2) return undefined;
  let depth = 0;
  // Each stands behind an opening bracket or a comma.
  let values = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      i = endOfString(text, i);
      if (i === -1) break;
    } else if (code === COMMA) {
      values++;
    } else if ((code & BRACKET_MASK) === OPEN) {
      values++;
      if (++depth > MAX_JSON_DEPTH) return `nests more than ${MAX_JSON_DEPTH} levels deep`;
    } else if ((code & BRACKET_MASK) === CLOSE) {
      depth--;
    }
  }
  return values > MAX_JSON_VALUES ? `has more than ${MAX_JSON_VALUES} members and elements` : undefined;
}

/** Index of the quote that ends the string at `start`, or -1. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return -1;
}
