import { initialState } from "@guardhost/difc";
import { expect, test } from "vitest";
import type { UpstreamContext } from "../src/index.js";
import { gateway, text } from "./support/gateway.js";

test("a client's cancel reaches the server, and the call rejects with its reason", async () => {
  const controller = new AbortController();
  let reason: unknown;
  const { call } = gateway({
    upstream: (_server, _request, { signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          reason = signal.reason;
          reject(signal.reason);
        });
        controller.abort(new Error("changed my mind"));
      }),
  });
  await expect(call("tool", {}, { signal: controller.signal })).rejects.toThrow("changed my mind");
  // The client's words are no way to the server.
  expect(reason).toEqual(new Error("the client has cancelled the request"));
  expect(await gateway().call("tool")).toEqual(text("ok"));
});

test("a request that was cancelled before it began asks nobody", async () => {
  const { call, asked } = gateway();
  await expect(call("tool", {}, { signal: AbortSignal.abort(new Error("never mind")) })).rejects.toThrow(
    "never mind",
  );
  expect(asked).toEqual([]);
});

test.each([
  ["server", { upstream: () => new Promise<never>(() => undefined) }],
  [
    "store",
    { options: { store: { read: () => new Promise<never>(() => undefined), join: () => initialState } } },
  ],
  [
    "client that takes no notifications",
    {
      upstream: async (_server: string, _request: object, { onNotification }: UpstreamContext) => {
        onNotification({ method: "notifications/message", params: {} });
        return text("ok");
      },
    },
  ],
])("a client's cancel ends a call that waits for a %s which does not answer", async (_, plan) => {
  const controller = new AbortController();
  const notify = () => new Promise<never>(() => undefined);
  const { guarded, call } = gateway(plan);
  const waiting = call("tool", {}, { signal: controller.signal, notify });
  setTimeout(() => controller.abort(new Error("enough")), 20);
  await expect(waiting).rejects.toThrow("enough");
  // Nothing is left of it that would have to be waited for.
  if (!("options" in plan)) await guarded.close();
});
