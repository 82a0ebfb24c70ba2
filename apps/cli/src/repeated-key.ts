/** Strings, with a colon behind them if they are keys, and where objects begin and end. */
const TOKENS = /("[^"]*")\s*(:)?|[{}]/g;

/**
 * The first key that is in one object of `text` twice, however it is spelt: two readers would see different things. `text` must be
 * valid JSON.
 */
export function repeatedKey(text: string): string | undefined {
  // Without escapes, which may be quotes, and as long as before.
  const plain = text.replaceAll(/\\./g, "__");
  /** Keys of the objects that are open, the innermost last. */
  const open: Set<string>[] = [];
  for (const { 0: token, 1: string, 2: colon, index } of plain.matchAll(TOKENS)) {
    if (token === "{") open.push(new Set());
    else if (token === "}") open.pop();
    else if (string !== undefined && colon !== undefined) {
      const key: string = JSON.parse(text.slice(index, index + string.length));
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return undefined;
}
