import { GuardError } from "../error.js";
import { quoteGuestText } from "../text/guest-text.js";
import { AnswerReader, type JsonObject, member } from "./answer-reader.js";
import type {
  AgentLabels,
  DescribedLabels,
  DifcMode,
  ResourceLabels,
  ResourceOperation,
  ResponseLabels,
} from "./labels.js";

const MODES: readonly DifcMode[] = ["strict", "filter", "propagate"];
const OPERATIONS: readonly ResourceOperation[] = ["read", "write", "read-write"];

/** Characters of a guest's own error text that go into an error message. */
const MAX_QUOTED = 200;

const agentReader = new AnswerReader("label_agent");
const resourceReader = new AnswerReader("label_resource");
const responseReader = new AnswerReader("label_response");

/** Answer of `label_agent`, checked in the order of spec 2.3. Throws a GuardError. */
export function decodeAgentAnswer(answer: Uint8Array): AgentLabels {
  if (answer.length === 0) throw new GuardError("INVALID_OUTPUT", "label_agent: its answer is empty");
  const root = agentReader.object(agentReader.parse(answer), "");
  assertSuccess(root);
  const agent = agentReader.object(member(root, "agent") ?? {}, "/agent");
  const secrecy = agentReader.strings(member(agent, "secrecy") ?? [], "/agent/secrecy");
  const integrity = agentReader.strings(member(agent, "integrity") ?? [], "/agent/integrity");
  const mode = agentReader.string(member(root, "difc_mode"), "/difc_mode");
  const policy = member(root, "normalized_policy") ?? undefined;
  return {
    agent: { secrecy: significant(secrecy), integrity: significant(integrity) },
    mode: agentReader.choice(mode.toLowerCase(), MODES, "/difc_mode"),
    ...(policy === undefined ? {} : { normalizedPolicy: normalizedPolicy(policy) }),
  };
}

function normalizedPolicy(value: unknown): JsonObject {
  const policy = agentReader.object(value, "/normalized_policy");
  const { scope_kind: kind } = policy;
  return typeof kind === "string" ? { ...policy, scope_kind: kind.trim().toLowerCase() } : policy;
}

/** Answer of `label_resource` (spec 2.4), without its silent defaults for malformed labels. Throws a GuardError. */
export function decodeResourceAnswer(answer: Uint8Array): ResourceLabels {
  if (answer.length === 0) throw new GuardError("INVALID_OUTPUT", "label_resource: its answer is empty");
  const root = resourceReader.object(resourceReader.parse(answer), "");
  const labels = resourceReader.object(member(root, "resource"), "/resource");
  const operation = member(root, "operation") ?? "write";
  return {
    resource: describedLabels(resourceReader, labels, "/resource", optionalStrings),
    operation: resourceReader.choice(operation, OPERATIONS, "/operation"),
  };
}

/**
 * Answer of `label_response` (spec 2.5). Malformed labels are errors, an empty `items` is an empty collection, and an
 * object of neither format is an error, because all three would pass for "public" otherwise. Throws a GuardError.
 */
export function decodeResponseAnswer(answer: Uint8Array): ResponseLabels {
  if (answer.length === 0) return { kind: "unlabeled" };
  const parsed = responseReader.parse(answer);
  if (parsed === null) return { kind: "unlabeled" };
  const root = responseReader.object(parsed, "");
  const paths = member(root, "labeled_paths");
  if (paths !== undefined) return decodePaths(root, paths);
  const items = member(root, "items");
  if (items !== undefined) return decodeItems(items);
  throw responseReader.wrong("", 'null or an object with "labeled_paths" or "items"', root);
}

