import { cp } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createConsumer } from "@guardhost/consumer";

/** What a gateway on any runtime may install. */
const FOLDERS = [
  "core",
  "rewrite",
  "thread",
  "engine",
  "native",
  "wasi",
  "wasmer",
  "difc",
  "mcp",
  "guards",
  "conformance",
]
  .map((name) => `packages/${name}`)
  .concat("apps/cli");

const suite = fileURLToPath(new URL("suite", import.meta.url));

/** A project with the packages as users get them, and with the files of `suite/`. */
export async function createProject() {
  const consumer = await createConsumer({ folders: FOLDERS });
  await cp(suite, join(consumer.folder, "suite"), { recursive: true });
  return consumer;
}
