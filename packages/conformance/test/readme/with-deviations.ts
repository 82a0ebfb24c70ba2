import { conformanceTests } from "@guardhost/conformance/vitest";
import { myEngine } from "./my-engine.js";

conformanceTests(myEngine(), {
  lacks: ["asyncContext"],
  deviations: [{ id: "wasi:wall-clock-is-deterministic", reason: "its WASI has the real time" }],
});
