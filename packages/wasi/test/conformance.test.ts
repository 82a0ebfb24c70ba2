import { conformanceTests } from "@guardhost/conformance/vitest";
import { wasi } from "@guardhost/wasi";
import { describe } from "vitest";

// With arguments, an environment and files, and on other runtimes, tools/matrix runs the suite.
describe.each(["caller", "worker"] as const)("on the %s thread", (thread) => {
  conformanceTests(wasi({ thread }), { besideAnotherGuard: true });
});
