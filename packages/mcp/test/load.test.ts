import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { guardMcp, type McpResult } from "../src/index.js";
import { loadFilesystemGuard, policy } from "./support/filesystem.js";
import { text, textsOf } from "./support/gateway.js";

const AGENTS = 200;
const CALLS = 6;

/** Calls, and whether they get an answer. */
const calls: readonly (readonly [tool: string, path: string, isAnswered: boolean])[] = [
  ["read_text_file", "/srv/work/notes.md", true],
  ["read_text_file", "/srv/hr/salaries.csv", false],
  ["write_file", "/srv/work/todo.md", true],
  ["write_file", "/srv/public/leak.md", false],
  ["get_file_info", "/srv/public/handbook.md", true],
  ["export_share", "/srv", false],
];

test("two hundred agents at once get each their own answers, whoever of them cancels", async () => {
  await using guard = await loadFilesystemGuard();
  await using guarded = guardMcp({ mode: "filter", servers: { files: { guard, policy } } });
  const outcomes = { answered: 0, refused: 0, cancelled: 0 };
  const call = async (agent: number, round: number) => {
    const [name, path, isAnswered] = calls[(agent + round) % calls.length] as (typeof calls)[number];
    const session = guarded.session({
      principal: `agent ${agent}`,
      upstream: async (_server, { params }, { signal }) => {
        await turn();
        signal.throwIfAborted();
        return text(`${agent} ${JSON.stringify(params)}`);
      },
    });
    const controller = new AbortController();
    const params = { name, arguments: { path, content: "" } };
    const answer = session.handle("files", { method: "tools/call", params }, { signal: controller.signal });
    if ((agent * CALLS + round) % 100 === 0) controller.abort(new Error("cancelled"));
    const result: McpResult | undefined = await answer.catch((error) => {
      expect(error).toBe(controller.signal.reason);
      return undefined;
    });
    if (result === undefined) outcomes.cancelled++;
    else if (result.isError === true) outcomes.refused++;
    else outcomes.answered++;
    if (result !== undefined) expect([params, result.isError !== true]).toEqual([params, isAnswered]);
    if (result?.isError !== true && result !== undefined) {
      expect(textsOf(result)).toEqual([`${agent} ${JSON.stringify(params)}`]);
    }
  };
  await Promise.all(
    Array.from({ length: AGENTS }, async (_, agent) => {
      // Two at a time, so that calls of one agent wait for each other as well.
      for (let round = 0; round < CALLS; round += 2) {
        await Promise.all([call(agent, round), call(agent, round + 1)]);
      }
    }),
  );
  expect(outcomes.answered + outcomes.refused + outcomes.cancelled).toBe(AGENTS * CALLS);
  expect(outcomes.cancelled).toBe((AGENTS * CALLS) / 100);
  expect(guard.stats().errors).toEqual({});
});
