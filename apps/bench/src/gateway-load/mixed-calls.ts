/** A call, and whether its answer is what a guarded gateway, or one without a guard, has to give. */
export interface MixedCall {
  readonly name: string;
  readonly args: { readonly path: string; readonly content?: string };
  isRight(answer: string, isGuarded: boolean): boolean;
}

/** The call with this number: seven reads of something public, and one each of a secret, a listing, and a write. */
export function mixedCall(number: number): MixedCall {
  const path = `public/page-${number}.md`;
  switch (number % 10) {
    case 7:
      return {
        name: "read_text_file",
        args: { path: `hr/file-${number}.csv` },
        isRight: (answer, isGuarded) => isGuarded !== answer.includes("content of"),
      };
    case 8:
      return {
        name: "directory_tree",
        args: { path: "." },
        isRight: (answer, isGuarded) => answer.includes("public") && isGuarded !== answer.includes('"hr"'),
      };
    case 9:
      return { name: "write_file", args: { path, content: "text\n".repeat(100) }, isRight: isAnswerTo(path) };
    default:
      return { name: "read_text_file", args: { path }, isRight: isAnswerTo(path) };
  }
}

function isAnswerTo(path: string): (answer: string) => boolean {
  return (answer) => answer === `content of ${path}`;
}
