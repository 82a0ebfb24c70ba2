import { conformanceTests } from "@guardhost/conformance/vitest";
import { wasi } from "@guardhost/wasi";
import { describe } from "vitest";
import { deviations, everything } from "./conformance-options.js";

describe.each(["caller", "worker"] as const)("on the %s thread", (thread) => {
  describe("without anything", () => conformanceTests(wasi({ thread }), { besideAnotherGuard: true }));
  describe("with arguments, environment and files", () =>
    conformanceTests(wasi({ thread, ...everything }), { deviations, besideAnotherGuard: true }));
});
