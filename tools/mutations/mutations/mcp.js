/** Rules of what passes between clients, guards and servers. */

/** @typedef {import("../mutation.js").Mutation} Mutation */

/**
 * @param {string} file
 * @param {readonly (readonly [find: string, replace: string, fails: string])[]} changes
 * @returns {readonly Mutation[]}
 */
const of = (file, changes) =>
  changes.map(([find, replace, fails]) => ({ package: "mcp", file, find, replace, fails }));

/** @type {readonly Mutation[]} */
export const mcpMutations = [
  ...of("protocol/methods.ts", [
    [
      '?? { kind: "refused", because: "nobody knows what it reads and writes" }',
      '?? { kind: "definitions", params: [] }',
      "requests.test.ts > that nobody can judge is refused",
    ],
    [
      'CLIENT_REQUESTS.has(method) ? method : "(unknown method)"',
      "method",
      "decisions.test.ts > names no tool that may be data",
    ],
  ]),
  ...of("protocol/request-params.ts", [
    ["if (unknown !== undefined) {", "if (false) {", "requests.test.ts > are nothing that no guard sees"],
    ["_meta: { progressToken } };", "_meta };", "requests.test.ts > are nothing that no guard sees"],
    [
      "ANSWERS.some((name) => members[name] !== undefined)",
      "false",
      "results.test.ts > is answered by a write",
    ],
  ]),
  ...of("protocol/json-copy.ts", [
    ["JSON.parse(text)", "value", "requests.test.ts > reach the server as they were judged"],
  ]),
  ...of("protocol/tool-definitions.ts", [
    ["return others;", "return tool;", "definitions.test.ts > no shape of results is promised"],
  ]),
  ...of("server/tool-annotations.ts", [
    [" && annotations.openWorldHint === false", "", "guard-backend.test.ts > the server's own word"],
    ["annotations?.readOnlyHint === true && ", "", "guard-backend.test.ts > the server's own word"],
  ]),
  ...of("server/guarded-server.ts", [
    [
      'definitions"] = untrusted',
      'definitions"] = trusted',
      "definitions.test.ts > reaches no agent that requires integrity",
    ],
    ["isBuiltIn || guardedMethods.has(method)", "true", "requests.test.ts > is refused unless the guard"],
    [
      "if (!isBuiltIn && policy === undefined)",
      "if (false)",
      "definitions.test.ts > without a policy for its guard",
    ],
  ]),
  ...of("call/subscriptions.ts", [
    ["+ this.#reserved >=", ">=", "subscriptions.test.ts > also if they are asked for at the same time"],
  ]),
  ...of("call/run-request.ts", [
    ["judged.onEnd?.();", "", "subscriptions.test.ts > take no room once a server has refused"],
  ]),
  ...of("call/relay.ts", [
    [
      "if (this.#questions > MAX_QUESTIONS) {",
      "if (false) {",
      "relay.test.ts > is not asked after a hundred",
    ],
  ]),
  ...of("call/prompt-store.ts", [
    ["() => reject(new Error(", "() => void (new Error(", "lifecycle.test.ts > fails calls at its"],
  ]),
  ...of("telemetry/tool-labels.ts", [
    [
      "this.#listed.get(name)?.has(tool)",
      "TOOL_NAME.test(tool)",
      "decisions.test.ts > names no tool that may be data",
    ],
    [" && TOOL_NAME.test(tool.name)", "", "decisions.test.ts > only if its name looks like one"],
    ["if (listed.size >= MAX_LISTED) return;", "", "decisions.test.ts > of a thousand, however many"],
  ]),
  ...of("agent/agent-key.ts", [
    [
      "return encodeURIComponent(principal);",
      "return principal;",
      "agents.test.ts > is another one for another identity",
    ],
  ]),
  ...of("agent/agent.ts", [
    ["if (failed !== undefined) throw failed.reason;", "", "agents.test.ts > again, after one has failed"],
    [
      'if (GuardError.is(error, "NO_POLICY")) this.#labelling.reset();',
      "",
      "agents.test.ts > again, after one has lost its policy",
    ],
  ]),
  ...of("agent/tool-calls.ts", [
    [
      "if (count >= limit) {",
      "if (count > limit) {",
      "requests.test.ts > a tool whose calls the policy limits",
    ],
  ]),
  ...of("agent/issued-cursors.ts", [
    [
      "return this.#cursors.has(cursor);",
      "return true;",
      "definitions.test.ts > of the agent's own goes only",
    ],
    ["this.#cursors.add(nextCursor);", "", "definitions.test.ts > that the server has given goes back"],
  ]),
  ...of("session.ts", [
    [
      'cancellation.abort(new Error("the client has cancelled the request"))',
      "cancellation.abort(signal.reason)",
      "cancellation.test.ts > a client's cancel reaches the server",
    ],
  ]),
  ...of("agent/agents.ts", [
    [
      "if (agent.active === 0) return agent;",
      "return agent;",
      "agents.test.ts > are refused while all are at work",
    ],
    ["if (this.#active > 0) {", "if (false) {", "lifecycle.test.ts > closing lets what is at work end"],
  ]),
  ...of("agent/single-flight.ts", [
    ["this.#flight ??= this", "this.#flight = this", "agents.test.ts > once, however many calls come first"],
    [
      "        this.#flight = undefined;\n        flight.controller",
      "        flight.controller",
      "agents.test.ts > again, after one has failed",
    ],
    [
      "(controller.signal).then",
      "(new AbortController().signal).then",
      "agents.test.ts > and stop when nobody",
    ],
  ]),
  ...of("call/call-store.ts", [
    [
      'agentState("join", await this.#store.join(agent, state))',
      "this.#store.join(agent, state)",
      "stores.test.ts > one that answers",
    ],
  ]),
  ...of("agent/guard-backend.ts", [
    [
      'throw new Error("the guard may not call this tool");',
      "",
      "guard-backend.test.ts > a guard may call nothing",
    ],
    ["(trustAnnotations && (await", "(true && (await", "guard-backend.test.ts > the server's own word"],
    [
      "const [served] = this.#served;",
      "const served = this.#served.at(-1);",
      "guard-backend.test.ts > a guard asks on behalf of the request",
    ],
    ["{ ...served, signal }", "{ ...served }", "guard-backend.test.ts > a guard asks with the signal"],
  ]),
  ...of("call/answer.ts", [
    [
      "isJsonObject(cause) && cause.isExecuted === false",
      "isJsonObject(cause)",
      "requests.test.ts > a server without an answer",
    ],
    [
      "if (isJsonObject(result)) return { result };",
      "return { result: result as McpResult };",
      "results.test.ts > that is none is an error",
    ],
    [
      "await untilAborted(signal, asked)",
      "await asked",
      "cancellation.test.ts > a client's cancel ends a call",
    ],
    [
      "upstream(server, request, { signal, ",
      "upstream(server, request, { signal: new AbortController().signal, ",
      "cancellation.test.ts > a client's cancel reaches the server",
    ],
  ]),
  ...of("call/call-store.ts", [
    [
      'throw new StoreError("the store of labels has failed", { cause });',
      "throw cause;",
      "agents.test.ts > that cannot be reached",
    ],
  ]),
  ...of("call/decide.ts", [
    ["if (isEnforced) throw refusal;", "throw refusal;", "audit.test.ts > lets a request pass"],
    ["recorder.refused(phase, refusal);", "", "audit.test.ts > lets a request pass"],
  ]),
  ...of("call/delivery.ts", [
    [
      '{ cacheScope: "private" }',
      "{ cacheScope: result.cacheScope }",
      "results.test.ts > that one agent gets is nobody else's",
    ],
    ["[NOTICE_META_KEY]: notice", "", "requests.test.ts > is filtered by what that guard says"],
  ]),
  ...of("call/guarded-call.ts", [
    [
      "(await subject.isReadOnly(exchange))",
      "true",
      "requests.test.ts > a read of what may not be read as a whole",
    ],
    [
      "if (!decision.isAdmitted) throw refusalOf(decision.denial);\n  if (subject.writesTo",
      "if (!decision.isAdmitted) return decision as never;\n  if (subject.writesTo",
      "tool-calls.test.ts > reads what the agent may know",
    ],
    [
      '{ code, message, data }, { kind: "unlabeled" });\n    if (!outcome.isDelivered) throw refusalOf(outcome.denial, outcome.withheld);',
      '{ code, message, data }, { kind: "unlabeled" });\n    void outcome;',
      "results.test.ts > reaches nobody else",
    ],
    [
      "if (isInterim(result)) await admitQuestion(monitor, admitted);",
      "",
      "results.test.ts > is not delivered to an agent that must not write the answer",
    ],
    [
      "if (outcome.withheld.length > 0 && isInterim(result))",
      "if (false)",
      "results.test.ts > is delivered as a whole or not at all",
    ],
    [
      'operation === "read" ? "read-write" : operation',
      "operation",
      "results.test.ts > is answered by a write",
    ],
  ]),
  ...of("call/relay.ts", [
    [
      "progressToken: lastToken",
      "progressToken: (params?._meta as { progressToken: unknown }).progressToken",
      "requests.test.ts > are nothing that no guard sees",
    ],
    [
      "if (this.#isClosed || this.#waiting",
      "if (this.#waiting",
      "relay.test.ts > that comes late reaches nobody",
    ],
    [" || this.#waiting >= MAX_WAITING", "", "relay.test.ts > of a flood that nobody reads"],
    [
      "as well.\n    await this.#judge.question(request);",
      "as well.",
      "relay.test.ts > has no answer when the agent has learnt",
    ],
    [
      "await this.#judge.question(request);\n    const [answer]",
      "const [answer]",
      "relay.test.ts > is not asked of an agent",
    ],
    [
      "params: { ...notification.params, progressToken }",
      "params: { ...notification.params }",
      "relay.test.ts > reaches the client before the result",
    ],
  ]),
  ...of("call/call-relay-judge.ts", [
    [
      "return { method: notification.method };",
      "return notification;",
      "relay.test.ts > that says nothing but that something has changed",
    ],
    [
      "return isEnforced ? undefined : notification;",
      "return notification;",
      "relay.test.ts > that nobody can judge is dropped",
    ],
    [
      "(await this.#isPassed(notification)) || !isEnforced ? notification : undefined",
      "notification",
      "relay.test.ts > carries the labels of its request",
    ],
  ]),
  ...of("call/listen.ts", [
    [
      "AbortSignal.any([exchange.signal, ending])",
      "exchange.signal",
      "lifecycle.test.ts > a stream of changes ends",
    ],
    [
      "signals.includes(method) ? { method } : undefined",
      "{ method }",
      "subscriptions.test.ts > tells what the client has asked for",
    ],
    [
      "uris.filter((uri) => resourceSubscriptions.includes(uri))",
      "resourceSubscriptions",
      "subscriptions.test.ts > tells what the client has asked for",
    ],
  ]),
  ...of("call/subscriptions.ts", [
    [
      "if (subscription === undefined) return false;",
      "if (subscription === undefined) return true;",
      "subscriptions.test.ts > are told to whoever has subscribed",
    ],
  ]),
  ...of("call/run-request.ts", [
    [
      "checkParams({}, [], false)",
      "{ params: request.params ?? {}, size: 0, hasAnswers: false } as never",
      "definitions.test.ts > tells the server nothing of the client",
    ],
    ["if (isMethod(name)) {", "if (false) {", "requests.test.ts > are refused if they are no call"],
    ["!LOG_LEVELS.includes(level)", "false", "requests.test.ts > that sets the level of logs"],
  ]),
  ...of("sdk/requests-in-flight.ts", [
    [
      "second === undefined && !this.#isOneUnanswered ? first?.context : undefined",
      "first?.context",
      "client-upstream.test.ts > belongs to none if there are several",
    ],
    [" && !this.#isOneUnanswered", "", "client-upstream.test.ts > may belong to a former request"],
  ]),
  ...of("decision/explain.ts", [
    [
      "tags: withheld.length === 0 ? tags : []",
      "tags",
      "decisions.test.ts > of a refused result tells no tags",
    ],
  ]),
];
