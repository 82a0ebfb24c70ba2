import { expect, test } from "vitest";
import { grant, initialState, labelsOf, taint } from "../../src/agent/agent-state.js";
import { MemoryLabelStore } from "../../src/agent/memory-label-store.js";
import { labelsOf as labels } from "../support/arbitraries.js";
import { errorOf } from "../support/thrown-by.js";

test("knows nobody at first, and then what was joined", () => {
  const store = new MemoryLabelStore();
  expect(store.read("a")).toBeUndefined();
  store.join("a", grant(labels(["s"], ["i", "j"])));
  const joined = store.join("a", taint(labels(["t"], ["i"])));
  expect(store.read("a")).toBe(joined);
  expect(labelsOf(joined)).toEqual(labels(["s", "t"], ["i"]));
  expect(store.read("b")).toBeUndefined();
});

test.each(["__proto__", "constructor", "toString", "", "a\u0000b"])("%j is a key like any other", (key) => {
  const store = new MemoryLabelStore();
  expect(store.read(key)).toBeUndefined();
  store.join(key, grant(labels(["s"], [])));
  expect(store.read(key)?.secrecy.has("s")).toBe(true);
  expect(store.read("other")).toBeUndefined();
});

test("refuses new agents when it is full, and forgets none (W55)", () => {
  const store = new MemoryLabelStore({ maxAgents: 2 });
  store.join("a", taint(labels(["s"], [])));
  store.join("b", initialState);
  expect(errorOf(() => store.join("c", initialState)).code).toBe("STORE_FULL");
  store.join("a", initialState);
  expect(store.read("a")?.secrecy.has("s")).toBe(true);
  store.delete("b");
  store.join("c", initialState);
  expect(store.read("b")).toBeUndefined();
});

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "2"])("maxAgents cannot be %j", (maxAgents) => {
  expect(() => new MemoryLabelStore({ maxAgents: maxAgents as number })).toThrow(RangeError);
});
