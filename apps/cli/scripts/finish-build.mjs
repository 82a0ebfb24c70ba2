/** What the compiler leaves to do: lets the command be run, and gives it the page for those who write guards. */

import { chmodSync, copyFileSync } from "node:fs";

const dist = new URL("../dist/", import.meta.url);
chmodSync(new URL("main.js", dist), 0o755);
copyFileSync(new URL("../../../docs/guard-abi.md", import.meta.url), new URL("guard-abi.md", dist));
