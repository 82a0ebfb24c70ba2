import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readdir, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { build } from "esbuild";

/** The day as of which workerd behaves, unless a Worker says another. */
const COMPATIBILITY_DATE = "2026-11-01";

/** Name of a bundle. */
const MAIN = "main.js";

/**
 * Bundles a Worker as Cloudflare's own tools do: their conditions, and modules of WebAssembly stay files, which are compiled when the Worker
 * is deployed.
 *
 * @param {string} entry
 * @param {string} outdir
 */
export async function bundleWorker(entry, outdir) {
  await build({
    entryPoints: { main: entry },
    outdir,
    bundle: true,
    format: "esm",
    target: "es2022",
    conditions: ["workerd", "worker", "browser"],
    loader: { ".wasm": "copy" },
    logLevel: "error",
  });
  return join(outdir, MAIN);
}

/**
 * Serves a bundled Worker with workerd, on a port of this machine. It may fetch from anywhere, this machine included.
 *
 * @param {string} workerd path of the executable
 * @param {string} bundle what {@link bundleWorker} answers
 * @param {object} [options]
 * @param {string} [options.compatibilityDate]
 * @param {string} [options.fields] of the Worker in workerd's configuration, such as its bindings
 */
export async function serveWorker(
  workerd,
  bundle,
  { compatibilityDate = COMPATIBILITY_DATE, fields = "" } = {},
) {
  const folder = join(bundle, "..");
  const others = (await readdir(folder)).filter((name) => extname(name) === ".wasm");
  const modules = [
    `(name = "${MAIN}", esModule = embed "${MAIN}")`,
    ...others.map((name) => `(name = "${name}", wasm = embed "${name}")`),
  ];
  // Of its own, because the same bundle may be served twice at a time. Beside the modules, whose places are relative to it.
  const config = join(folder, `config-${randomUUID()}.capnp`);
  await writeFile(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "internet", network = (allow = ["public", "private"])),
    (name = "main", worker = (
      modules = [${modules.join(", ")}],
      compatibilityDate = "${compatibilityDate}",
      ${fields}
    )),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);
`,
  );
  // It tells its port on a descriptor of its own.
  const child = spawn(workerd, ["serve", config, "--control-fd=3"], {
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  const exited = once(child, "exit");
  const control = /** @type {import("node:stream").Readable} */ (child.stdio[3]);
  const listening = once(control, "data").then(([line]) => JSON.parse(String(line).split("\n")[0] ?? ""));
  const failed = exited.then(([code]) => {
    throw new Error(`workerd ended with ${code} before it listened`);
  });
  failed.catch(() => undefined);
  const { port } = await Promise.race([listening, failed]);
  return {
    url: `http://127.0.0.1:${port}/`,
    async close() {
      // One that spins hears nothing else.
      child.kill("SIGKILL");
      await exited;
    },
  };
}
