import { expect, test } from "vitest";
import { startFilesystemServer } from "../src/filesystem-server.js";

test("a server that does not start is an error with its own words", async () => {
  const starting = startFilesystemServer("/no/such/directory", new AbortController().signal);
  await expect(starting).rejects.toThrow(/^the filesystem server could not be started: .*accessible/s);
});
