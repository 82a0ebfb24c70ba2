import { describe, expect, test } from "vitest";
import { noopGuard } from "../../src/guards/no-op-guard.js";
import { writeSinkGuard } from "../../src/guards/write-sink-guard.js";
import { parseWriteSinkPolicy } from "../../src/guards/write-sink-policy.js";
import { Label } from "../../src/labels/label.js";
import { Monitor } from "../../src/monitor/monitor.js";
import { texts } from "../support/lay-out.js";

const sinkOf = (accept: string[], visibility?: string) =>
  writeSinkGuard(
    parseWriteSinkPolicy({
      "write-sink": { accept, ...(visibility === undefined ? {} : { "sink-visibility": visibility }) },
    }),
  );

describe("the no-op guard (spec 1.14)", () => {
  test("says nothing of anybody, and takes every call for a write as well", () => {
    expect(noopGuard.name).toBe("noop");
    expect(noopGuard.labelAgent()).toEqual({ agent: { secrecy: [], integrity: [] }, mode: "strict" });
    expect(noopGuard.labelResource({ name: "t" })).toEqual({
      resource: { secrecy: [], integrity: [] },
      operation: "read-write",
    });
    expect(noopGuard.labelResponse()).toEqual({ kind: "unlabeled" });
  });
});

describe("the write-sink guard (spec 1.14)", () => {
  test("labels what it takes in with what it accepts", () => {
    const sink = sinkOf(["private:o/r", "private:o"]);
    expect(sink.name).toBe("write-sink");
    expect(sink.labelAgent()).toEqual({ agent: { secrecy: [], integrity: [] }, mode: "filter" });
    expect(sink.labelResource({ name: "send" })).toEqual({
      resource: {
        description: "write-sink (send)",
        secrecy: Label.of("private:o", "private:o/r"),
        integrity: Label.none,
      },
      operation: "write",
      writeResult: "delivered",
    });
    expect(sink.labelResponse()).toEqual({ kind: "unlabeled" });
  });

  test("accepts no secrecy at all when it is public", () => {
    const { resource } = sinkOf(["*"], "public").labelResource({ name: "send" });
    expect(resource).toMatchObject({ description: "write-sink:public (send)", secrecy: Label.none });
  });
});

describe("under the monitor", () => {
  /** Whether an agent with these labels may send, and whether it then gets the acknowledgement. */
  async function send(sink: ReturnType<typeof sinkOf>, secrecy: string[], integrity: string[] = []) {
    const monitor = new Monitor();
    await monitor.labelAgent("agent", sink.labelAgent());
    await monitor.labelAgent("agent", { agent: { secrecy, integrity }, mode: "filter" });
    const call = await monitor.before({
      agent: "agent",
      tool: "send",
      ...sink.labelResource({ name: "send" }),
    });
    if (!call.isAdmitted) return call.denial.code;
    expect(call.needsResponseLabels).toBe(false);
    return (await monitor.after(call, texts("sent"))).isDelivered;
  }

  test.each<[accept: string[], visibility: string | undefined, secrecy: string[], outcome: unknown]>([
    [["private:o/r"], undefined, [], true],
    [["private:o/r"], undefined, ["private:o/r"], true],
    [["private:o/r"], undefined, ["private:o"], "flow"],
    [["private:o/*"], undefined, ["private:o/r"], "flow"],
    [["*"], undefined, ["private:o/r", "anything"], true],
    [["*"], "private", ["private:o/r"], true],
    [["*"], "public", ["private:o/r"], "flow"],
    [["private:o/r"], "public", ["private:o/r"], "flow"],
    [["*"], "public", [], true],
  ])(
    "a sink that accepts %j, visibility %s, from an agent that carries %j: %s",
    async (accept, visibility, secrecy, outcome) => {
      expect(await send(sinkOf(accept, visibility), secrecy)).toBe(outcome);
      // Whatever integrity the agent has.
      expect(await send(sinkOf(accept, visibility), secrecy, ["approved"])).toBe(outcome);
    },
  );
});
