import { WasmUnavailableError } from "@guardhost/rewrite";
import { expect, test, vi } from "vitest";
import { defaultLimits, GuardError, wasmer } from "../src/index.js";
import { guardWith } from "./guards.js";

vi.mock("@guardhost/rewrite", async (original) => ({
  ...(await original<object>()),
  linkCommand: () => {
    throw new WasmUnavailableError("there is no memory");
  },
}));

test("a runtime that has no memory for linking is what is unavailable", async () => {
  const compiling = wasmer().compile(guardWith(""), defaultLimits);
  await expect(compiling).rejects.toSatisfy(
    (error) => GuardError.is(error, "ENGINE_UNAVAILABLE") && error.message.includes("there is no memory"),
  );
});
