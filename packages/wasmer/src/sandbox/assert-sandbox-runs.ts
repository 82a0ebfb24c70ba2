import { GuardError } from "@guardhost/core";

/** The least module there is: a header. */
const EMPTY_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** What the SDK does that a content security policy may forbid, or a flag of the runtime. */
const EVALUATIONS = [
  ["compiles WebAssembly", () => new WebAssembly.Module(EMPTY_MODULE)],
  // Where only this is forbidden, as by 'wasm-unsafe-eval', the SDK fails where nobody can catch it, and never answers.
  ["makes functions of strings", () => new Function()],
] as const;

/** What Node tells of what it may do, when it was started with `--permission`. */
interface NodePermission {
  has(scope: string): boolean;
}

/** Throws a GuardError `ENGINE_UNAVAILABLE` that says which ability is missing, where no guard can run in the sandbox. */
export function assertSandboxRuns(): void {
  for (const [what, evaluate] of EVALUATIONS) {
    try {
      evaluate();
    } catch (cause) {
      throw unavailable(
        `a runtime that ${what} while it runs (${cause instanceof Error ? cause.message : cause}): ` +
          "allow it by 'unsafe-eval' where there is a content security policy, or use another engine",
        cause,
      );
    }
  }
  const { permission } = (globalThis as { process?: { permission?: NodePermission } }).process ?? {};
  if (permission?.has("worker") === false) {
    throw unavailable(
      "worker threads: where Node asks for permissions, give it --allow-worker, or use another engine",
    );
  }
  if (typeof SharedArrayBuffer === "undefined" || globalThis.crossOriginIsolated === false) {
    throw unavailable(
      "SharedArrayBuffer: serve the page with the headers Cross-Origin-Opener-Policy: same-origin and " +
        "Cross-Origin-Embedder-Policy: require-corp",
    );
  }
  try {
    // Never waits: there is another number.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1);
  } catch (cause) {
    // The SDK waits for locks. Where it must not, a call fails whenever one of its threads is in its way, and nobody is told.
    throw unavailable(
      "a thread that may wait, which that of a page may not: load the guard in a worker of the page",
      cause,
    );
  }
}

function unavailable(need: string, cause?: unknown): GuardError {
  return new GuardError("ENGINE_UNAVAILABLE", `the Wasmer sandbox needs ${need}`, { cause });
}
