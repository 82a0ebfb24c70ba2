import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { node26 } from "@guardhost/runtimes";
import { describe, expect, test } from "vitest";

/** What every script begins with. They run in this package's folder, on what is built. */
const PRELUDE = `
  import { Worker } from "node:worker_threads";
  import { setTimeout as pause } from "node:timers/promises";
  import { nodeWorkerOptions, ThreadPool } from "@guardhost/thread";

  process.on("uncaughtException", (error) => console.log("uncaught", error.message));
  process.on("unhandledRejection", (error) => console.log("unhandled", error.message));
  const workers = [];
  const fixture = (name) => new URL("test/fixtures/" + name, "file://" + process.cwd() + "/");
  const pool = (options, workerOptions) => new ThreadPool({
    spawn() {
      const worker = new Worker(fixture("fake-guard.js"), { ...nodeWorkerOptions, ...workerOptions });
      workers.push(worker);
      return worker;
    },
    ...options,
  });
  const host = (callBackend = () => null) => ({ callBackend, log() {} });
  const act = async (channel, deed, options) => {
    const bytes = await channel.call("label_resource", new TextEncoder().encode(JSON.stringify(deed)), options);
    return JSON.parse(new TextDecoder().decode(bytes));
  };
  const failure = (promise) => promise.then((value) => value, (error) => error.code ?? error);
`;

/** Runs a script to its end, which it has to find by itself, and returns what it printed. */
async function outputOf(node: string, script: string, flags: readonly string[] = []): Promise<string[]> {
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const args = [...flags, "--input-type=module", "--eval", PRELUDE + script];
  const { stdout } = await promisify(execFile)(node, args, { cwd, timeout: 30_000 });
  return stdout.trim().split("\n");
}

interface ProcessCase {
  readonly what: string;
  readonly script: string;
  readonly flags?: readonly string[];
  readonly prints: readonly string[];
}

const CASES: readonly ProcessCase[] = [
  {
    what: "ends by itself although threads are idle",
    script: `
      const channels = [await pool().open({}, host()), await pool().open({}, host())];
      for (const channel of channels) console.log(await act(channel, { do: "echo", value: "done" }));
    `,
    prints: ["done", "done"],
  },
  {
    what: "stays while a call is on its way",
    script: `
      const channel = await pool().open({}, host());
      act(channel, { do: "busy", ms: 300 }).then(console.log);
    `,
    prints: ["was busy"],
  },
  {
    what: "stays while an instance is being opened",
    script: `pool().open({ atOpening: { do: "busy", ms: 300 } }, host()).then(() => console.log("open"));`,
    prints: ["open"],
  },
  {
    what: "stays while a call waits for another one, and both for a backend",
    script: `
      const single = pool({ maxThreads: 1 });
      const backend = () => new Promise((resolve) => setTimeout(resolve, 100).unref());
      const channels = [await single.open({}, host(backend)), await single.open({}, host())];
      act(channels[0], { do: "ask", questions: [["t", "1"]] }).then(console.log);
      act(channels[1], { do: "echo", value: "after" }).then(console.log);
    `,
    prints: ["[ 'null' ]", "after"],
  },
  {
    what: "does not stay for a thread that never starts, once its call was given up",
    script: `
      const spawn = () => new Worker(fixture("not-a-guard.js"), nodeWorkerOptions);
      console.log(await failure(pool({ spawn, startTimeoutMs: 300_000 }).open({}, host(), { timeoutMs: 50 })));
    `,
    prints: ["TIMEOUT"],
  },
  {
    what: "is not told of threads that crash",
    script: `
      const threads = pool({}, { resourceLimits: { maxOldGenerationSizeMb: 24 } });
      for (const deed of [{ do: "crash" }, { do: "reject" }, { do: "exit", code: 1 }, { do: "hoard" }]) {
        console.log(await failure(act(await threads.open({}, host()), deed)));
      }
      await pause(50);
      console.log(threads.threads);
    `,
    prints: ["TRAPPED", "TRAPPED", "TRAPPED", "OUT_OF_MEMORY", "0"],
  },
  {
    what: "has no thread left after close()",
    script: `
      const threads = pool({ maxThreads: 3 });
      const setup = { atOpening: { do: "busy", ms: 50 } };
      const channels = await Promise.all([1, 2, 3].map(() => threads.open(setup, host())));
      const stuck = failure(act(channels[0], { do: "stick" }));
      await threads.close();
      console.log(await stuck, workers.length, workers.every(({ threadId }) => threadId === -1));
      const left = process.getActiveResourcesInfo().filter((name) => /worker|port|timeout/i.test(name));
      console.log(JSON.stringify(left));
    `,
    prints: ["CLOSED 3 true", "[]"],
  },
  {
    what: "is as it was after 200 cancelled calls",
    script: `
      const threads = pool({ maxThreads: 1, graceMs: 30_000 });
      const cancelled = async (count) => {
        for (let call = 0; call < count; call++) {
          const channel = await threads.open({}, host(() => new Promise(() => {})));
          const deed = call % 2 ? { do: "spin" } : { do: "ask", questions: [["t", "1"]] };
          await failure(act(channel, deed, { signal: AbortSignal.timeout(1) }));
          await channel.close();
        }
        await pause(50);
      };
      await cancelled(10);
      const before = process.getActiveResourcesInfo().sort().join();
      await cancelled(200);
      const after = process.getActiveResourcesInfo().sort().join();
      console.log(after === before ? "the same" : before + " became " + after, workers.length);
    `,
    prints: ["the same 1"],
  },
  {
    what: "does not grow with backends that never answer",
    flags: ["--expose-gc"],
    script: `
      const threads = pool({ maxThreads: 1, graceMs: 30_000 });
      const abandoned = async (count) => {
        for (let call = 0; call < count; call++) {
          const channel = await threads.open({}, host(() => new Promise(() => {})));
          await failure(act(channel, { do: "askThenSpin", tool: "t" }, { signal: AbortSignal.timeout(1) }));
          await channel.close();
        }
        await pause(50);
        gc();
        return process.memoryUsage().heapUsed;
      };
      // What the runtime compiles and caches comes first.
      await abandoned(500);
      const before = await abandoned(500);
      const grown = (await abandoned(1_000)) - before;
      console.log(grown < 500_000 ? "no growth" : "grown by " + grown, workers.length);
    `,
    prints: ["no growth 1"],
  },
];

describe("a process on this Node", () => {
  test.each(CASES)("$what", async ({ script, flags, prints }) => {
    expect(await outputOf(process.execPath, script, flags)).toEqual(prints);
  });
});

const on26 = node26 === undefined ? "Node 26 (npm has none for this platform)" : "Node 26";

describe.skipIf(node26 === undefined)(`a process on ${on26}`, () => {
  test.each(CASES)("$what", async ({ script, flags, prints }) => {
    expect(await outputOf(node26 as string, script, flags)).toEqual(prints);
  });
});
