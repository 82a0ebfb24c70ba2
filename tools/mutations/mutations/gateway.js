/** Rules of the gateway: what keeps clients, servers and configurations from doing harm. */

/** @typedef {import("../mutation.js").Mutation} Mutation */

/**
 * @param {string} file
 * @param {readonly (readonly [find: string, replace: string, fails: string])[]} changes
 * @returns {readonly Mutation[]}
 */
const of = (file, changes) =>
  changes.map(([find, replace, fails]) => ({ package: "gateway", file, find, replace, fails }));

/** @type {readonly Mutation[]} */
export const gatewayMutations = [
  ...of("mcp/unanswered-requests.ts", [
    [
      "&& !ids.some((id) => this.#ids.has(id))",
      "",
      "http/session-transport.test.ts > is refused, and the other one gets its answer",
    ],
    [
      "new Set(ids).size === ids.length &&",
      "",
      "http/session-transport.test.ts > is refused in a batch, also where the other one is in it",
    ],
    [
      "if (method === undefined) this.#ids.delete(id);",
      "",
      "mcp/unique-ids.test.ts > an id can be used again after an answer",
    ],
  ]),
  ...of("mcp/unique-ids.ts", [
    ["if (this.#unanswered.add([message]))", "if (true)", "mcp/unique-ids.test.ts > is refused"],
  ]),
  ...of("http/session-transport.ts", [
    ["this.closeSSEStream(id);", "", "http/session-transport.test.ts > that was cancelled ends"],
    [
      "if (!response.ok) this.#unanswered.remove(messages);",
      "if (!response.ok) return response;",
      "http/session-transport.test.ts > after a request that was not taken",
    ],
  ]),
  ...of("http/sessions.ts", [
    [
      "if (session?.principal !== name)",
      "if (session === undefined)",
      "http/sessions.test.ts > by its own principal only",
    ],
    [
      "...this.#sessions.values(), ...this.#opening]",
      "...this.#sessions.values()]",
      "http/sessions.test.ts > that are about to begin",
    ],
  ]),
  ...of("http/bounded-body.ts", [
    [
      'if (-(controller.desiredSize ?? 0) > MAX_UNREAD_BYTES) throw new Error("the client does not read");',
      "",
      "http/bounded-body.test.ts > that nobody reads ends",
    ],
  ]),
  ...of("http/open-requests.ts", [
    [
      "if (own.size >= this.#maxPerPrincipal)",
      "if (false)",
      "http/http-server.test.ts > a principal has so many requests open",
    ],
  ]),
  ...of("http/http-server.ts", [
    [
      "this.#principalOf(request)?.name === principal",
      "this.#principalOf(request) !== undefined",
      "http/http-server.test.ts > what is open by a key that is gone",
    ],
    [
      "setTimeout(() => response.destroy(), graceMs)",
      "setTimeout(() => undefined, graceMs)",
      "http/http-server.test.ts > what is open by a key that is gone",
    ],
  ]),
  ...of("http/refusals.ts", [
    ["this.#others.set(key, 0);", "", "http/refusals.test.ts > each kind is logged at once"],
  ]),
  ...of("http/stalled-responses.ts", [
    ["if (isStalled) response", "if (false) response", "http/http-server.test.ts > who does not read"],
    ["unread > 0 && ", "", "http/http-server.test.ts > who does not read"],
  ]),
  ...of("lifecycle/call-gate.ts", [
    [
      "if (own >= maxConcurrentCallsPerPrincipal)",
      "if (false)",
      "lifecycle/call-gate.test.ts > as many of one principal",
    ],
    ["this.#left(principal);", "", "lifecycle/call-gate.test.ts > leaves its place"],
  ]),
  ...of("upstream/bounded-fetch.ts", [
    [
      "message.length > MAX_MESSAGE_BYTES",
      "false",
      "upstream/bounded-fetch.test.ts > one message may be long",
    ],
    [
      "isEmpty ? 0 : this",
      "this",
      "upstream/bounded-fetch.test.ts > a stream of events is as long as it likes",
    ],
    [
      "this.#isLineEmpty && isBlank(chunk, start, end)",
      "isBlank(chunk, start, end)",
      "upstream/bounded-fetch.test.ts > an event of lines",
    ],
  ]),
  ...of("config/server-config.ts", [
    [
      "[!#$%&'*+.^_`|~\\w-]+$/, \"a header's",
      "[^]*$/, \"a header's",
      "config/parse-config.test.ts > what is wrong is named",
    ],
  ]),
  ...of("config/gateway-config.ts", [
    [".hostname === name;", ".hostname.length > 0;", "config/parse-config.test.ts > what is wrong is named"],
  ]),
];
