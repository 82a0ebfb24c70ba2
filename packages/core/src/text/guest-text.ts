/** Characters that could pass for another line, for a terminal's command, or turn the direction of what follows. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Text of a guest with everything escaped that could do harm in a log. */
export function escapeGuestText(text: string): string {
  return escapeUnsafe(text.replaceAll("\\", "\\\\"));
}

/** Text of a guest, cut off after `maxLength` characters, in quotes, with everything escaped that could leave them. */
export function quoteGuestText(text: string, maxLength: number): string {
  return escapeUnsafe(JSON.stringify(text.length > maxLength ? `${text.slice(0, maxLength)}…` : text));
}

function escapeUnsafe(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
