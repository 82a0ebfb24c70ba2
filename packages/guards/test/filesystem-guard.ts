import { type Backend, compileGuard, RawGuard } from "./raw-guard.js";
import { repeatOnEveryEngine } from "./support/repeated-conversations.js";

const module = compileGuard("filesystem.wasm");

export interface Label {
  readonly secrecy: readonly string[];
  readonly integrity: readonly string[];
  readonly writable?: boolean;
}

export interface PathEntry extends Label {
  readonly prefix: string;
}

/** Answers as the server does. */
export function allowedDirectories(...directories: string[]): Backend {
  return () => textResult(`Allowed directories:\n${directories.join("\n")}`);
}

/** A result as this server gives it: the text twice. */
export function textResult(text: string): unknown {
  return { content: [{ type: "text", text }], structuredContent: { content: text } };
}

/** Everybody may read and write, and trust nothing. */
export const OPEN: Label = { secrecy: [], integrity: [], writable: true };

/** What a policy without `default` gives to paths that it does not list. */
export const UNLISTED = "filesystem:unlisted";

export function policy(paths: readonly PathEntry[], standard: Label | null = OPEN): Record<string, unknown> {
  const filesystem = { mode: "filter", agent: { secrecy: [], integrity: [] }, paths };
  return { filesystem: standard === null ? filesystem : { ...filesystem, default: standard } };
}

/** A secret that may be written. */
export function secret(prefix: string, ...secrecy: string[]): PathEntry {
  return { prefix, secrecy, integrity: [], writable: true };
}

/** A guard without a policy. What it is asked, all engines are asked when the tests of the file are over. */
export function freshGuard(backend?: Backend): RawGuard {
  const guard = unrepeatedGuard(backend);
  repeatOnEveryEngine({ calls: guard.calls, backend });
  return guard;
}

/** A guard without a policy, for more questions than all engines can be asked in a reasonable time. */
export function unrepeatedGuard(backend?: Backend): RawGuard {
  return new RawGuard(module, backend);
}

/** A guard with a policy in force. */
export function filesystemGuard(document: unknown, backend?: Backend): RawGuard {
  return underPolicy(freshGuard(backend), document);
}

/** Puts a policy in force. */
export function underPolicy(guard: RawGuard, document: unknown): RawGuard {
  const { error } = guard.answer("label_agent", document);
  if (error !== undefined) throw new Error(error);
  return guard;
}

export interface Resource {
  readonly secrecy: string[];
  readonly integrity: string[];
  readonly operation: string;
}

/** What `label_resource` says about a call, with sorted tags. */
export function resource(guard: RawGuard, tool: string, args: unknown): Resource {
  const answer = guard.answer("label_resource", { capabilities: {}, tool_args: args, tool_name: tool });
  const { secrecy, integrity } = answer.resource;
  return { secrecy: secrecy.toSorted(), integrity: integrity.toSorted(), operation: answer.operation };
}

/** The secrecy of one file. */
export function secrecyOf(guard: RawGuard, path: string): string[] {
  return resource(guard, "read_text_file", { path }).secrecy;
}

/** The code and the log line of a call that the guard refuses. */
export function refusal(guard: RawGuard, tool: string, args: unknown): [number, string | undefined] {
  const { code } = guard.run("label_resource", { capabilities: {}, tool_args: args, tool_name: tool });
  return [code, guard.logs.at(-1)];
}

/** The answer of `label_response`. */
// biome-ignore lint/suspicious/noExplicitAny: three shapes, and each test expects one
export function response(guard: RawGuard, tool: string, args: unknown, result: unknown): any {
  return guard.answer("label_response", {
    capabilities: {},
    tool_args: args,
    tool_name: tool,
    tool_result: result,
  });
}

/** Codes of the guard's failures, as its README lists them. */
export const INPUT = -3;
export const NO_POLICY = -5;
export const PATH = -6;
export const BACKEND = -7;
