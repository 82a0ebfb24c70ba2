import "@guardhost/runtimes/watchdog";
import { conformanceTests } from "@guardhost/conformance/vitest";
import { wasmer } from "../src/index.js";

conformanceTests(wasmer(), { timeoutMs: 60_000 });
