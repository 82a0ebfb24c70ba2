const utf8 = new TextEncoder();
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** UTF-8 of `text`. */
export function bytesOf(text: string): Uint8Array {
  return utf8.encode(text);
}

/** JSON of `value`, in UTF-8. */
export function jsonBytes(value: unknown): Uint8Array {
  return bytesOf(JSON.stringify(value));
}

/** Text of `bytes`, which must be UTF-8. */
export function textOf(bytes: Uint8Array): string {
  return strict.decode(bytes);
}
