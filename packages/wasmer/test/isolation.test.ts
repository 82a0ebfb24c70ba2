import "@guardhost/runtimes/watchdog";
import { afterEach, describe, expect, test } from "vitest";
import { encodeFrame, FromDriver } from "../src/frames/frame.js";
import { type Guard, GuardError, loadGuard, wasmer } from "../src/index.js";
import { guardWith } from "./guards.js";

const call = { name: "read", arguments: {} };
const POLICY = { "allow-only": { repos: "all", "min-integrity": "none" } };
const BADF = 8;

const engine = wasmer();
const loaded: Guard[] = [];
afterEach(async () => {
  await Promise.all(loaded.splice(0).map((guard) => guard.close()));
});

async function sessionOf(body: string, imports = "") {
  const lines: string[] = [];
  const note = ({ guest }: { guest?: unknown }) => lines.push(String(guest));
  const logger = { debug: note, info: note, warn: note, error: note };
  const module = guardWith(body, imports);
  const guard = await loadGuard(module, { engine, logger, logGuestMessages: true });
  loaded.push(guard);
  const session = guard.session();
  await session.labelAgent(POLICY);
  /** The number that the guard's body left behind. */
  const run = async () => Number((await session.labelResource(call)).resource.secrecy[0]);
  return { run, lines, session };
}

/** A string of the text format. */
const bytes = (content: Uint8Array) =>
  `"${[...content].map((byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("")}"`;

/** What a forger would like to have said: an answer, and that the call is done. */
const forged = Buffer.concat([
  encodeFrame(
    FromDriver.answer,
    [],
    Buffer.from('{"resource":{"secrecy":[],"integrity":[]},"operation":"read"}'),
  ),
  encodeFrame(FromDriver.done),
]);
const forgedData = `(data (i32.const 8192) ${bytes(forged)})`;

describe("a guard can neither read nor forge a frame", () => {
  test("by reading stdin, which is at its end", async () => {
    const { run } = await sessionOf(`
      (i32.store (i32.const 4104) (i32.const 99))
      (local.set $error (call $fd_read (i32.const 0) (call $iovec (i32.const 5000) (i32.const 64)) (i32.const 1) (i32.const 4104)))
      (local.set $error (i32.add (local.get $error) (i32.load (i32.const 4104))))`);
    expect([await run(), await run()]).toEqual([0, 0]);
  });

  test.each([1, 2])("by writing one to descriptor %i, which is the log", async (descriptor) => {
    const body = `(local.set $error (call $fd_write (i32.const ${descriptor})
      (call $iovec (i32.const 8192) (i32.const ${forged.length})) (i32.const 1) (i32.const 4104)))`;
    const { run, lines } = await sessionOf(body, forgedData);
    expect([await run(), await run()]).toEqual([0, 0]);
    expect(lines.join("")).toContain("resource");
  });

  test.each([
    ["renumbering stdin to stdout", "(call $fd_renumber (i32.const 0) (i32.const 1))", 0],
    ["renumbering stdout to stdin", "(call $fd_renumber (i32.const 1) (i32.const 0))", 0],
    ["renumbering stdin to another descriptor", "(call $fd_renumber (i32.const 0) (i32.const 7))", BADF],
    ["closing stdin", "(call $fd_close (i32.const 0))", 0],
    ["closing stdout", "(call $fd_close (i32.const 1))", 0],
    ["closing what the sandbox may have open", "(call $fd_close (i32.const 3))", BADF],
    [
      "opening /dev/stdin",
      `(call $path_open (i32.const 3) (i32.const 0) (i32.const 3072) (i32.const 10) (i32.const 0)
        (i64.const 2) (i64.const 2) (i32.const 0) (i32.const 4104))`,
      BADF,
    ],
    ["asking for directories", "(call $fd_prestat_get (i32.const 3) (i32.const 4104))", BADF],
  ])("by %s", async (_, attempt, error) => {
    const { run } = await sessionOf(`(local.set $error ${attempt})`);
    expect(await run()).toBe(error);
    // What follows still goes through the streams that carry the frames.
    expect(await run()).toBe(attempt.includes("3)") || error === BADF ? error : BADF);
  });

  test("by writing where the driver borrows memory: nothing of it is left there when the guard runs", async () => {
    /** Counts the bytes that are not as the guard has left them. */
    const compare = (at: number, bytes: number) => `
      (local.set $i (i32.const ${at}))
      (loop $next
        (local.set $error (i32.add (local.get $error) (i32.ne (i32.load8_u (local.get $i)) (i32.const 0x5a))))
        (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const ${at + bytes}))))`;
    const print = (at: number) =>
      `(drop (call $fd_write (i32.const 1) (call $iovec (i32.const ${at}) (i32.const 100)) (i32.const 1) (i32.const 4104)))`;
    const { run } = await sessionOf(`
      ${compare(0, 1_000)} ${compare(32_768, 1_000)}
      (memory.fill (i32.const 0) (i32.const 0x5a) (i32.const 1000))
      (memory.fill (i32.const 32768) (i32.const 0x5a) (i32.const 1000))
      ${print(0)} ${print(5_000)} ${print(32_768)}
      ${compare(0, 1_000)} ${compare(32_768, 1_000)}
      (local.set $error (i32.ne (local.get $error) (i32.const 0)))`);
    // In the first call, what the guard has not written yet is not there.
    await run();
    expect(await run()).toBe(0);
  });

  test("by an export of the driver's name, or a start function that it would rather have run", async () => {
    const { run } = await sessionOf("", '(func (export "_start") unreachable)');
    expect(await run()).toBe(0);
  });

  test.each([
    ["fork", "wasix_32v1", "proc_fork", "(param i32 i32) (result i32)"],
    ["exec", "wasix_32v1", "proc_exec", "(param i32 i32 i32 i32)"],
    ["threads", "wasi", "thread-spawn", "(param i32) (result i32)"],
    ["the driver's functions", "guard", "alloc", "(param i32) (result i32)"],
  ])("by %s, which no guard may import", async (_, module, name, type) => {
    const importing = guardWith("", `(import "${module}" "${name}" (func ${type}))`);
    const loading = loadGuard(importing, { engine });
    await expect(loading).rejects.toSatisfy((error) => GuardError.is(error, "INVALID_MODULE"));
  });
});
