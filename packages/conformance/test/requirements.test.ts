import { requirements } from "@guardhost/conformance";
import { expect, test } from "vitest";

const groups = [
  "call",
  "retry",
  "memory",
  "direct",
  "status",
  "trap",
  "backend",
  "async",
  "log",
  "wasi",
  "abort",
  "interrupt",
  "endless",
  "order",
  "nesting",
  "isolation",
  "recovery",
  "hibernation",
  "close",
  "validation",
  "payload",
  "policy",
];

test("every id is a group and a name, and is there once", () => {
  const ids = requirements.map(({ id }) => id);
  expect(ids.filter((id) => !/^[a-z]+:[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
});

test("the groups are those of the documentation, and none is empty", () => {
  expect([...new Set(requirements.map(({ id }) => id.split(":")[0]))]).toEqual(groups);
});

test("every behaviour is one sentence of its own, without a full stop", () => {
  const behaviours = requirements.map(({ behaviour }) => behaviour);
  expect(behaviours.filter((text) => !/^[A-Z_a-z].{15,}[^.\s]$/.test(text))).toEqual([]);
  expect(new Set(behaviours).size).toBe(behaviours.length);
});

test("every requirement cites the specification, its weaknesses or the design", () => {
  const citation = String.raw`(spec )?\d+(\.\d+)?( \(\d\d-\d\d\))?|W\d+|(design )?\d`;
  const citations = /^(spec|design|W\d).*$/;
  for (const { id, source } of requirements) {
    expect(source, id).toMatch(citations);
    expect(source, id).toMatch(new RegExp(`^(${citation})(, (${citation}))*$`));
  }
});

test("abilities that are needed and abilities that must be absent do not contradict each other", () => {
  for (const { id, needs = [], needsNot = [] } of requirements) {
    expect(
      needs.filter((ability) => needsNot.includes(ability)),
      id,
    ).toEqual([]);
  }
});
