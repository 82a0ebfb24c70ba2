import { afterEach, expect, test, vi } from "vitest";
import { openCallerPort } from "../../src/runtime/caller-port.js";
import { openCallerPort as openNodePort } from "../../src/runtime/caller-port.node.js";
import { serveGuards } from "../../src/worker.js";

afterEach(() => {
  vi.unstubAllGlobals();
});

test("a worker of the web speaks through its global scope", () => {
  const scope = new EventTarget();
  const posted: unknown[] = [];
  vi.stubGlobal("postMessage", (message: unknown) => posted.push(message));
  vi.stubGlobal("addEventListener", scope.addEventListener.bind(scope));
  const heard: unknown[] = [];
  const port = openCallerPort();
  port.listen(
    (message) => heard.push(message),
    () => heard.push("garbled"),
  );
  port.post("there");
  scope.dispatchEvent(Object.assign(new Event("message"), { data: "here" }));
  scope.dispatchEvent(new Event("messageerror"));
  expect(posted).toEqual(["there"]);
  expect(heard).toEqual(["here", "garbled"]);
});

test.each([
  { where: "the web", open: openCallerPort },
  { where: "Node", open: openNodePort },
  { where: "an entry file that is loaded by mistake", open: () => serveGuards(() => Promise.reject()) },
])("there is nobody to speak to outside of a worker, in $where", ({ open }) => {
  expect(open).toThrow("belongs into the entry file of a worker");
});
