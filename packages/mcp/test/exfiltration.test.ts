import { GuardError } from "@guardhost/core";
import { MemoryLabelStore } from "@guardhost/difc";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { guardMcp, type McpRequest, type McpSession, type UpstreamContext } from "../src/index.js";
import { agent, type FakeGuardBehaviour, fakeGuard, resource } from "./support/fake-guard.js";
import { text } from "./support/gateway.js";

// An agent that has got a secret, by whatever way and from whichever replica, must not tell the public by any way.

type Mode = "strict" | "filter" | "propagate";

/** Ways in which a secret can come. */
const READS = {
  tool: { method: "tools/call", params: { name: "get", arguments: { of: "secret" } } },
  list: { method: "tools/call", params: { name: "list_all", arguments: { of: "mixed" } } },
  resource: { method: "resources/read", params: { uri: "secret" } },
  prompt: { method: "prompts/get", params: { name: "secret" } },
  completion: { method: "completion/complete", params: { ref: { uri: "secret" } } },
  notification: { method: "tools/call", params: { name: "tell", arguments: { of: "secret" } } },
  error: { method: "tools/call", params: { name: "fail", arguments: { of: "secret" } } },
  question: { method: "tools/call", params: { name: "question", arguments: { of: "secret" } } },
  interim: { method: "tools/call", params: { name: "interim", arguments: { of: "secret" } } },
} satisfies Record<string, McpRequest>;

/** Ways in which it can go. */
const WRITES = {
  tool: { method: "tools/call", params: { name: "put", arguments: { to: "public" } } },
  resource: { method: "resources/read", params: { uri: "public", requestState: "carried" } },
  prompt: { method: "prompts/get", params: { name: "public", inputResponses: { a: {} } } },
  answer: { method: "tools/call", params: { name: "question", arguments: { of: "public" } } },
} satisfies Record<string, McpRequest>;

type Step =
  | { kind: "read"; way: keyof typeof READS; replica: 0 | 1; crashes: boolean }
  | { kind: "write"; way: keyof typeof WRITES; replica: 0 | 1; crashes: boolean };

const anyStep = fc.oneof(
  fc.record({
    kind: fc.constant("read" as const),
    way: fc.constantFrom(...(Object.keys(READS) as (keyof typeof READS)[])),
    replica: fc.constantFrom(0 as const, 1 as const),
    crashes: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant("write" as const),
    way: fc.constantFrom(...(Object.keys(WRITES) as (keyof typeof WRITES)[])),
    replica: fc.constantFrom(0 as const, 1 as const),
    crashes: fc.boolean(),
  }),
);

/** What an agent and the public have seen, in its order. */
class World {
  #now = 0;
  #crashing = 0;
  firstSecret = Number.POSITIVE_INFINITY;
  /** When requests began by which something was told to the public. */
  readonly told: number[] = [];
  readonly #replicas: readonly ReturnType<typeof guardMcp>[];

  constructor(mode: Mode, clearance: readonly string[]) {
    const store = new MemoryLabelStore();
    this.#replicas = [0, 1].map(() =>
      guardMcp({
        mode,
        store,
        servers: {
          server: {
            guard: fakeGuard(this.#behaviour(mode, clearance)),
            policy: {},
            readOnlyTools: ["get", "list_all", "tell", "fail", "question", "interim"],
            guardedMethods: ["resources/read", "prompts/get", "completion/complete"],
          },
        },
      }),
    );
  }

  /** Takes a step of the agent's, by a connection of its own. */
  async take({ kind, way, replica, crashes }: Step): Promise<void> {
    const began = ++this.#now;
    const session = this.#connect(replica, began);
    const request = kind === "read" ? READS[way] : WRITES[way];
    if (crashes) this.#crashing++;
    const see = (seen: unknown) => {
      if (JSON.stringify(seen).includes("SECRET")) this.firstSecret = Math.min(this.firstSecret, ++this.#now);
    };
    const options = {
      notify: see,
      ask: async (question: McpRequest) => {
        see(question);
        return { answer: `${began}` };
      },
    };
    await session.handle("server", request, options).then(see, ({ message, data }) => see({ message, data }));
  }

  async close(): Promise<void> {
    await Promise.all(this.#replicas.map((replica) => replica.close()));
  }

  #connect(replica: 0 | 1, began: number): McpSession {
    const guarded = this.#replicas[replica] as ReturnType<typeof guardMcp>;
    return guarded.session({
      principal: "alice",
      upstream: (_server, request, context) => this.#answer(request, context, began),
    });
  }

  #behaviour(mode: Mode, clearance: readonly string[]): FakeGuardBehaviour {
    const subjectOf = (call: unknown) => {
      const said = JSON.stringify(call);
      return said.includes("secret") ? "secret" : said.includes("mixed") ? "mixed" : "public";
    };
    return {
      labelAgent: () => agent({ secrecy: clearance }, mode),
      labelResource: async (call) => {
        await new Promise((resolve) => setImmediate(resolve));
        if (this.#crashing > 0) {
          this.#crashing--;
          throw new GuardError("TRAPPED", "trapped", { lost: true });
        }
        const subject = subjectOf(call);
        const operation = call.name === "put" ? "write" : "read";
        return resource({ secrecy: subject === "secret" ? ["secret"] : [] }, operation);
      },
      labelResponse: (call) =>
        subjectOf(call) === "mixed"
          ? { kind: "paths", paths: [{ path: "/0", labels: { secrecy: ["secret"], integrity: [] } }] }
          : { kind: "unlabeled" },
    };
  }

