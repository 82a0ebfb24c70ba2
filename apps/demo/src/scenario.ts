import type { CallToolRequestParams } from "@modelcontextprotocol/client";

/** What the gateway makes of a call: it passes all of its result on, or a part, or nothing. */
export type Outcome = "delivered" | "filtered" | "refused";

/** A call that an agent makes, and why it is worth a look. */
export interface Step {
  readonly title: string;
  readonly call: CallToolRequestParams;
  /** What has to become of it. */
  readonly expected: Outcome;
  /** What of the answer is worth showing; all of it unless given. */
  readonly show?: (text: string) => string;
}

/** What the agent does, in order. Paths are relative to the directory of sample files. */
export const scenario: readonly Step[] = [
  step("It reads a public page", "delivered", "read_text_file", { path: "public/handbook.md" }),
  step("It reads private notes of its own department", "delivered", "read_text_file", {
    path: "engineering/notes/beacon-3.md",
  }),
  step("It takes notes there", "delivered", "write_file", {
    path: "engineering/notes/todo.md",
    content: "Ask Halden for a module that draws less.\n",
  }),
  step("It wants to tell the public", "refused", "write_file", {
    path: "public/beacon-3.md",
    content: "The lens fogs up.\n",
  }),
  step("It wants to read what only hr may know", "refused", "read_text_file", { path: "hr/salaries.csv" }),
  step("The same file by a detour", "refused", "read_text_file", { path: "public/../hr/salaries.csv" }),
  step("It wants to move the file into the open", "refused", "move_file", {
    source: "hr/salaries.csv",
    destination: "public/salaries.csv",
  }),
  step("It wants to read a mail from outside, which has orders for it", "refused", "read_text_file", {
    path: "inbox/customer-mail.txt",
  }),
  {
    ...step("It lists everything, and sees what it may", "filtered", "directory_tree", { path: "." }),
    show: topLevelNames,
  },
  step("It tries to get out", "refused", "read_text_file", { path: "../../etc/passwd" }),
];

function step(title: string, expected: Outcome, name: string, args: Record<string, unknown>): Step {
  return { title, expected, call: { name, arguments: args } };
}

/** The names in a tree that the filesystem server has answered. */
function topLevelNames(tree: string): string {
  return (JSON.parse(tree) as readonly { readonly name: string }[]).map(({ name }) => name).join(", ");
}