function decodePaths(root: JsonObject, entries: unknown): ResponseLabels {
  const paths = responseReader.array(entries, "/labeled_paths").map((entry, i) => {
    const pointer = `/labeled_paths/${i}`;
    const object = responseReader.object(entry, pointer);
    return {
      path: jsonPointer(member(object, "path"), `${pointer}/path`),
      labels: requiredLabels(member(object, "labels"), `${pointer}/labels`),
    };
  });
  const defaults = member(root, "default_labels") ?? undefined;
  const itemsPath = member(root, "items_path") ?? undefined;
  return {
    kind: "paths",
    paths,
    ...(defaults === undefined ? {} : { defaults: requiredLabels(defaults, "/default_labels") }),
    ...(itemsPath === undefined ? {} : { itemsPath: jsonPointer(itemsPath, "/items_path") }),
  };
}

function decodeItems(items: unknown): ResponseLabels {
  return {
    kind: "items",
    items: responseReader.array(items, "/items").map((item, i) => {
      const labels = member(responseReader.object(item, `/items/${i}`), "labels");
      if (labels === undefined) return {};
      const pointer = `/items/${i}/labels`;
      return {
        labels: describedLabels(
          responseReader,
          responseReader.object(labels, pointer),
          pointer,
          optionalStrings,
        ),
      };
    }),
  };
}

/** Labels whose secrecy and integrity must both be there: a misspelt key would make its item public. */
function requiredLabels(value: unknown, pointer: string): DescribedLabels {
  return describedLabels(responseReader, responseReader.object(value, pointer), pointer, requiredStrings);
}

/** A JSON pointer (RFC 6901), which the reference reads leniently: a misread one would label something else. */
function jsonPointer(value: unknown, pointer: string): string {
  const path = responseReader.string(value, pointer);
  if ((path === "" || path.startsWith("/")) && !/~(?![01])/.test(path)) return path;
  throw responseReader.invalid(`${pointer} must be a JSON pointer`);
}

type ReadStrings = (reader: AnswerReader, value: unknown, pointer: string) => readonly string[];

const requiredStrings: ReadStrings = (reader, value, pointer) => reader.strings(value, pointer);
const optionalStrings: ReadStrings = (reader, value, pointer) =>
  value === undefined ? NO_TAGS : reader.strings(value, pointer);

/** What stands for a list that may be left out. */
const NO_TAGS: readonly string[] = [];
const LABEL_KEYS = ["description", "secrecy", "integrity"];

/** A misspelt list must not pass for one that was left out: what it labels would be public. */
function assertNoOtherKeys(reader: AnswerReader, labels: JsonObject, pointer: string): void {
  if (Object.keys(labels).every((key) => LABEL_KEYS.includes(key.toLowerCase()))) return;
  throw reader.invalid(`${pointer} lacks "secrecy" or "integrity", and has keys that are neither`);
}

function describedLabels(
  reader: AnswerReader,
  labels: JsonObject,
  pointer: string,
  readStrings: ReadStrings,
): DescribedLabels {
  const secrecy = readStrings(reader, member(labels, "secrecy"), `${pointer}/secrecy`);
  const integrity = readStrings(reader, member(labels, "integrity"), `${pointer}/integrity`);
  const description = member(labels, "description");
  if (secrecy === NO_TAGS || integrity === NO_TAGS) assertNoOtherKeys(reader, labels, pointer);
  if (description === undefined) return { secrecy, integrity };
  return { description: reader.string(description, `${pointer}/description`), secrecy, integrity };
}

/** A guard reports its own failure in three ways (spec 2.3); other types of these members mean nothing. */
function assertSuccess(root: JsonObject): void {
  const error = member(root, "error");
  const text = typeof error === "string" && error.trim() !== "" ? error : undefined;
  const failed = member(root, "success") === false || member(root, "ok") === false;
  if (!failed && text === undefined) return;
  const why = text === undefined ? "without saying why" : quoteGuestText(text, MAX_QUOTED);
  throw new GuardError("GUEST_ERROR", `label_agent: the guard refused the policy: ${why}`);
}

function significant(tags: readonly string[]): string[] {
  return tags.map((tag) => tag.trim()).filter((tag) => tag !== "");
}
