#!/usr/bin/env node
import { runCli } from "./cli/run-cli.js";

// A reader that goes away is no failure of ours; other failures of a stream reach whoever writes to it.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

process.exitCode = await runCli(process.argv.slice(2), process);
