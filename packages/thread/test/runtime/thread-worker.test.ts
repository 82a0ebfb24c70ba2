import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { followWorker, holdProcess, type WebThreadWorker } from "../../src/runtime/thread-worker.js";

/** Follows a worker, and notes what it hears. */
function heard(worker: Parameters<typeof followWorker>[0]): string[] {
  const events: string[] = [];
  followWorker(worker, {
    onMessage: () => events.push("message"),
    onFailure: (error) => events.push(`failure: ${(error as Error).message}`),
  });
  return events;
}

class FakeWebWorker extends EventTarget implements WebThreadWorker {
  postMessage(): void {}
  terminate(): void {}
}

test("a worker of Node tells by events of an emitter", () => {
  const worker = Object.assign(new EventEmitter(), {
    postMessage: () => undefined,
    terminate: async () => 0,
    ref: () => undefined,
    unref: () => undefined,
  });
  const events = heard(worker);
  worker.emit("message", undefined);
  worker.emit("messageerror", new Error("how"));
  worker.emit("error", new Error("why"));
  worker.emit("exit", 3);
  expect(events).toEqual([
    "message",
    "failure: a message of the thread could not be read",
    "failure: why",
    "failure: the thread exited with code 3",
  ]);
});

test("a worker of the web tells by events of a target, and its errors go no further", () => {
  const worker = new FakeWebWorker();
  const events = heard(worker);
  worker.dispatchEvent(new Event("message"));
  worker.dispatchEvent(new Event("messageerror"));
  const errors = [
    { error: new Error("why"), message: "Uncaught why" },
    { error: undefined, message: "Uncaught other" },
    { error: undefined, message: undefined },
  ].map((details) => Object.assign(new Event("error", { cancelable: true }), details));
  for (const error of errors) worker.dispatchEvent(error);
  expect(events).toEqual([
    "message",
    "failure: a message of the thread could not be read",
    "failure: why",
    "failure: Uncaught other",
    "failure: the worker could not be loaded",
  ]);
  expect(errors.every(({ defaultPrevented }) => defaultPrevented)).toBe(true);
});

test("only workers that can hold a process are asked to", () => {
  const asked: string[] = [];
  const worker = Object.assign(new FakeWebWorker(), {
    ref: () => asked.push("ref"),
    unref: () => asked.push("unref"),
  });
  holdProcess(worker, true);
  holdProcess(worker, false);
  expect(asked).toEqual(["ref", "unref"]);
  expect(() => holdProcess(new FakeWebWorker(), true)).not.toThrow();
});
