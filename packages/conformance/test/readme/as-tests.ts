import { conformanceTests } from "@guardhost/conformance/vitest";
import { myEngine } from "./my-engine.js";

conformanceTests(myEngine());
