import { defaultLimits, GuardError } from "@guardhost/core";
import { afterEach, expect, test, vi } from "vitest";
import { createEngine } from "../src/create-engine.js";
import { sealedWasiOf } from "../src/instance-wasi.js";

afterEach(() => vi.unstubAllGlobals());

const engineWith = (thread: "auto" | "caller" | "worker") =>
  createEngine({
    name: "any",
    options: { thread },
    createWasi: sealedWasiOf,
    setup: {},
    spawnWorker: () => {
      throw new Error("nothing is to be started here");
    },
  });
const nothing = new Uint8Array(0);
const codeOf = (error: unknown) => (GuardError.is(error) ? error.code : error);

test("where there is no memory to share, guards that want worker threads are not loaded", async () => {
  vi.stubGlobal("SharedArrayBuffer", undefined);
  const codes = await Promise.all(
    (["worker", "caller", "auto"] as const).map((thread) =>
      engineWith(thread).compile(nothing, defaultLimits).catch(codeOf),
    ),
  );
  // The others come to what was to be compiled.
  expect(codes).toEqual(["ENGINE_UNAVAILABLE", "INVALID_MODULE", "INVALID_MODULE"]);
});
