import { DifcError } from "../error.js";
import { Label, WILDCARD } from "../labels/label.js";
import { foldKeys, policyKind } from "./policy-kind.js";
import { isScope } from "./scope.js";

/** How visible what is written to a sink becomes. */
export type SinkVisibility = "public" | "private" | "internal";

const VISIBILITIES: readonly SinkVisibility[] = ["public", "private", "internal"];

/** The policy of a write-sink, normalised. */
export interface WriteSinkPolicy {
  /** The secrecy tags that the sink accepts, each exactly as written; all of them for `["*"]`. */
  readonly accept: Label;
  readonly sinkVisibility?: SinkVisibility;
}

const KEYS = ["accept", "sink-visibility"];

/** What may stand before the colon of an entry. */
const PREFIX = /^(?:private|public|internal):/;

/**
 * Reads a write-sink policy, `{"write-sink": {"accept": […], "sink-visibility"?: …}}`, with keys in any letter case. What
 * is checked is what is used: entries are trimmed once, here (W46).
 *
 * @throws DifcError `POLICY`
 */
export function parseWriteSinkPolicy(policy: unknown): WriteSinkPolicy {
  const root = [...foldKeys(policy, "the policy").values()];
  if (policyKind(policy) !== "write-sink" || root.length > 1) {
    throw new DifcError("POLICY", 'the policy of a write-sink must have the key "write-sink" and no other');
  }
  const members = foldKeys(root[0], "write-sink");
  if ([...members.keys()].some((key) => !KEYS.includes(key))) {
    throw new DifcError("POLICY", `write-sink has a key that is none of ${KEYS.join(", ")}`);
  }
  const entries = members.get("accept");
  if (!Array.isArray(entries) || entries.length === 0) {
    throw new DifcError("POLICY", "write-sink/accept must list at least one entry");
  }
  const sinkVisibility = readVisibility(members.get("sink-visibility"));
  const accept = readAccept(entries);
  return sinkVisibility === undefined ? { accept } : { accept, sinkVisibility };
}

function readVisibility(value: unknown): SinkVisibility | undefined {
  if (value === undefined || value === "") return undefined;
  const folded = typeof value === "string" ? value.trim().toLowerCase() : undefined;
  const visibility = VISIBILITIES.find((name) => name === folded);
  if (visibility === undefined) {
    throw new DifcError("POLICY", `write-sink/sink-visibility must be one of ${VISIBILITIES.join(", ")}`);
  }
  return visibility;
}

function readAccept(entries: readonly unknown[]): Label {
  const trimmed = Array.from(entries, (entry) => (typeof entry === "string" ? entry.trim() : undefined));
  if (trimmed.length === 1 && trimmed[0] === WILDCARD) return Label.all;
  const tags = trimmed.map((entry, i) => {
    const isTag = entry !== undefined && isScope(entry.replace(PREFIX, ""));
    const problem = isTag
      ? trimmed.indexOf(entry) < i && "is there already"
      : 'must be a repository or an owner, with or without "private:", "public:" or "internal:"';
    if (problem !== false) throw new DifcError("POLICY", `write-sink/accept/${i} ${problem}`);
    return entry;
  });
  return Label.from(tags);
}
