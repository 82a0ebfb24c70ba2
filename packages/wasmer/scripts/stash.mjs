/** Numbers of 64 bits that are kept. */
const WORDS = 64;

/**
 * The source of `keep` and `swap`, by which 512 bytes are kept in globals while the guard runs, or stand in its memory while it
 * does not. Generated because no loop reaches a global by its number.
 */
export function stashSource() {
  const words = Array.from({ length: WORDS }, (_, index) => index);
  return `
    ${words.map((index) => `let w${index}: u64 = 0;`).join("\n")}
    export const STASH_BYTES: u32 = ${8 * WORDS};

    export function keep(at: u32): void {
      ${words.map((index) => `w${index} = load<u64>(at, ${8 * index});`).join("\n")}
    }

    export function swap(at: u32): void {
      let word: u64;
      ${words.map((index) => `word = load<u64>(at, ${8 * index}); store<u64>(at, w${index}, ${8 * index}); w${index} = word;`).join("\n")}
    }
  `;
}
