import { describe, expect, test } from "vitest";
import { effectivePolicy, policyKind } from "../../src/guards/policy-kind.js";
import { errorOf } from "../support/thrown-by.js";

describe("the kind of a policy (spec 2.7)", () => {
  test.each<[policy: unknown, kind: string]>([
    [{ "allow-only": {} }, "allow-only"],
    [{ "ALLOW-ONLY": null }, "allow-only"],
    [{ allowonly: {}, "trusted-bots": ["x"] }, "allow-only"],
    [{ "write-sink": {} }, "write-sink"],
    [{ WriteSink: {} }, "write-sink"],
  ])("%j", (policy, kind) => {
    expect(policyKind(policy)).toBe(kind);
  });

  test.each<[row: string, policy: unknown]>([
    ["null", null],
    ["{}", {}],
    ["both kinds", { "allow-only": {}, "write-sink": null }],
    ["one kind by two names (W48)", { "allow-only": {}, allowonly: {} }],
    ["one key in two spellings (W48)", { "allow-only": {}, "Allow-Only": {} }],
    ["an unknown key alone (W7)", { "allow-all": true }],
    ["a text", '{"allow-only":{}}'],
    ["a list", [{ "allow-only": {} }]],
  ])("%s is an error (section 7)", (_row, policy) => {
    expect(errorOf(() => policyKind(policy)).code).toBe("POLICY");
  });
});

describe("the policy in force on a server", () => {
  const own = { "allow-only": { repos: "public" } };
  const override = { "allow-only": { repos: "all" } };
  const sink = { "write-sink": { accept: ["*"] } };

  test.each<[name: string, override: unknown, own: unknown, effective: unknown]>([
    ["none", undefined, undefined, undefined],
    ["its own", undefined, own, own],
    ["the one for all servers", override, undefined, override],
    ["the one for all servers before its own", override, own, override],
    ["its own, if that makes it a sink (W49)", override, sink, sink],
    ["a sink for all servers", sink, own, sink],
  ])("%s", (_name, forAll, forServer, effective) => {
    expect(effectivePolicy(forAll, forServer)).toBe(effective);
  });

  test("is none when its own is of no known kind, whatever hides it (W7)", () => {
    for (const forAll of [override, undefined]) {
      expect(errorOf(() => effectivePolicy(forAll, { "write-sync": {} })).code).toBe("POLICY");
    }
  });
});
