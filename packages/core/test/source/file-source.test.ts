import { expect, test } from "vitest";
import { readFileUrl } from "../../src/source/file-source.js";

test("where there is no file system, a file is a GuardError that says what to do", async () => {
  await expect(readFileUrl(new URL("file:///guard.wasm"), 1)).rejects.toMatchObject({
    code: "INVALID_MODULE",
    message: "file:///guard.wasm cannot be read: this runtime has no file system; pass the bytes",
  });
});
