import { runConformance } from "@guardhost/conformance";
import { myEngine } from "./my-engine.js";

const report = await runConformance(myEngine());
console.log(JSON.stringify(report, null, 2));
process.exitCode = report.failed.length === 0 ? 0 : 1;
