import "@guardhost/runtimes/watchdog";
import { afterEach, expect, test, vi } from "vitest";
import { loadGuard, wasmer } from "../src/index.js";
import { GuardSandbox } from "../src/sandbox/guard-sandbox.js";
import { asking, guardWith } from "./guards.js";

afterEach(() => {
  vi.restoreAllMocks();
});

const options = { engine: wasmer(), policyRequired: false } as const;

test.each([
  ["its memory", '(data (i32.const 13107200) "x")'],
  ["its table", "(table 1 funcref) (elem (i32.const 1) func $fd_read)"],
])(
  "a guard with a segment beyond %s traps, and gets no second process, which would cost others their calls",
  async (_, segment) => {
    const broken = await loadGuard(guardWith("", segment), options);
    const trapped = {
      code: "TRAPPED",
      lost: true,
      message: expect.stringMatching(/^the guard trapped \(.*out of bounds.*\) in its instantiation;/),
    };
    await expect(broken.session().labelResource({ name: "read" })).rejects.toMatchObject(trapped);
    const sound = await loadGuard(asking, options);
    const start = vi.spyOn(GuardSandbox.prototype, "start");
    let answer: (text: string) => void = () => undefined;
    let isAsked = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      isAsked = resolve;
    });
    const backend = () =>
      new Promise<string>((resolve) => {
        answer = resolve;
        isAsked();
      });
    const labelled = sound.session({ backend }).labelResource({ name: "read" });
    await asked;
    await expect(broken.session().labelResource({ name: "read" })).rejects.toMatchObject(trapped);
    answer("{}");
    expect((await labelled).operation).toBe("read");
    // A second process of the broken one does not always cost that call.
    expect(start).toHaveBeenCalledTimes(1);
    await broken.close();
    await sound.close();
  },
);
