#!/usr/bin/env node

// A reader that goes away is no failure of ours; other failures of a stream reach whoever writes to it.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

if (!("WebAssembly" in globalThis)) {
  console.error(
    "guardhost-gateway: guards are WebAssembly, without which this Node was started: leave --jitless out",
  );
  process.exitCode = 1;
} else {
  // Not before: Node's own fetch, which is looked at there, would end the process with a stack trace.
  const { runCli } = await import("./cli/run-cli.js");
  process.exitCode = await runCli(process.argv.slice(2), process);
}
