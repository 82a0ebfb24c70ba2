/** Characters of foreign text that are quoted. */
const MAX_QUOTED = 100;

/** Characters that could pass for another line or a terminal's command, turn the direction of text, or carry some unseen. */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Text of a guard, cut off after 100 characters, in quotes, with everything escaped that could leave them. */
export function quoteText(text: string): string {
  const short = text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text;
  return JSON.stringify(short).replace(
    UNSAFE,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
