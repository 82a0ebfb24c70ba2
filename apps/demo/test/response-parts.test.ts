import type { Labels } from "@guardhost/native";
import { describe, expect, test } from "vitest";
import { responseParts } from "../src/response-parts.js";

const resource: Labels = { secrecy: ["r"], integrity: [] };
const own: Labels = { secrecy: ["own"], integrity: [] };
const rest: Labels = { secrecy: ["rest"], integrity: [] };
const result = (text: string) => ({ content: [{ type: "text" as const, text }] });

describe("a response carries the labels", () => {
  test("of the resource, when the guard says nothing", () => {
    expect(responseParts(result("a"), { kind: "unlabeled" }, resource)).toEqual([{ labels: resource }]);
  });

  test("of the default, as a whole", () => {
    const labels = { kind: "paths", paths: [], defaults: rest } as const;
    expect(responseParts(result("a"), labels, resource)).toEqual([{ labels: rest }]);
  });

  test("of its lines, or of the resource where a line has none", () => {
    const labels = { kind: "items", items: [{ labels: own }, {}] } as const;
    expect(responseParts(result("a\nb"), labels, resource)).toEqual([
      { name: "a", labels: own },
      { name: "b", labels: resource },
    ]);
  });

  test.each([
    ["default", { defaults: rest }, rest],
    ["resource", {}, resource],
  ])("of its elements, or of the %s where an element has none", (_, defaults, expected) => {
    const labels = { kind: "paths", paths: [{ path: "/1", labels: own }], ...defaults } as const;
    expect(responseParts(result('[{"name":"a"},{"name":"b"}]'), labels, resource)).toEqual([
      { name: "a", labels: expected },
      { name: "b", labels: own },
    ]);
  });
});

describe("labels that do not fit the response are an error:", () => {
  test.each([
    ["fewer than lines", { kind: "items", items: [{ labels: own }] }],
    ["more than lines", { kind: "items", items: [{}, {}, {}] }],
    ["of an element that is not there", { kind: "paths", paths: [{ path: "/7", labels: own }] }],
    ["of something inside an element", { kind: "paths", paths: [{ path: "/0/name", labels: own }] }],
  ] as const)("%s", (_, labels) => {
    const text = labels.kind === "items" ? "a\nb" : '[{"name":"a"}]';
    expect(() => responseParts(result(text), labels, resource)).toThrow(/^the guard labelled/);
  });

  test("of parts of a response that has no text", () => {
    const image = { content: [{ type: "image" as const, data: "", mimeType: "image/png" }] };
    expect(() => responseParts(image, { kind: "items", items: [{}] }, resource)).toThrow("one block of text");
  });
});
