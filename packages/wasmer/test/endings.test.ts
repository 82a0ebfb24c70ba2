import { node26 } from "@guardhost/runtimes";
import { describe, expect, test } from "vitest";
import { runCode, TEST_TIMEOUT_MS } from "./run-code.js";

const TIMES = 100;
/** Under 5 % of a core over two seconds. */
const [WINDOW_MS, IDLE_MS] = [2_000, 100];

/** Waits until nothing burns, if that ever comes; what a burning guard needs is all of it. */
const idle = `
  let burnt;
  for (let i = 0; i < 5 && !(burnt < ${IDLE_MS}); i++) burnt = await busyMs(${WINDOW_MS});
  console.log(burnt < ${IDLE_MS} ? "idle" : "busy for " + burnt + " ms");
`;

const nodes = [
  [`Node ${process.versions.node}`, process.execPath],
  ["Node 26", node26],
] as const;

describe.each(nodes)("on %s (%s)", { timeout: TEST_TIMEOUT_MS }, (_, node) => {
  const there = test.skipIf(node === undefined);
  const run = (code: string) => runCode(node as string, code);

  there(`${TIMES} aborts of an endless loop lose no session, and leave the process idle`, async () => {
    const output = await run(`
      const guard = await load(sometimes);
      const session = guard.session();
      let [aborted, answered] = [0, 0];
      for (let i = 0; i < ${TIMES}; i++) {
        answered += Number((await session.labelResource({ name: "read" })).operation === "read");
        const controller = new AbortController();
        const reason = new Error("enough");
        const call = session.labelResource({ name: "spin" }, { signal: controller.signal });
        setTimeout(() => controller.abort(reason), 5);
        aborted += await call.then(() => 0, (error) => Number(error === reason));
      }
      console.log(aborted, answered);
      ${idle}
      await guard.close();
    `);
    expect(output).toBe(`${TIMES} ${TIMES}\nidle`);
  });

  there("a process ends whose timers a test had replaced", async () => {
    const output = await run(`
      const { mock } = await import("node:test");
      mock.timers.enable();
      const guard = await load(sometimes);
      console.log((await guard.session().labelResource({ name: "read" })).operation);
      await guard.close();
      mock.timers.reset();
    `);
    expect(output).toBe("read");
  });

  there(`${TIMES} sandboxes killed from outside in the middle of a call lose no session`, async () => {
    const output = await run(`
      const guard = await load(sometimes);
      const session = guard.session();
      const codes = new Map();
      for (let i = 0; i < ${TIMES}; i++) {
        await session.labelResource({ name: "read" });
        const call = session.labelResource({ name: "spin" });
        const killing = sleep(2).then(() => processes.at(-1).kill());
        const code = await call.then(() => "answered", (error) => error.code + (error.lost ? " lost" : ""));
        codes.set(code, (codes.get(code) ?? 0) + 1);
        await killing;
      }
      console.log(JSON.stringify([...codes]), (await session.labelResource({ name: "read" })).operation);
      ${idle}
      await guard.close();
    `);
    expect(output).toBe(`[["TRAPPED lost",${TIMES}]] read\nidle`);
  });

  there("a process that was killed between two calls is not missed", async () => {
    const output = await run(`
      const guard = await load(sometimes);
      const session = guard.session();
      for (let i = 0; i < 3; i++) {
        console.log((await session.labelResource({ name: "read" })).operation);
        await processes.at(-1).kill();
        await sleep(100);
      }
      console.log(processes.length);
      await guard.close();
    `);
    expect(output).toBe("read\nread\nread\n3");
  });

  there("a process that ends while its backend is asked is not waited for any longer", async () => {
    const output = await run(`
      const guard = await load(asking, { policyRequired: true });
      let tellSignal;
      const asked = new Promise((resolve) => { tellSignal = resolve; });
      const backend = (_, { signal }) => new Promise(() => tellSignal(signal));
      const session = guard.session({ backend });
      await session.labelAgent({ "allow-only": { repos: "all", "min-integrity": "none" } });
      const call = session.labelResource({ name: "read" }, { timeoutMs: 200_000 });
      const ended = call.catch(({ code, lost }) => code + (lost ? " lost" : ""));
      const signal = await asked;
      await processes.at(-1).kill();
      console.log(await ended, signal.aborted);
      await guard.close();
    `);
    expect(output).toBe("TRAPPED lost true");
  });

  there("a process that takes no input any more is ended, and not waited for", async () => {
    const output = await run(`
      const guard = await load(sometimes);
      const session = guard.session();
      await session.labelResource({ name: "read" });
      processes.at(-1).stdin.write = async () => { throw new Error("the pipe is broken"); };
      const call = session.labelResource({ name: "read" }, { timeoutMs: 200_000 });
      console.log(await call.catch(({ code, lost }) => code + (lost ? " lost" : "")));
      console.log((await session.labelResource({ name: "read" })).operation);
      await guard.close();
    `);
    expect(output).toBe("TRAPPED lost\nread");
  });

  there("close() returns in the middle of calls that never end, and the process exits", async () => {
    const output = await run(`
      const guard = await load(endless, { closeTimeoutMs: 500 });
      const calls = [1, 2, 3].map(() => guard.session().labelResource({ name: "x" }).catch(({ code }) => code));
      await sleep(500);
      await guard.close();
      console.log(await Promise.all(calls));
    `);
    expect(output).toBe("[ 'CLOSED', 'CLOSED', 'CLOSED' ]");
  });

  there("a deadline stops a guard also while the thread of its host is blocked", async () => {
    const output = await run(`
      const guard = await load(sometimes);
      const session = guard.session();
      await session.labelResource({ name: "read" });
      const call = session.labelResource({ name: "spin" }, { timeoutMs: 100 }).catch(({ code }) => code);
      await sleep(20);
      const before = process.cpuUsage();
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_000);
      const { user, system } = process.cpuUsage(before);
      // What it computes by then is all that anybody does.
      console.log(user + system < 1_000_000 ? "stopped" : "went on for " + (user + system) + " µs", await call);
      await guard.close();
    `);
    expect(output).toBe("stopped TIMEOUT");
  });

  there("threads that end without being asked cost the calls that they run, and not the guard", async () => {
    const output = await run(`
      const guard = await load(asking, { policyRequired: true });
      let tellAsked;
      const asked = new Promise((resolve) => { tellAsked = resolve; });
      const session = guard.session({ backend: () => new Promise(tellAsked) });
      await session.labelAgent({ "allow-only": { repos: "all", "min-integrity": "none" } });
      const call = session.labelResource({ name: "read" }, { timeoutMs: 200_000 });
      const ended = call.catch(({ code, lost }) => code + (lost ? " lost" : ""));
      await asked;
      // Threads that are cut off in the middle of something leave locks locked: these wait for input by then.
      await sleep(500);
      await Promise.all(threads.map((thread) => thread.terminate()));
      console.log(await ended);
      const others = guard.session({ backend: () => "{}" });
      await others.labelAgent({ "allow-only": { repos: "all", "min-integrity": "none" } });
      console.log((await others.labelResource({ name: "read" })).operation);
      await guard.close();
    `);
    expect(output).toBe("ENGINE_UNAVAILABLE lost\nread");
  });

  there("a sandbox that cannot be closed keeps nothing else from ending", async () => {
    const output = await run(`
      const { close } = Sandbox.prototype;
      Sandbox.prototype.close = async function () {
        await close.call(this);
        throw new Error("it is stuck");
      };
      const guard = await load(sometimes);
      console.log((await guard.session().labelResource({ name: "read" })).operation);
      const closing = guard.close();
      console.log(await closing.then(() => "closed", ({ errors: [{ message }] }) => message));
    `);
    expect(output).toBe("read\nit is stuck");
  });

  there("an engine whose guards were all closed loads others", async () => {
    const output = await run(`
      for (let i = 0; i < 3; i++) {
        const guard = await load(sometimes);
        console.log((await guard.session().labelResource({ name: "read" })).operation);
        await guard.close();
        await guard.close();
      }
    `);
    expect(output).toBe("read\nread\nread");
  });
});
