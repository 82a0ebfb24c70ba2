import { expect, test } from "vitest";
import type { Json } from "../../src/json/json.js";
import { repeatsItems } from "../../src/response/repeats-items.js";

const one = { n: 1, by: { login: "a" } };
const other = { n: 2, by: { login: "b" } };
const turned = { by: { login: "b" }, n: 2 };

test.each<[name: string, document: Json, path: string[]]>([
  [
    "the other half of a connection",
    { nodes: [one, other], edges: [{ cursor: "x", node: other }] },
    ["nodes"],
  ],
  ["and the other way round", { edges: [{ node: one }], nodes: [one] }, ["edges"]],
  ["with keys in another order", { items: [one, other], last: turned }, ["items"]],
  ["an object out of an item", { items: [one, other], authors: [[{ login: "b" }]] }, ["items"]],
  ["all of them, under another key", { items: [one, other], rows: [one, other] }, ["items"]],
  ["further out", { first: one, data: { items: [one] } }, ["data", "items"]],
  ["beside an array on the way", [[other], [{ items: [one, other] }]], ["1", "0", "items"]],
  ["a text that is an item", { items: ["a", "b"], first: { is: "b" } }, ["items"]],
  ["a list that is an item", { rows: [["a"], ["b"]], head: ["a"] }, ["rows"]],
])("say one of them again: %s", (_name, document, path) => {
  expect(repeatsItems(document, path)).toBe(true);
});

test.each<[name: string, document: Json, path: string[]]>([
  ["nothing", [one, other], []],
  ["an envelope", { total_count: 2, incomplete_results: false, items: [one, other], next: "a" }, ["items"]],
  [
    "numbers and other words",
    { items: [1, 2, true, null], total_count: 2, more: true, last: null },
    ["items"],
  ],
  ["what is empty", { items: [{}, [], "", { list: [], object: {} }], a: {}, b: [], c: "" }, ["items"]],
  ["lists in items", { items: [{ labels: ["bug"] }], all: ["bug"] }, ["items"]],
  ["items that are alike among themselves", { items: [one, one] }, ["items"]],
])("say none of them again: %s", (_name, document, path) => {
  expect(repeatsItems(document, path)).toBe(false);
});
