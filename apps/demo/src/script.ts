import type { CallToolRequestParams } from "@modelcontextprotocol/client";

/** A call that an agent makes in the demo, and why it is worth a look. */
export interface Step {
  readonly title: string;
  readonly call: CallToolRequestParams;
}

/** What the agent does, in order. Paths are relative to the directory of sample files. */
export const script: readonly Step[] = [
  step("A public page", "read_text_file", { path: "public/handbook.md" }),
  step("Notes of its own department", "read_text_file", { path: "engineering/notes/beacon-3.md" }),
  step("A file that only hr may read", "read_text_file", { path: "hr/salaries.csv" }),
  step("The same file by a detour", "read_text_file", { path: "public/../hr/salaries.csv" }),
  step("A way out of the directory", "read_text_file", { path: "../../etc/passwd" }),
  step("A mail from outside, with orders for the agent", "read_text_file", {
    path: "inbox/customer-mail.txt",
  }),
  step("A public and a secret file at once", "read_multiple_files", {
    paths: ["public/handbook.md", "hr/salaries.csv"],
  }),
  step("A listing whose entries differ", "list_directory", { path: "." }),
  step("A tree whose branches differ", "directory_tree", { path: "." }),
  step("A search among notes", "search_files", { path: "engineering", pattern: "**/*.md" }),
  step("A search that looks into everything", "search_files", { path: ".", pattern: "**/*salar*" }),
  step("Writing to its own department", "write_file", {
    path: "engineering/notes/todo.md",
    content: "Ask Halden for a module that draws less.\n",
  }),
  step("Telling the public what is internal", "write_file", {
    path: "public/beacon-3.md",
    content: "The lens fogs up.\n",
  }),
  step("Writing where the policy has it read-only", "write_file", { path: "hr/salaries.csv", content: "" }),
  step("Moving a secret into the open", "move_file", {
    source: "hr/salaries.csv",
    destination: "public/salaries.csv",
  }),
  step("A tool that nobody knows", "export_share", { format: "zip" }),
];

function step(title: string, name: string, args: Record<string, unknown>): Step {
  return { title, call: { name, arguments: args } };
}
