import { GuardError, type GuardLogger } from "@guardhost/core";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { describe, expect, test } from "vitest";
import { type DecisionRecord, guardMcp } from "../src/index.js";
import { agent, type FakeGuardBehaviour, fakeGuard, resource } from "./support/fake-guard.js";
import { text } from "./support/gateway.js";

/** Stands in everything that must not be told. */
const MARK = "xyzzy";
const marked = (what: string) => `${MARK} ${what}`;

/** Everything that a gateway tells its operators. */
class Told {
  readonly #spans = new InMemorySpanExporter();
  readonly #metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  readonly #reader = new PeriodicExportingMetricReader({
    exporter: this.#metrics,
    exportIntervalMillis: 3_600_000,
  });
  readonly #tracers = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(this.#spans)] });
  readonly #meters = new MeterProvider({ readers: [this.#reader] });
  readonly records: DecisionRecord[] = [];
  readonly lines: unknown[] = [];

  readonly telemetry = { tracer: this.#tracers.getTracer("test"), meter: this.#meters.getMeter("test") };
  readonly logger: GuardLogger = {
    debug: (...line) => this.lines.push(line),
    info: (...line) => this.lines.push(line),
    warn: (...line) => this.lines.push(line),
    error: (...line) => this.lines.push(line),
  };

  get spans() {
    return this.#spans.getFinishedSpans();
  }

  async metrics() {
    await this.#reader.forceFlush();
    return this.#metrics
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
  }

  /** All of it as text. */
  async text(): Promise<string> {
    const spans = this.spans.map(({ name, attributes, events, status, links }) => ({
      name,
      attributes,
      events,
      status,
      links,
    }));
    return JSON.stringify([spans, await this.metrics(), this.records, this.lines]);
  }

  async close(): Promise<void> {
    await this.#tracers.shutdown();
    await this.#meters.shutdown();
  }
}

const failing = (code: "TRAPPED" | "TIMEOUT") => () => {
  throw new GuardError(code, marked("error"), { cause: new Error(marked("cause")) });
};
const described = { description: marked("description"), secrecy: [], integrity: [] };
const secretTag = marked("tag of an item");

const behaviours: Readonly<Record<string, FakeGuardBehaviour>> = {
  open: { labelResource: () => ({ resource: described, operation: "read" }) },
  denied: { labelResource: () => ({ resource: { ...described, secrecy: ["secret"] }, operation: "read" }) },
  filtered: {
    labelResponse: () => ({
      kind: "paths",
      paths: [{ path: "/0", labels: { description: marked("item"), secrecy: [secretTag], integrity: [] } }],
    }),
  },
  hidden: {
    labelResponse: () => ({ kind: "paths", paths: [], defaults: { ...described, secrecy: [secretTag] } }),
  },
  unmatched: {
    labelResponse: () => ({ kind: "paths", paths: [{ path: `/${marked("path")}`, labels: described }] }),
  },
  trapped: { labelResource: failing("TRAPPED") },
  slow: { labelResponse: failing("TIMEOUT") },
  unlabelled: { labelAgent: failing("TRAPPED") },
  lying: {
    labelResource: () =>
      ({ resource: { secrecy: marked("no list"), integrity: [] }, operation: "read" }) as never,
  },
  asking: {
    labelResource: async (_, { backend, signal }) => {
      await Promise.resolve(
        backend({ name: marked("tool"), arguments: { a: marked("argument") } }, { signal }),
      ).catch(() => undefined);
      return resource();
    },
  },
};

