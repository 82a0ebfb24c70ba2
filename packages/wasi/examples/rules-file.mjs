// Loads a guard that reads its rules from a file of its own file system, and asks it what a call touches:
//
//   node rules-file.mjs guard.wasm rules.json
//
// A guard for it is in guardhost's repository: packages/guards/src/tag-c-rules-file. What its rules look like, tag-guards.md
// beside it says.
import { readFile } from "node:fs/promises";
import { anyObjectPolicy, loadGuard, wasi } from "@guardhost/wasi";

const [wasm, rules] = process.argv.slice(2);
const engine = wasi({
  env: { TAG_RULES: "/rules/today.json" },
  files: { "/rules/today.json": await readFile(rules) },
});
const guard = await loadGuard(await readFile(wasm), { engine, policySchema: anyObjectPolicy });
const session = guard.session();
console.log(JSON.stringify(await session.labelAgent({})));
console.log(JSON.stringify(await session.labelResource({ name: "list_issues", arguments: {} })));
await guard.close();
