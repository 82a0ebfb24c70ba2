import { defaultLimits, type GuardError, Invocation } from "@guardhost/core";
import { describe, expect, test } from "vitest";
import { type Frame, FromDriver } from "../src/frames/frame.js";
import { FrameError } from "../src/frames/frame-decoder.js";
import { DrivenGuard } from "../src/sandbox/driven-guard.js";
import { ProcessEndedError, type SandboxProcess } from "../src/sandbox/sandbox-process.js";

const frame = (tag: number, ...args: number[]): Frame => ({ tag, args, payload: new Uint8Array(0) });

/** A process that says this, whatever it is asked, and then fails with the last. */
function scripted(frames: readonly Frame[], end: Error): SandboxProcess {
  const left = [...frames];
  const process: Pick<SandboxProcess, "isOver" | "send" | "receive" | "onExit" | "kill"> = {
    isOver: false,
    send: () => undefined,
    onExit: () => () => undefined,
    async receive() {
      const next = left.shift();
      if (next === undefined) throw end;
      return next;
    },
    kill: async () => undefined,
  };
  return process as SandboxProcess;
}

function guardThatSays(frames: readonly Frame[], end: Error = new ProcessEndedError("ended")): DrivenGuard {
  const host = { askBackend: () => new Uint8Array(0), log: () => undefined };
  return new DrivenGuard(scripted(frames, end), new Invocation(host, defaultLimits));
}

const request = {
  operation: "label_agent",
  input: new Uint8Array(1),
  limits: defaultLimits,
  beforeAttempt: () => undefined,
} as const;

describe("a sandbox that breaks the protocol loses its instance", () => {
  test.each([
    ["that says it is ready in a call", [frame(FromDriver.ready)]],
    ["that fails in a way that nobody knows", [frame(FromDriver.failed, 99)]],
    ["with a tag that nobody knows", [frame(77)]],
  ])("%s", async (_, frames) => {
    const call = guardThatSays(frames).exchange(request, {});
    await expect(call).rejects.toMatchObject({ code: "PROTOCOL", lost: true } satisfies Partial<GuardError>);
  });

  test.each([
    ["that answers before there is a call", [frame(FromDriver.done)]],
    ["that fails before there is a call", [frame(FromDriver.failed, 1, -5)]],
    ["that wants an input before there is a call", [frame(FromDriver.wantsInput, 1)]],
  ])("%s", async (_, frames) => {
    const functions = { allocator: true, start: false, initialize: false };
    await expect(guardThatSays(frames).open(functions, {})).rejects.toMatchObject({
      code: "PROTOCOL",
      lost: true,
    });
  });

  test("with a stream that ends within a frame", async () => {
    const call = guardThatSays([], new FrameError("the stream ended within a frame")).exchange(request, {});
    await expect(call).rejects.toMatchObject({ code: "PROTOCOL", lost: true });
  });
});

test("a process that ends in a call was trapped, as far as anybody can tell", async () => {
  await expect(guardThatSays([]).exchange(request, {})).rejects.toMatchObject({
    code: "TRAPPED",
    lost: true,
  });
});