describe("operators are told nothing of arguments, results, items and identities (W14, W54)", () => {
  for (const enforcement of ["enforce", "audit"] as const) {
    test(`with ${enforcement}`, async () => {
      const told = new Told();
      for (const behaviour of Object.values(behaviours)) {
        for (const answer of [JSON.stringify([marked("result"), "two"]), marked("result"), undefined]) {
          const guarded = guardMcp({
            mode: "filter",
            enforcement,
            servers: {
              server: {
                guard: fakeGuard({ labelAgent: () => agent({ secrecy: ["internal"] }), ...behaviour }),
                policy: { words: marked("policy") },
                guardedMethods: ["resources/read"],
                backendTools: [marked("tool")],
              },
            },
            onDecision: (record) => told.records.push(record),
            logger: told.logger,
            telemetry: told.telemetry,
          });
          const session = guarded.session({
            principal: marked("principal"),
            session: marked("session"),
            upstream: async (_server, _request, { onNotification, onRequest }) => {
              onNotification({ method: "notifications/message", params: { data: marked("log") } });
              await onRequest({ method: "sampling/createMessage", params: { a: marked("question") } }).catch(
                () => undefined,
              );
              if (answer === undefined)
                throw Object.assign(new Error(marked("server's error")), { code: -32002, data: MARK });
              return text(answer);
            },
          });
          const notify = async () => Promise.reject(new Error(marked("notify")));
          const ask = async () => ({ answer: marked("answer") });
          for (const request of [
            { method: "tools/call", params: { name: "list_things", arguments: { a: marked("argument") } } },
            { method: "tools/call", params: { name: marked("tool"), [MARK]: 1 } },
            { method: "resources/read", params: { uri: marked("uri"), _meta: { [MARK]: MARK } } },
            { method: `acme/${MARK}`, params: { a: marked("argument") } },
            { method: "resources/subscribe", params: { uri: marked("uri") } },
            { method: "subscriptions/listen", params: { notifications: { [MARK]: true } } },
          ]) {
            await session.handle("server", request, { notify, ask }).catch(() => undefined);
          }
          await session.fromServer("server", {
            method: "notifications/resources/updated",
            params: { uri: marked("uri") },
          });
          expect(JSON.stringify(await guarded.reflect())).not.toContain(MARK);
          await guarded.close();
        }
      }
      const everything = await told.text();
      expect(told.lines.length).toBeGreaterThan(20);
      expect(told.records.length).toBeGreaterThan(40);
      expect(told.spans.length).toBeGreaterThan(100);
      expect(everything).not.toContain(MARK);
      await told.close();
    });
  }
});

describe("telemetry", () => {
  test("has a span and a duration for each phase, and counts decisions", async () => {
    const told = new Told();
    const guarded = guardMcp({
      mode: "filter",
      servers: {
        server: { guard: fakeGuard(behaviours.filtered), policy: {}, readOnlyTools: ["list_things"] },
      },
      telemetry: told.telemetry,
    });
    const session = guarded.session({ principal: "alice", upstream: async () => text('["one","two"]') });
    await session.handle("server", { method: "tools/call", params: { name: "list_things" } });
    expect(told.spans.map(({ name }) => name)).toEqual([
      "guardhost.label_agent",
      "guardhost.label_resource",
      "guardhost.upstream",
      "guardhost.label_response",
      "guardhost.request",
    ]);
    expect(told.spans.at(-1)?.attributes).toEqual({
      "guardhost.server": "server",
      "guardhost.engine": "fake",
      "guardhost.method": "tools/call",
      "guardhost.tool": "list_things",
      "guardhost.phase": "request",
      "guardhost.operation": "read",
      "guardhost.decision": "filter",
    });
    const metrics = await told.metrics();
    expect(metrics.map(({ descriptor }) => [descriptor.name, descriptor.unit])).toEqual([
      ["guardhost.phase.duration", "s"],
      ["guardhost.decisions", "{decision}"],
      ["guardhost.withheld", "{part}"],
      ["guardhost.request.size", "{code_unit}"],
    ]);
    const decisions = metrics[1]?.dataPoints.map(({ attributes, value }) => [
      attributes["guardhost.phase"],
      attributes["guardhost.decision"],
      attributes["guardhost.operation"],
      value,
    ]);
    expect(decisions).toEqual([
      ["request", "allow", "read", 1],
      ["result", "filter", "read", 1],
    ]);
    await told.close();
  });

  test("of a failure says that there was one, and no more", async () => {
    const told = new Told();
    const guarded = guardMcp({
      servers: { server: { guard: fakeGuard(behaviours.trapped), policy: {}, readOnlyTools: ["tool"] } },
      telemetry: told.telemetry,
      logger: told.logger,
    });
    const session = guarded.session({ principal: "alice", upstream: async () => text("ok") });
    await session.handle("server", { method: "tools/call", params: { name: "tool" } });
    const [, span] = told.spans;
    expect(span).toMatchObject({ name: "guardhost.label_resource", status: { code: 2 }, events: [] });
    expect(span?.status.message).toBeUndefined();
    expect(told.lines).toEqual([
      [
        expect.objectContaining({ server: "server", tool: "tool", decision: "fail", guard: "TRAPPED" }),
        "a request was not let through",
      ],
    ]);
    await told.close();
  });
});
