import "@guardhost/runtimes/watchdog";
import { conformanceTests } from "@guardhost/conformance/vitest";
import { wasmer } from "@guardhost/wasmer";

conformanceTests(wasmer(), { timeoutMs: 60_000 });
