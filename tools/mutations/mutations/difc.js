/** Rules of information flow. */

/** @typedef {import("../mutation.js").Mutation} Mutation */

/**
 * @param {string} file
 * @param {readonly (readonly [find: string, replace: string, fails: string])[]} changes
 * @returns {readonly Mutation[]}
 */
const of = (file, changes) =>
  changes.map(([find, replace, fails]) => ({ package: "difc", file, find, replace, fails }));

/** @type {readonly Mutation[]} */
export const difcMutations = [
  ...of("labels/label.ts", [
    ["tag !== WILDCARD && tag", "tag", "monitor/weaknesses.test.ts > W19"],
    ["&& tag.isWellFormed()", "", "labels/label.test.ts > JSON"],
    [
      "other.size && this.tags.every(",
      "other.size && this.tags.some(",
      "labels/lattice.test.ts > labels are a lattice",
    ],
    ["let common = Label.all;", "let common = Label.none;", "labels/lattice.test.ts > labels are a lattice"],
    [
      "[...new Set(tags)].sort()",
      "[...new Set(tags)]",
      "labels/label.test.ts > a label has its tags in a stable order",
    ],
    ["Object.freeze(sorted)", "sorted", "labels/label.test.ts > a label cannot be changed"],
  ]),
  ...of("labels/labels.ts", [
    [
      "Label.union(secrecy)",
      "Label.intersection(secrecy)",
      "labels/lattice.test.ts > flow is a partial order",
    ],
    ["Label.intersection(integrity)", "Label.union(integrity)", "monitor/weaknesses.test.ts > W16"],
    [
      "target.integrity.isSubsetOf(source.integrity)",
      "true",
      "labels/lattice.test.ts > flow is a partial order",
    ],
  ]),
  ...of("labels/read-labels.ts", [
    [
      "if (!Array.isArray(value)) throw",
      "if (value === undefined) return Label.none; if (!Array.isArray(value)) throw",
      "labels/read-labels.test.ts > malformed labels",
    ],
    [
      "const key = JSON.stringify(value);",
      "const key = String(value);",
      "labels/read-labels.test.ts > labels that are known",
    ],
  ]),
  ...of("flow/rules.ts", [
    [
      "[agent.integrity, resource.integrity]",
      "[resource.integrity, agent.integrity]",
      "monitor/oracle.test.ts > evaluation agrees",
    ],
    [
      "[agent.secrecy, resource.secrecy]",
      "[resource.secrecy, agent.secrecy]",
      "monitor/oracle.test.ts > evaluation agrees",
    ],
    ["[...READ_RULES, ...WRITE_RULES]", "READ_RULES", "monitor/oracle.test.ts > evaluation agrees"],
    [
      'mode === "propagate" ? violated.filter((rule) => WRITE_RULES.includes(rule)) : violated',
      'mode === "propagate" ? [] : violated',
      "monitor/oracle.test.ts > evaluation agrees",
    ],
  ]),
  ...of("flow/evaluate.ts", [
    [
      "if (!isOperation(operation)) return",
      'if (!isOperation(operation)) return { kind: "allow" }; if (!isOperation(operation)) return',
      "flow/evaluate.test.ts > an operation outside the three",
    ],
  ]),
  ...of("flow/mode.ts", [
    [
      "MODES.indexOf(one) < MODES.indexOf(other)",
      "MODES.indexOf(one) > MODES.indexOf(other)",
      "monitor/weaknesses.test.ts > W18",
    ],
  ]),
  ...of("flow/explain.ts", [
    ["if (resource.secrecy.isSubsetOf(agent.secrecy)) return", "return", "monitor/weaknesses.test.ts > W13"],
    [
      "told.map((rule) => ({ rule, tags: [] }))",
      "told.map((rule) => ({ rule, tags: violatingTags(agent, resource, rule) }))",
      "monitor/weaknesses.test.ts > W13",
    ],
    [
      'rules.includes("read-secrecy") ? ["read-secrecy"] : rules',
      "rules",
      "flow/explain.test.ts > for the agent",
    ],
  ]),
  ...of("text/quote-text.ts", [
    ["    UNSAFE,", "    /^$/,", "notice/notice.test.ts > the right to know"],
    ["\\p{Default_Ignorable_Code_Point}", "", "text/quote-text.test.ts > what could be taken"],
  ]),
  ...of("agent/agent-state.ts", [
    ["granted.intersect(ceiling)", "granted", "agent/agent-state.test.ts > what an agent takes in"],
    [
      "one.ceiling.intersect(other.ceiling)",
      "one.ceiling.union(other.ceiling)",
      "agent/agent-state.test.ts > states are a join-semilattice",
    ],
    [
      "secrecy: one.secrecy.union(other.secrecy)",
      "secrecy: other.secrecy",
      "agent/agent-state.test.ts > states are a join-semilattice",
    ],
    ["secrecy, ceiling: integrity }", "secrecy }", "monitor/weaknesses.test.ts > W16"],
  ]),
  ...of("agent/memory-label-store.ts", [
    ["joinStates(current ?? initialState, state)", "state", "monitor/weaknesses.test.ts > W16"],
    [
      "if (current === undefined && this.#states.size >= this.#maxAgents) {",
      "if (current === undefined && this.#states.size >= this.#maxAgents) { this.#states.clear(); } if (false) {",
      "agent/memory-label-store.test.ts > refuses new agents",
    ],
  ]),
  ...of("json/json-pointer.ts", [
    ["(?:0|[1-9][0-9]{0,15})", "[0-9]+", "response/path-vectors.test.ts > rows in which ours"],
    ["&& Object.hasOwn(current, token)", "", "response/path-labels.test.ts > entries that point at"],
    [
      'if (!text.startsWith("/")) return undefined;',
      "",
      "response/path-vectors.test.ts > rows in which ours",
    ],
    [
      "if (/~(?![01])/.test(text)) return undefined;",
      "",
      "json/json-pointer.test.ts > what the reference reads leniently",
    ],
    [
      '.replaceAll("~1", "/").replaceAll("~0", "~")',
      '.replaceAll("~0", "~").replaceAll("~1", "/")',
      "json/json-pointer.test.ts > what the reference reads leniently",
    ],
  ]),
  ...of("json/fingerprint.ts", [
    ["mix(hash(TEXT, key), ", "(", "json/fingerprint.test.ts > tells what is easily mistaken"],
    [
      "high = (high + ((print / HALF) | 0)) | 0;",
      "high = (high + print / HALF) | 0;",
      "json/fingerprint.test.ts > is the same for what",
    ],
    ["hash(LITERAL, String", "hash(TEXT, String", "json/fingerprint.test.ts > tells what is easily mistaken"],
  ]),
  ...of("json/parse-document.ts", [
    ["if (depth > MAX_JSON_DEPTH) return undefined;", "", "json/parse-document.test.ts > a document nests"],
    ["|| countMembers(value) < members", "", "json/parse-document.test.ts > a key twice"],
  ]),
  ...of("json/snapshot.ts", [
    ["if (depth === 0) throw", "if (false) throw", "json/snapshot.test.ts > what JSON cannot carry"],
    ["spend(part.length);", "", "json/snapshot.test.ts > what JSON cannot carry"],
  ]),
  ...of("response/label-items.ts", [
    ["> MAX_REPEATED_TAGS", "> Infinity", "response/path-labels.test.ts > entries that add to defaults"],
    ["if (left < 0) throw", "if (false) throw", "response/path-labels.test.ts > so many and so long"],
    [
      "const all = [...(exact.length > 0 ? exact : [base]), ...nested];",
      "const all = [...exact, ...nested];",
      "monitor/weaknesses.test.ts > W5",
    ],
    ["{ ...joinLabels(all),", "{ ...(all.at(-1) as DescribedLabels),", "monitor/weaknesses.test.ts > W5"],
    ["?? unmatched(number)", "?? { index: 0, isExact: true }", "monitor/weaknesses.test.ts > W4"],
    [
      "prefix.some((step, i) => step !== tokens[i])",
      "false",
      "response/path-labels.test.ts > entries that point at",
    ],
    [
      "return inside === undefined ? undefined : { index, isExact };",
      "return { index, isExact };",
      "response/path-labels.test.ts > entries that point at",
    ],
  ]),
  ...of("response/repeats-items.ts", [
    [
      "if (part === item || isJsonObject(part))",
      "if (part === item)",
      "response/repeats-items.test.ts > say one of",
    ],
    [
      'if (typeof member === "string" && member !== "") texts.add(member);',
      "",
      "response/repeats-items.test.ts > say one of",
    ],
    ["if (members.length > 0) prints", "prints", "response/repeats-items.test.ts > say none of"],
  ]),
  ...of("response/layout.ts", [
    [
      "const base = defaults ?? resource;",
      "const base = defaults ?? { secrecy: resource.secrecy.intersect(resource.integrity), integrity: resource.integrity };",
      "monitor/weaknesses.test.ts > W4",
    ],
    [
      'return { kind: "whole", labels: "hidden" };',
      'return { kind: "whole", labels: resource };',
      "monitor/weaknesses.test.ts > W3",
    ],
    [
      "item ?? resource",
      "item ?? items.find((other) => other !== undefined) ?? resource",
      "monitor/weaknesses.test.ts > W40",
    ],
    ["isOneThing(documents) ? labels", "labels.length > 0 ? labels", "monitor/weaknesses.test.ts > W12"],
    [
      "joinLabels([resource, base, ...items])",
      "resource",
      "filter/filter-response.test.ts > when an item is removed",
    ],
    ["[resource, base, ...items]", "[resource, ...items]", "monitor/attacks.test.ts > a server that builds"],
    ["joinLabels([resource, ...labels])", "resource", "monitor/attacks.test.ts > a server that builds"],
    [
      "isShort ? [...labels, resource] : labels",
      "labels",
      "response/labels-by-position.test.ts > where they cannot be",
    ],
    [
      "collection?.items.length === labels.length",
      "collection !== undefined",
      "response/labels-by-position.test.ts > where they cannot be",
    ],
  ]),
  ...of("response/collection.ts", [
    [
      "const isToldApart = !repeatsItems(first.value, first.path);",
      "const isToldApart = true;",
      "monitor/planted-markers.test.ts > of what is withheld, nothing shows",
    ],
    ["&& !repeatsItems(outer.value, path)", "", "monitor/attacks.test.ts > a server that builds"],
    [
      "if (hits.length > 0) return ambiguous();",
      "",
      "response/tool-results.test.ts > each text block is a document",
    ],
    [
      "if (others.some(({ value, path }) => !equalJson(items, resolvePointer(value, path) as Json))) {",
      "if (false) {",
      "monitor/weaknesses.test.ts > W12",
    ],
    [
      "isToldApart: isToldApart && equalJson(hit.value, first.value),",
      "isToldApart,",
      "response/tool-results.test.ts > documents that hold the same items",
    ],
    ["({ ...document, isToldApart: false })", "document", "monitor/attacks.test.ts > a server that builds"],
    [
      "[path, [], [WRAPPER, ...path], [WRAPPER]]",
      "[path]",
      "response/tool-results.test.ts > documents that hold the same items",
    ],
  ]),
  ...of("response/documents.ts", [
    [
      '(key === "isError" && typeof value === "boolean")',
      'key === "isError" || key === "_meta"',
      "filter/filter-response.test.ts > when an item is removed",
    ],
  ]),
  ...of("filter/judge.ts", [
    [
      '.filter((rule) => rule === "read-secrecy")',
      ".filter(() => false)",
      "monitor/after.test.ts > the result of a write",
    ],
    [
      'if (labels === "hidden") return { reasons: ["hidden"], isSecret: true };',
      'if (labels === "hidden") return { reasons: [], isSecret: false };',
      "monitor/weaknesses.test.ts > W3",
    ],
    ['isSecret: violated.includes("read-secrecy")', "isSecret: false", "monitor/weaknesses.test.ts > W13"],
  ]),
  ...of("filter/filter-response.ts", [
    [
      "if (withheld.length > 0 && !isForgiving) return",
      "if (withheld.length > 1 && !isForgiving) return",
      "monitor/oracle.test.ts > the monitor agrees over whole sessions",
    ],
    [
      "keepRest: !isWithheld(judgedRest),",
      "keepRest: true,",
      "monitor/oracle.test.ts > the monitor agrees over whole sessions",
    ],
    [
      "keepSurroundings: !isWithheld(judgedSurroundings),",
      "keepSurroundings: true,",
      "monitor/planted-markers.test.ts > of what is withheld, nothing shows",
    ],
    ["parts.filter((part) => !isWithheld(part)).map(", "parts.map(", "monitor/weaknesses.test.ts > W16"],
    [
      "const json = snapshot(result);",
      "const json = result as Json;",
      "filter/filter-response.test.ts > what is delivered shares nothing",
    ],
  ]),
  ...of("filter/deliver.ts", [
    [
      "if (first.value === result) return delivered;",
      "",
      "filter/filter-response.test.ts > labels by position",
    ],
    [
      "keepSurroundings || isFlag(key, value) ? [[key, value]]",
      "[[key, value]]",
      "filter/filter-response.test.ts > when an item is removed",
    ],
  ]),
  ...of("filter/cut-document.ts", [
    [
      "return keep[index] ? value : undefined;",
      "return value;",
      "filter/cut-document.test.ts > cutting text",
    ],
    [
      "if (key !== undefined && this.#isCount(key, value, depth)) return this.#kept;",
      "",
      "filter/cut-document.test.ts > counts say",
    ],
    ["|| Number(value) === keep.length", "", "filter/cut-document.test.ts > counts say"],
    ["value !== keep.length", "false", "filter/cut-document.test.ts > without what stands around"],
  ]),
  ...of("notice/notice.ts", [
    [
      'notices === "count" ? withheld : withheld.filter(({ isSecret }) => !isSecret)',
      "withheld",
      "notice/notice.test.ts > the right to know",
    ],
    [
      "if (isSecret || labels?.description === undefined)",
      "if (labels?.description === undefined)",
      "monitor/planted-markers.test.ts > of what is withheld, nothing shows",
    ],
  ]),
  ...of("monitor/phases.ts", [
    [
      'operation === "read" && isReadOnly ? "bypassed"',
      'operation === "read" ? "bypassed"',
      "monitor/weaknesses.test.ts > W8",
    ],
    [
      'operation === "read" && isReadOnly ? "bypassed"',
      'isReadOnly ? "bypassed"',
      "monitor/before.test.ts > the coarse check",
    ],
    [
      'if (mode !== "propagate") return initialState;',
      'if (mode === "strict") return initialState;',
      "monitor/phases.test.ts > accumulation",
    ],
    [
      "taint({ ...labels, integrity: Label.all })",
      "taint(labels)",
      "monitor/after.test.ts > the result of a write",
    ],
  ]),
  ...of("monitor/monitor.ts", [
    [
      "if (state === undefined) return denied(denyUnknownAgent(false));",
      "",
      "monitor/weaknesses.test.ts > W6",
    ],
    ["request.isReadOnly === true", "Boolean(request.isReadOnly)", "monitor/weaknesses.test.ts > W8"],
    [
      "await this.#store.join(call.agent, accumulate(call, response.labels));",
      "void this.#store.join(call.agent, accumulate(call, response.labels));",
      "monitor/after.test.ts > the taint is stored before",
    ],
    ["if (!this.#admitted.has(call))", "if (!call)", "monitor/after.test.ts > uses that make no sense"],
    [
      "if (labels === undefined && call.needsResponseLabels) {",
      "if (false) {",
      "monitor/after.test.ts > uses that make no sense",
    ],
    [
      "return effectiveMode(this.#mode, parseMode(guard), this.#authority);",
      "return parseMode(guard);",
      "monitor/weaknesses.test.ts > W18",
    ],
  ]),
  ...of("guards/write-sink-guard.ts", [
    ["isPublic ? Label.none : accept", "accept", "guards/guards.test.ts > under the monitor"],
  ]),
  ...of("guards/write-sink-policy.ts", [
    ["trimmed.indexOf(entry) < i", "false", "guards/write-sink-policy.test.ts > what a sink accepts"],
    ["entry.trim()", "entry", "monitor/weaknesses.test.ts > W46"],
    [
      "trimmed.length === 1 && trimmed[0] === WILDCARD",
      "trimmed.includes(WILDCARD)",
      "guards/write-sink-policy.test.ts > what a sink accepts",
    ],
  ]),
  ...of("guards/policy-kind.ts", [
    [
      "return isSink || override === undefined ? own : override;",
      "return override ?? own;",
      "monitor/weaknesses.test.ts > W49",
    ],
    [
      "kind === undefined || kinds.length > 1",
      "kind === undefined",
      "guards/policy-kind.test.ts > the kind of a policy",
    ],
  ]),
  ...of("guards/sink-visibility.ts", [
    [
      'repository === "public" ? "public" : configured',
      "configured",
      "guards/sink-visibility.test.ts > a configured visibility",
    ],
    [
      'repository === "public" || repository === "unknown"',
      'repository === "public"',
      "guards/sink-visibility.test.ts > none configured",
    ],
  ]),
];
