import { readFile } from "node:fs/promises";
import { anyObjectPolicy, type Guard, loadGuard, native } from "@guardhost/native";

/** The guard of this repository, as users load it. */
export async function loadFilesystemGuard(): Promise<Guard> {
  const wasm = await readFile(new URL(import.meta.resolve("@guardhost/guards/filesystem.wasm")));
  // More than two hundred sessions need on a busy machine.
  return loadGuard(wasm, { engine: native(), policySchema: anyObjectPolicy, timeoutMs: 50_000 });
}

/** Staff may know what is internal, and be told what staff wrote. */
export const policy = {
  filesystem: {
    mode: "filter",
    agent: { secrecy: ["internal"], integrity: ["staff"] },
    paths: [
      { prefix: "/srv", secrecy: ["internal"], integrity: ["staff"] },
      { prefix: "/srv/public", secrecy: [], integrity: ["staff"], writable: true },
      { prefix: "/srv/work", secrecy: ["internal"], integrity: ["staff"], writable: true },
      { prefix: "/srv/hr", secrecy: ["internal", "hr"], integrity: ["staff"] },
      { prefix: "/srv/inbox", secrecy: ["internal"], integrity: [] },
    ],
  },
};
