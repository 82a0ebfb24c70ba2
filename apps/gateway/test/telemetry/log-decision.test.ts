import { GuardError } from "@guardhost/core";
import { DifcError } from "@guardhost/difc";
import type { DecisionRecord } from "@guardhost/mcp";
import { expect, test } from "vitest";
import { logDecision } from "../../src/telemetry/log-decision.js";
import { recordingLogger } from "../support/recording-logger.js";

const failed: DecisionRecord = {
  time: 0,
  agent: 1,
  server: "files",
  method: "tools/call",
  phase: "agent",
  decision: "fail",
  isEnforced: true,
  failedServer: "forum",
};

function reasonsOf(failure: unknown, logGuestMessages = false): unknown[] {
  const { logger, lines } = recordingLogger();
  logDecision(logger, { enforcement: "enforce", logGuestMessages }, failed, failure);
  expect(lines[0]).toEqual({
    level: "debug",
    message: "a decision, with the labels that met",
    fields: { decision: failed },
  });
  return lines.slice(1).map(({ level, fields }) => ({ level, ...fields }));
}

const line = (reason: string) => ({
  level: "warn",
  agent: 1,
  server: "files",
  failedServer: "forum",
  tool: undefined,
  phase: "agent",
  reason,
});

test.each([
  ["a guard's answer", new GuardError("INVALID_OUTPUT", "/operation must be one of read, write")],
  ["labels", new DifcError("INVALID_LABELS", "secrecy/0 is the wildcard")],
])("of %s that makes no sense the log says why", (_, failure) => {
  expect(reasonsOf(failure)).toEqual([line(failure.message)]);
});

test("a guard's own words are there for those who want them", () => {
  const refused = new GuardError("GUEST_ERROR", 'the guard refused the policy: "secret"');
  expect(reasonsOf(refused)).toEqual([
    line("the guard has answered with an error; logGuestMessages shows it"),
  ]);
  expect(reasonsOf(refused, true)).toEqual([line(refused.message)]);
});

test.each([[undefined], [new Error("secret")]])("%s is no reason that may be logged", (failure) => {
  expect(reasonsOf(failure)).toEqual([]);
});
