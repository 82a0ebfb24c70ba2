import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { node26 } from "@guardhost/runtimes";
import { describe, expect, test } from "vitest";
import { asking, endless } from "./guard.js";

/** What a process prints that runs `code`, where `load(module, options)` loads a guard. Fails unless it exits with 0. */
async function run(node: string, thread: string, code: string): Promise<string> {
  const script = `
    import { readdirSync } from "node:fs";
    import { loadGuard, native } from "@guardhost/native";
    const MAX_THREADS = 3;
    const bytes = (base64) => Uint8Array.from(Buffer.from(base64, "base64"));
    const endless = bytes("${Buffer.from(endless).toString("base64")}");
    const asking = bytes("${Buffer.from(asking).toString("base64")}");
    const load = (module, options) =>
      loadGuard(module, { engine: native({ thread: "${thread}", maxThreads: MAX_THREADS }), policyRequired: false, breaker: false, ...options });
    const threads = () => readdirSync("/proc/self/task").length;
    const idle = process.getActiveResourcesInfo().length;
    // What the last calls have still to clean up is not what they leave behind; on a busy machine it takes a while.
    const held = async () => {
      const end = performance.now() + 20_000;
      do await new Promise((resolve) => setTimeout(resolve, 50));
      while (process.getActiveResourcesInfo().length > idle && performance.now() < end);
      return [threads(), Math.max(idle, process.getActiveResourcesInfo().length)];
    };
    process.on("uncaughtException", (error) => { console.log("uncaught", error); process.exit(3); });
    process.on("unhandledRejection", (error) => { console.log("unhandled", error); process.exit(4); });
    ${code}
  `;
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const args = ["--expose-gc", "--input-type=module", "--eval", script];
  const { stdout } = await promisify(execFile)(node, args, { cwd, timeout: 60_000 });
  return stdout.trim();
}

const modes = [
  [`Node ${process.versions.node}`, process.execPath, "worker"],
  ["Node 26", node26, "caller"],
  ["Node 26", node26, "worker"],
] as const;

describe.each(modes)("on %s (%s), thread: %s", (_, node, thread) => {
  const there = test.skipIf(node === undefined);

  there("a process ends by itself although its guard was not closed", async () => {
    const code = `
      const session = (await load(endless)).session();
      await session.labelResource({ name: "x" }, { timeoutMs: 10 }).catch(({ code }) => console.log(code));
    `;
    expect(await run(node as string, thread, code)).toBe("TIMEOUT");
  });

  there("a process waits for a call that is running", async () => {
    const code = `
      const session = (await load(endless)).session();
      session.labelResource({ name: "x" }, { timeoutMs: 200 }).catch(({ code }) => console.log(code));
    `;
    expect(await run(node as string, thread, code)).toBe("TIMEOUT");
  });

  there("200 aborts of a guard that computes leave nothing behind, and a session that works", async () => {
    const code = `
      const session = (await load(endless)).session();
      const cancel = async () => {
        const controller = new AbortController();
        const reason = new Error("cancelled");
        setTimeout(() => controller.abort(reason), 1);
        const thrown = await session.labelResource({ name: "x" }, { signal: controller.signal }).catch((e) => e);
        if (thrown !== reason) throw new Error("another reason", { cause: thrown });
      };
      for (let i = 0; i < 20; i++) await cancel();
      const before = await held();
      for (let i = 0; i < 200; i++) await cancel();
      const after = await held();
      console.log(after[0] <= before[0] + MAX_THREADS, after[1] <= before[1]);
      console.log(await session.labelResponse({ name: "x" }, {}).then(({ kind }) => kind));
    `;
    expect(await run(node as string, thread, code)).toBe("true true\nunlabeled");
  });

  there(
    "1,000 calls whose backend never answers leave nothing behind, and a session that works",
    async () => {
      const code = `
      const session = (await load(asking)).session({ backend: () => new Promise(() => undefined) });
      const ask = (timeoutMs) => session.labelResource({ name: "x" }, { timeoutMs }).catch(({ code }) => code);
      for (let i = 0; i < 20; i++) await ask(5);
      const before = await held();
      const codes = new Set();
      for (let i = 0; i < 1000; i++) codes.add(await ask(3));
      const after = await held();
      console.log([...codes].join(), after[0] <= before[0] + MAX_THREADS, after[1] <= before[1]);
      console.log(await session.labelResponse({ name: "x" }, {}).then(({ kind }) => kind));
    `;
      expect(await run(node as string, thread, code)).toBe("TIMEOUT true true\nunlabeled");
    },
  );

  there("timers fire and another session answers while guards compute on every thread but one", async () => {
    const code = `
      const guard = await load(endless);
      const computing = [guard.session(), guard.session()].map((session) =>
        session.labelResource({ name: "x" }, { timeoutMs: 3000 }).catch(({ code }) => code));
      let ticks = 0;
      const timer = setInterval(() => ticks++, 5);
      const other = guard.session();
      const answers = [];
      let computed = false;
      Promise.all(computing).then(() => (computed = true));
      while (!computed && ticks <= 5) {
        answers.push((await other.labelResponse({ name: "x" }, {})).kind);
        await new Promise(setImmediate);
      }
      clearInterval(timer);
      console.log(answers.length > 0, new Set(answers).size, ticks > 5, (await Promise.all(computing)).join());
    `;
    expect(await run(node as string, thread, code)).toBe("true 1 true TIMEOUT,TIMEOUT");
  });
});
