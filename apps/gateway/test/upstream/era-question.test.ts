import { ProtocolError, SdkError, SdkErrorCode } from "@modelcontextprotocol/client";
import { expect, test } from "vitest";
import { nextQuestion } from "../../src/upstream/era-question.js";

const ended = new SdkError(SdkErrorCode.EraNegotiationFailed, "it has ended");
const silent = new SdkError(SdkErrorCode.RequestTimeout, "it has not answered");
const refused = new ProtocolError(-32_601, "Method not found");
const unreachable = new TypeError("fetch failed");

test.each([
  ["brief", ended, "none"],
  ["brief", silent, "none"],
  ["brief", refused, "patient"],
  ["none", refused, "patient"],
  ["none", unreachable, "patient"],
  ["patient", ended, "none"],
  ["patient", unreachable, "brief"],
  ["brief", unreachable, "brief"],
] as const)("after a question that was %s, and %s, the next one is %s", (last, cause, next) => {
  expect(nextQuestion(last, cause)).toBe(next);
});
