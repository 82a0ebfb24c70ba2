import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type * as z from "zod";
import { type Config, configSchema, enabledServers } from "./config.js";
import { ConfigError, type ConfigProblem } from "./config-error.js";
import { crossCheck } from "./cross-check.js";
import { ConfigDocument } from "./document.js";
import { expandEnvironment } from "./expand-environment.js";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads and checks a file. Nothing but the file is looked at: guards are loaded later.
 *
 * @throws ConfigError with all that is wrong with it
 */
export async function loadConfig(path: string, env: Environment): Promise<Config> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    const problem = {
      line: 1,
      column: 1,
      key: "",
      message: `the file cannot be read: ${(cause as Error).message}`,
    };
    throw new ConfigError(path, [problem]);
  }
  return parseConfig(text, { file: path, env });
}

/** What {@link parseConfig} needs to know beside the text. */
export interface ParseConfigOptions {
  /** Path of the file, for messages, and for the paths in it. */
  readonly file: string;
  readonly env: Environment;
}

/**
 * Checks the text of a file.
 *
 * @throws ConfigError with all that is wrong with it
 */
export function parseConfig(text: string, { file, env }: ParseConfigOptions): Config {
  const document = new ConfigDocument(file, text.replace(/^\uFEFF/, ""));
  const problems: ConfigProblem[] = [];
  const expanded = expandEnvironment(document.value(), env, (path, message) =>
    problems.push(document.problem(path, message)),
  );
  if (problems.length > 0) throw document.error(problems);
  const parsed = configSchema.safeParse(expanded);
  if (!parsed.success)
    throw document.error(parsed.error.issues.flatMap((issue) => issueProblems(document, issue)));
  const config: Config = {
    guards: parsed.data.guards,
    gateway: parsed.data.gateway,
    servers: enabledServers(parsed.data),
    directory: dirname(resolve(file)),
    placeOf: (server) => [parsed.data.mcpServers?.[server] === undefined ? "servers" : "mcpServers", server],
    errorAt: (path, message) => document.error([document.problem(path, message)]),
  };
  const contradictions = crossCheck(parsed.data, config.servers).map(({ path, message }) =>
    document.problem(path, message),
  );
  if (contradictions.length > 0) throw document.error(contradictions);
  return config;
}

type Issue = z.core.$ZodIssue;

function issueProblems(
  document: ConfigDocument,
  issue: Issue,
  base: readonly PropertyKey[] = [],
): ConfigProblem[] {
  const path = [...base, ...issue.path] as (string | number)[];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => document.problem([...path, key], "there is no such key", { atKey: true }));
  }
  if (issue.code === "invalid_key") {
    return [document.problem(path, issue.issues[0]?.message ?? issue.message, { atKey: true })];
  }
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    if (issue.errors.every((alternative) => alternative.some(isOfWhole))) {
      return [document.problem(path, issue.message)];
    }
    const types = acceptedTypes(issue.errors);
    // Of the alternatives, the one that fits best tells most.
    const [best = []] = issue.errors.toSorted((one, other) => misfit(one) - misfit(other));
    return best.flatMap((inner) =>
      types !== undefined && isOfType(inner)
        ? document.problem([...path, "type"], `Invalid option: expected one of ${types.join("|")}`)
        : issueProblems(document, inner, path),
    );
  }
  return [document.problem(path, issue.message)];
}

/** All values that alternatives accept as a `type`, if none accepts the one there is. */
function acceptedTypes(alternatives: readonly (readonly Issue[])[]): readonly string[] | undefined {
  const accepted = alternatives.map((issues) =>
    issues.flatMap((issue) => (isOfType(issue) ? issue.values : [])),
  );
  return accepted.every(({ length }) => length > 0)
    ? accepted.flat().map((value) => JSON.stringify(value))
    : undefined;
}

function isOfType(issue: Issue): issue is z.core.$ZodIssueInvalidValue {
  return issue.code === "invalid_value" && issue.path[0] === "type";
}

/** Whether it is not a part of a value that is wrong, but what kind of value it is. */
function isOfWhole({ path, code }: Issue): boolean {
  return path.length === 0 && (code === "invalid_type" || code === "invalid_value");
}

/** How little an alternative fits. One that lacks its own `type`, `command` or `url` was not meant. */
function misfit(issues: readonly Issue[]): number {
  const isOther = issues.some(({ code, path }) =>
    path.length === 0 || ["type", "command", "url"].includes(String(path[0]))
      ? code !== "unrecognized_keys"
      : false,
  );
  return issues.length + (isOther ? 1_000 : 0);
}
