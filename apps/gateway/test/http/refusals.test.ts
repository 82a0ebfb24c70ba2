import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Refusals } from "../../src/http/refusals.js";
import { recordingLogger } from "../support/recording-logger.js";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const alice = { address: "192.0.2.1", principal: "alice" };
const nobody = { address: "192.0.2.2", principal: undefined };

test("each kind is logged at once, and how many others there were after a while", () => {
  const { logger, lines } = recordingLogger();
  const refusals = new Refusals(logger);
  for (let n = 0; n < 1_000; n++) refusals.answered(401, nobody);
  refusals.answered(429, alice);
  refusals.dropped("192.0.2.3");
  expect(lines.map(({ fields }) => fields)).toEqual([
    { status: 401, principal: undefined, address: "192.0.2.2" },
    { status: 429, principal: "alice", address: "192.0.2.1" },
    { address: "192.0.2.3" },
  ]);
  vi.advanceTimersByTime(10_000);
  expect(lines.slice(3)).toEqual([
    {
      level: "warn",
      message: "a request is refused: it carries no valid key",
      fields: { status: 401, principal: undefined, others: 999, seconds: 10 },
    },
  ]);
  refusals.answered(401, nobody);
  expect(lines).toHaveLength(5);
});

test.each([200, 202, 404, 500])("%i is no refusal", (status) => {
  const { logger, lines } = recordingLogger();
  new Refusals(logger).answered(status, alice);
  expect(lines).toEqual([]);
});
