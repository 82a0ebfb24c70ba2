import { describe, expect, test } from "vitest";
import { effectiveSinkVisibility, type SinkContext } from "../../src/guards/sink-visibility.js";
import type { SinkVisibility } from "../../src/guards/write-sink-policy.js";

type Row = [
  configured: SinkVisibility | undefined,
  context: Partial<SinkContext>,
  effective: SinkVisibility | undefined,
];

const check = (configured: SinkVisibility | undefined, context: Partial<SinkContext>) =>
  effectiveSinkVisibility(configured, { server: "mail", repository: "private", ...context });

describe("a configured visibility (spec 2.8)", () => {
  test.each<Row>([
    ["private", { repository: "private" }, "private"],
    ["internal", { repository: "internal" }, "internal"],
    ["private", { repository: "public" }, "public"],
    ["public", { repository: "private" }, "public"],
    ["private", { repository: "unknown" }, "private"],
    ["private", { server: "safe-outputs", repository: "unknown" }, "private"],
    ["private", { repository: "public", forcePublic: false, exemptServers: ["*"] }, "public"],
  ])("%s with %j: %s", (configured, context, effective) => {
    expect(check(configured, context)).toBe(effective);
  });
});

describe("none configured (spec 2.8)", () => {
  test.each<Row>([
    [undefined, {}, "public"],
    [undefined, { repository: "unknown" }, "public"],
    [undefined, { exemptServers: ["other"] }, "public"],
    [undefined, { exemptServers: ["mail"] }, undefined],
    [undefined, { exemptServers: ["*"] }, undefined],
    [undefined, { forcePublic: false }, undefined],
    [undefined, { server: "safe-outputs" }, undefined],
    [undefined, { server: "safeoutputs", repository: "internal" }, undefined],
    [undefined, { server: "safeoutputs", repository: "public" }, "public"],
    [undefined, { server: "safe-outputs", repository: "public", forcePublic: false }, "public"],
    // The reference lets these accept secrets when the look-up has failed; ours fails closed (design 7).
    [undefined, { server: "safe-outputs", repository: "unknown" }, "public"],
  ])("%s with %j: %s", (configured, context, effective) => {
    expect(check(configured, context)).toBe(effective);
  });
});
