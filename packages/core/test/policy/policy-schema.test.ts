import { describe, expect, test } from "vitest";
import { anyObjectPolicy, resolvePolicy } from "../../src/policy/policy-schema.js";
import type { StandardResult, StandardSchema } from "../../src/policy/standard-schema.js";
import { thrownBy } from "../support/thrown-by.js";

function schema(
  validate: (value: unknown) => StandardResult<unknown> | Promise<StandardResult<unknown>>,
): StandardSchema {
  return { "~standard": { version: 1, vendor: "test", validate } };
}

const allowOnly = { "allow-only": { repos: "All", integrity: "none" } };

describe("resolvePolicy", () => {
  test("normalises an allow-only policy where there is no schema", async () => {
    await expect(resolvePolicy(allowOnly, undefined)).resolves.toEqual({
      "allow-only": { repos: "all", "min-integrity": "none" },
    });
    await expect(resolvePolicy({}, undefined)).rejects.toMatchObject({ code: "POLICY" });
  });

  test("reads an allow-only policy before it returns, so that a later change of it counts for nothing", async () => {
    const policy = structuredClone(allowOnly);
    const resolving = resolvePolicy(policy, undefined);
    policy["allow-only"].repos = "garbage";
    await expect(resolving).resolves.toMatchObject({ "allow-only": { repos: "all" } });
  });

  test.each([
    ["synchronously", (value: unknown) => ({ value: [value] })],
    ["later", async (value: unknown) => ({ value: [value] })],
  ])("passes on what a schema makes of the policy, %s", async (_when, validate) => {
    await expect(resolvePolicy("anything", schema(validate))).resolves.toEqual(["anything"]);
  });

  test("says what a schema finds wrong, and where", async () => {
    const issues = [
      { message: "no good" },
      { message: "too small", path: ["rules", 0, { key: "size" }] },
      { message: "odd", path: [Symbol("s")] },
    ];
    const error = await thrownBy(() =>
      resolvePolicy(
        {},
        schema(() => ({ issues })),
      ),
    );
    expect(error).toMatchObject({
      code: "POLICY",
      message: "the policy is refused by its schema: no good; /rules/0/size: too small; /Symbol(s): odd",
    });
  });

  test("takes a schema that lists no issue at its word: refused", async () => {
    await expect(
      resolvePolicy(
        {},
        schema(() => ({ issues: [] })),
      ),
    ).rejects.toMatchObject({ code: "POLICY" });
  });

  const cause = new Error("schema");
  test.each([
    [
      "throws",
      () => {
        throw cause;
      },
    ],
    ["rejects", () => Promise.reject(cause)],
  ])("fails closed when a schema %s", async (_how, validate) => {
    await expect(resolvePolicy({}, schema(validate))).rejects.toMatchObject({ code: "POLICY", cause });
  });
});

describe("anyObjectPolicy", () => {
  test.each([{}, { a: 1 }, Object.create(null)])("takes %o as it is", async (policy) => {
    expect(await resolvePolicy(policy, anyObjectPolicy)).toBe(policy);
  });

  test.each([null, undefined, [], "x", 5, true])("refuses %o", async (policy) => {
    await expect(resolvePolicy(policy, anyObjectPolicy)).rejects.toMatchObject({
      code: "POLICY",
      message: expect.stringContaining("must be an object"),
    });
  });
});
