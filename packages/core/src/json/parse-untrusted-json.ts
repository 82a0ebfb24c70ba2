/** How deeply arrays and objects of untrusted JSON may nest. Deeper text blocks `JSON.parse` for seconds. */
export const MAX_JSON_DEPTH = 128;

/** Untrusted text is not JSON, or nests too deeply. Says nothing about the text's contents. */
export class UntrustedJsonError extends Error {
  override readonly name = "UntrustedJsonError";
}

/**
 * `JSON.parse` for text of an enemy: nesting is bounded before parsing, and the error carries no piece of the text,
 * which may hold secrets. Keys such as `__proto__` are data. Throws an {@link UntrustedJsonError}.
 */
export function parseUntrustedJson(text: string): unknown {
  if (nestsDeeperThan(text, MAX_JSON_DEPTH)) {
    throw new UntrustedJsonError(`nests more than ${MAX_JSON_DEPTH} levels deep`);
  }
  try {
    return JSON.parse(text);
  } catch {
    // V8 quotes the text in its message, so the message and its cause stay here.
    throw new UntrustedJsonError("is not JSON");
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** `[` and `{` differ from `]` and `}` in two bits, and from each other in one that is masked off here. */
const OPEN = 0x5b;
const CLOSE = 0x5d;
const BRACKET_MASK = ~0x20;

/** Whether valid JSON in `text` nests more than `limit` levels. One pass, no recursion, no allocation. */
function nestsDeeperThan(text: string, limit: number): boolean {
  // Every level takes an opening and a closing bracket.
  if (text.length <= limit * 2) return false;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      i = endOfString(text, i);
      if (i === -1) return false;
    } else if ((code & BRACKET_MASK) === OPEN) {
      if (++depth > limit) return true;
    } else if ((code & BRACKET_MASK) === CLOSE) {
      depth--;
    }
  }
  return false;
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
