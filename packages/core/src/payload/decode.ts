import { GuardError } from "../error.js";
import { quoteGuestText } from "../text/guest-text.js";
import { AnswerReader, type JsonObject, otherCase } from "./answer-reader.js";
import type {
  AgentLabels,
  DescribedLabels,
  DifcMode,
  PathLabels,
  ResourceLabels,
  ResourceOperation,
  ResponseLabels,
} from "./labels.js";
import { at, type Place, pointerOf } from "./place.js";

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
  const { agent = otherCase(root, "agent"), difc_mode: mode = otherCase(root, "difc_mode") } = root;
  const labels = agentReader.object(agent ?? {}, "/agent");
  const { secrecy = otherCase(labels, "secrecy"), integrity = otherCase(labels, "integrity") } = labels;
  const tags = {
    secrecy: significant(agentReader.strings(secrecy ?? [], "/agent/secrecy")),
    integrity: significant(agentReader.strings(integrity ?? [], "/agent/integrity")),
  };
  const word = agentReader.string(mode, "/difc_mode").toLowerCase();
  const { normalized_policy: policy = otherCase(root, "normalized_policy") } = root;
  return {
    agent: tags,
    mode: agentReader.choice(word, MODES, "/difc_mode"),
    ...(isAbsent(policy) ? {} : { normalizedPolicy: normalizedPolicy(policy) }),
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
  const { resource = otherCase(root, "resource"), operation = otherCase(root, "operation") } = root;
  return {
    resource: describedLabels(resourceReader, resource, "/resource", NO_TAGS),
    operation: resourceReader.choice(operation ?? "write", OPERATIONS, "/operation"),
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
  const { labeled_paths: paths = otherCase(root, "labeled_paths") } = root;
  if (paths !== undefined) return decodePaths(root, paths);
  const { items = otherCase(root, "items") } = root;
  if (items !== undefined) return decodeItems(items);
  throw responseReader.wrong("", 'null or an object with "labeled_paths" or "items"', root);
}

function decodePaths(root: JsonObject, entries: unknown): ResponseLabels {
  const paths = responseReader.array(entries, "/labeled_paths").map(pathLabels);
  const { default_labels: defaults = otherCase(root, "default_labels") } = root;
  const { items_path: itemsPath = otherCase(root, "items_path") } = root;
  return {
    kind: "paths",
    paths,
    ...(isAbsent(defaults) ? {} : { defaults: describedLabels(responseReader, defaults, "/default_labels") }),
    ...(isAbsent(itemsPath) ? {} : { itemsPath: jsonPointer(itemsPath, "/items_path") }),
  };
}

function pathLabels(value: unknown, index: number): PathLabels {
  const place = at("/labeled_paths", index);
  const entry = responseReader.object(value, place);
  const { path = otherCase(entry, "path"), labels = otherCase(entry, "labels") } = entry;
  return {
    path: jsonPointer(path, at(place, "path")),
    labels: describedLabels(responseReader, labels, at(place, "labels")),
  };
}

function decodeItems(items: unknown): ResponseLabels {
  return { kind: "items", items: responseReader.array(items, "/items").map(itemLabels) };
}

function itemLabels(value: unknown, index: number): { readonly labels?: DescribedLabels } {
  const place = at("/items", index);
  const item = responseReader.object(value, place);
  const { labels = otherCase(item, "labels") } = item;
  if (labels === undefined) return {};
  return { labels: describedLabels(responseReader, labels, at(place, "labels"), NO_TAGS) };
}

/** A JSON pointer (RFC 6901), which the reference reads leniently: a misread one would label something else. */
function jsonPointer(value: unknown, place: Place): string {
  const path = responseReader.string(value, place);
  if ((path === "" || path.startsWith("/")) && !(path.includes("~") && /~(?![01])/.test(path))) return path;
  throw responseReader.invalid(`${pointerOf(place)} must be a JSON pointer`);
}

/** What stands for a list that may be left out. */
const NO_TAGS: readonly string[] = [];
const LABEL_KEYS = ["description", "secrecy", "integrity"];

/**
 * `value` as labels. `absent` stands for a list that is left out; without it both must be there, because a misspelt key
 * would make what they label public.
 */
function describedLabels(
  reader: AnswerReader,
  value: unknown,
  place: Place,
  absent?: readonly string[],
): DescribedLabels {
  const labels = reader.object(value, place);
  const { secrecy = otherCase(labels, "secrecy", absent) } = labels;
  const { integrity = otherCase(labels, "integrity", absent) } = labels;
  const secrecyTags = reader.strings(secrecy, at(place, "secrecy"));
  const integrityTags = reader.strings(integrity, at(place, "integrity"));
  if (secrecy === NO_TAGS || integrity === NO_TAGS) assertNoOtherKeys(reader, labels, place);
  const { description = otherCase(labels, "description") } = labels;
  if (description === undefined) return { secrecy: secrecyTags, integrity: integrityTags };
  const text = reader.string(description, at(place, "description"));
  return { description: text, secrecy: secrecyTags, integrity: integrityTags };
}

/** A misspelt list must not pass for one that was left out: what it labels would be public. */
function assertNoOtherKeys(reader: AnswerReader, labels: JsonObject, place: Place): void {
  if (Object.keys(labels).every((key) => LABEL_KEYS.includes(key.toLowerCase()))) return;
  throw reader.invalid(`${pointerOf(place)} lacks "secrecy" or "integrity", and has keys that are neither`);
}

/** A guard reports its own failure in three ways (spec 2.3); other types of these members mean nothing. */
function assertSuccess(root: JsonObject): void {
  const { error = otherCase(root, "error") } = root;
  const { success = otherCase(root, "success"), ok = otherCase(root, "ok") } = root;
  const text = typeof error === "string" && error.trim() !== "" ? error : undefined;
  if (success !== false && ok !== false && text === undefined) return;
  const why = text === undefined ? "without saying why" : quoteGuestText(text, MAX_QUOTED);
  throw new GuardError("GUEST_ERROR", `label_agent: the guard refused the policy: ${why}`);
}

/** Members that may be left out may be null as well. */
function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

function significant(tags: readonly string[]): string[] {
  return tags.map((tag) => tag.trim()).filter((tag) => tag !== "");
}
