/**
 * What a terminal may take for a command, or a reader for something else: control and format characters, line
 * separators, unpaired surrogates. Line feeds are our own.
 */
const UNPRINTABLE = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** `text` with an escape in place of everything that a terminal does not simply show. Line feeds stay. */
export function escapeText(text: string): string {
  return text.replace(UNPRINTABLE, unicodeEscapes);
}

/**
 * `name` for people: as it is when it consists of visible ASCII characters, else as a JSON string in which all others
 * are escaped or visible. Cut after 100 characters. No two names of that length look the same.
 */
export function showName(name: string): string {
  const short = name.length > 100 ? `${name.slice(0, 100)}…` : name;
  return /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(short) ? short : escapeText(JSON.stringify(short));
}

/** `value` as JSON on one line, or indented, that a terminal shows as it is. It parses to the same value. */
export function jsonText(value: unknown, { indented }: { readonly indented: boolean }): string {
  return escapeText(JSON.stringify(value, null, indented ? 2 : undefined));
}

/** Escapes as JSON and JavaScript have them, of each UTF-16 code unit. */
function unicodeEscapes(character: string): string {
  return character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
