/** Adds up what the test runs of all packages wrote, for people and for CI. Fails when anything failed, or nothing ran. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const total = { passed: 0, failed: 0, skipped: 0 };

for (const parent of ["packages", "apps", "tools"]) {
  for (const name of readdirSync(`${root}${parent}`)) {
    const path = `${root}${parent}/${name}/test-results.json`;
    if (!existsSync(path)) continue;
    const results = JSON.parse(readFileSync(path, "utf8"));
    total.passed += results.numPassedTests;
    total.failed += results.numFailedTests;
    total.skipped += results.numPendingTests + results.numTodoTests;
    console.log(`${parent}/${name}: ${results.numPassedTests} of ${results.numTotalTests} passed`);
  }
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
