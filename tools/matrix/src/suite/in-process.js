// Runs the suite in a process of Node, Bun or Deno, and prints what it found: `in-process.js <engine> [thread]`. Ends by itself, as a
// gateway does whose guards are closed.
import { runEngine } from "./run-engine.js";

const [engine, thread] = process.argv.slice(2);
const outcome = await runEngine({ engine, thread }, {});
process.stdout.write(`${JSON.stringify(outcome)}\n`);
