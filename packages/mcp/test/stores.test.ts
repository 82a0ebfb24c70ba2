import { expect, test } from "vitest";
import { type AgentState, agentStateFromJSON, initialState, joinStates, Label } from "../src/index.js";
import { gateway, text } from "./support/gateway.js";

/** A store of JSON, as databases keep it, whose answers can be spoilt. */
function jsonStore(spoil: (state: AgentState) => unknown = (state) => state) {
  const states = new Map<string, string>();
  const read = (agent: string) =>
    agentStateFromJSON(JSON.parse(states.get(agent) ?? JSON.stringify(initialState)));
  return {
    read: async (agent: string) => (states.has(agent) ? spoil(read(agent)) : null) as AgentState,
    join: async (agent: string, state: AgentState) => {
      const joined = joinStates(read(agent), state);
      states.set(agent, JSON.stringify(joined));
      return spoil(joined) as AgentState;
    },
  };
}

test("a store of JSON that says null where it has nothing is one", async () => {
  const { call } = gateway({ options: { store: jsonStore() } });
  expect(await call("tool")).toEqual(text("ok"));
});

test.each<[string, (state: AgentState) => unknown]>([
  ["undefined", () => undefined],
  ["something else", () => ({ x: 1 })],
  ["JSON", (state) => JSON.parse(JSON.stringify(state))],
  ["a part of it", ({ secrecy }) => ({ secrecy, granted: Label.none })],
])("one that answers %s has failed, and no guard has", async (_, spoil) => {
  const failures: unknown[] = [];
  const { call, guarded, asked } = gateway({
    options: { store: jsonStore(spoil), onDecision: (_record, failure) => failures.push(failure) },
  });
  expect(await call("tool")).toMatchObject({ _meta: { "guardhost/error": { kind: "stateUnavailable" } } });
  expect(failures).toEqual([
    expect.objectContaining({
      cause: expect.objectContaining({ message: expect.stringContaining("no AgentState") }),
    }),
  ]);
  expect(asked).toEqual([]);
  if (spoil(initialState) !== undefined) await expect(guarded.reflect()).rejects.toThrow("has failed");
});