  async #answer({ method, params = {} }: McpRequest, context: UpstreamContext, began: number) {
    const { name } = params;
    const said = JSON.stringify(params);
    const content = said.includes("secret") ? "SECRET" : "nothing special";
    if (name === "put" || params.requestState !== undefined || params.inputResponses !== undefined) {
      this.told.push(began);
    }
    if (name === "tell")
      context.onNotification({ method: "notifications/message", params: { data: content } });
    if (name === "fail") throw Object.assign(new Error(content), { code: -32000 });
    if (name === "question") {
      const asked = { method: "elicitation/create", params: { message: content } };
      const answered = await context.onRequest(asked).catch(() => undefined);
      // The server publishes what it is told about public things.
      if (answered !== undefined && content !== "SECRET") this.told.push(began);
      return text("done");
    }
    if (name === "interim") return { resultType: "input_required", inputRequests: { a: { content } } };
    if (name === "list_all") return text('["SECRET","nothing special"]');
    return method === "tools/call" ? text(content) : { content };
  }
}

/** Batches of steps that the agent takes at the same time. */
const anyPlan = fc.array(fc.array(anyStep, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 });

async function run(
  mode: Mode,
  clearance: readonly string[],
  plan: readonly (readonly Step[])[],
): Promise<World> {
  const world = new World(mode, clearance);
  for (const batch of plan) await Promise.all(batch.map((step) => world.take(step)));
  await world.close();
  return world;
}

const numRuns = 150;

describe("what an agent has read in secret", () => {
  test("it cannot tell the public from then on, in the mode propagate", async () => {
    await fc.assert(
      fc.asyncProperty(anyPlan, async (plan) => {
        const { firstSecret, told } = await run("propagate", [], plan);
        expect(told.filter((began) => began > firstSecret)).toEqual([]);
      }),
      { numRuns },
    );
  });

  test.each(["strict", "filter"] as const)(
    "it has not read unless it is cleared for it, in the mode %s",
    async (mode) => {
      await fc.assert(
        fc.asyncProperty(anyPlan, async (plan) => {
          const { firstSecret } = await run(mode, [], plan);
          expect(firstSecret).toBe(Number.POSITIVE_INFINITY);
        }),
        { numRuns },
      );
    },
  );

  test.each(["strict", "filter", "propagate"] as const)(
    "it never tells the public if it is cleared for it from the beginning, in the mode %s",
    async (mode) => {
      await fc.assert(
        fc.asyncProperty(anyPlan, async (plan) => {
          const { told } = await run(mode, ["secret"], plan);
          expect(told).toEqual([]);
        }),
        { numRuns },
      );
    },
  );
});

describe("each way is one,", () => {
  const step = (kind: "read" | "write", way: string) => ({ kind, way, replica: 0, crashes: false }) as Step;

  test.each(Object.keys(READS).filter((way) => way !== "question" && way !== "interim"))(
    "so a secret comes to an agent that may have it: %s",
    async (way) => {
      expect((await run("propagate", [], [[step("read", way)]])).firstSecret).toBeLessThan(
        Number.POSITIVE_INFINITY,
      );
    },
  );

  test.each(["question", "interim"])("so a secret comes to an agent that may answer: %s", async (way) => {
    const { firstSecret } = await run("filter", ["secret"], [[step("read", way)]]);
    expect(firstSecret).toBeLessThan(Number.POSITIVE_INFINITY);
  });

  test.each(Object.keys(WRITES))("so the public hears of what is no secret: %s", async (way) => {
    expect((await run("propagate", [], [[step("write", way)]])).told).toHaveLength(1);
  });
});
