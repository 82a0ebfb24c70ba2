import { GuardError, type Invocation, instanceWithoutMemory, type WasiFunction } from "@guardhost/core";
import {
  type CreateWasi,
  type InstanceWasi,
  sealedWasiOf,
  trap,
  type WasiImport,
  wasiImport,
} from "@guardhost/engine";
import { CallingGuest } from "./calling-guest.js";
import { fileErrno } from "./file-errno.js";
import { fileAnswers } from "./file-imports.js";
import { bytesGiven, MemoryFiles } from "./memory-files.js";
import { OpenFiles, ROOT_DESCRIPTOR } from "./open-files.js";
import { loadShim } from "./shim.js";
import { ShimInstance } from "./shim-instance.js";
import { assertShimRoom, holdShimRoom } from "./shim-room.js";
import { stringAnswers } from "./string-imports.js";
import type { WasiSetup } from "./wasi-options.js";

/**
 * The sealed WASI, with arguments, an environment and files where they were given. The standard streams, clocks,
 * randomness, waiting and exits are the sealed ones', and the shim hears nothing of them.
 */
export const createWasi: CreateWasi<WasiSetup> = async (invocation, setup, imported) => {
  let open: OpenFiles | undefined;
  const isOpenFile = (fd: number) => open?.get(fd) !== undefined;
  const sealed = sealedWasiOf(invocation, { ...setup, isOpenFile });
  if (!needsShim(setup, imported)) return sealed;
  await loadShim();
  if (setup.tree !== undefined) assertShimRoom(bytesGiven(setup.tree));
  let shim: ShimInstance | undefined;
  try {
    shim = new ShimInstance(setup);
    open = setup.tree && new OpenFiles(new MemoryFiles(shim, setup.tree));
    const imports = withShim({ ...setup, shim, open }, sealed.imports, invocation);
    const release = open && holdShimRoom(open.files);
    const close = () => {
      shim?.close();
      release?.();
    };
    return { imports, flush: sealed.flush, close };
  } catch (cause) {
    shim?.close();
    throw (
      instanceWithoutMemory((cause as Error).cause) ??
      new GuardError("ENGINE_UNAVAILABLE", "@wasmer/wasi has no room for an instance's files", {
        lost: true,
        cause,
      })
    );
  }
};

/** What an instance has of the shim. */
interface ShimState extends Pick<WasiSetup, "args" | "env"> {
  readonly shim: ShimInstance;
  /** Absent without a file system. */
  readonly open: OpenFiles | undefined;
}

/** Without, an instance costs what it costs on `native()`. */
function needsShim({ args, env, tree }: WasiSetup, imported: ReadonlySet<WasiFunction>): boolean {
  const names = [...imported];
  const hasStrings = args.length > 0 || Object.keys(env).length > 0;
  return (
    (hasStrings && names.some((name) => /^(args|environ)_/.test(name))) ||
    (tree !== undefined && names.some((name) => /^(fd|path)_/.test(name)))
  );
}

function withShim(
  { shim, open, args, env }: ShimState,
  sealed: InstanceWasi["imports"],
  invocation: Invocation,
): InstanceWasi["imports"] {
  const imports: Record<string, WasiImport> = { ...sealed };
  const guest = new CallingGuest(invocation);
  const guarded = (answer: (...values: never[]) => number) => trapping(invocation, wasiImport(answer));
  for (const [kind, strings] of [
    ["args", args],
    ["environ", Object.keys(env)],
  ] as const) {
    if (strings.length === 0) continue;
    for (const [name, answer] of Object.entries(stringAnswers(shim, kind, guest))) {
      imports[name] = guarded(answer);
    }
  }
  if (open !== undefined) {
    const answers = fileAnswers(open, guest);
    for (const [name, answer] of Object.entries(answers)) {
      const ofStreams = sealed[name as WasiFunction];
      const ofFiles = guarded(answer);
      imports[name] = (...values) => (isStream(values[0]) ? ofStreams(...values) : ofFiles(...values));
    }
    const { fd_renumber } = imports;
    // What is printed has to stay in the log, and what goes to files in their budget.
    imports.fd_renumber = (from, to) =>
      isStream(from) === isStream(to)
        ? (fd_renumber as WasiImport)(from as number, to as number)
        : fileErrno.NOTSUP;
  }
  return imports as InstanceWasi["imports"];
}

/** Whether a descriptor is one of the standard streams: they stay below all others, open or not. */
function isStream(fd: number | bigint | undefined): boolean {
  return (fd as number) >>> 0 < ROOT_DESCRIPTOR;
}

/** An import that ends the guest where the shim fails: what JavaScript throws, a guest could catch. */
function trapping(invocation: Invocation, run: WasiImport): WasiImport {
  return (...values) => {
    try {
      return run(...values);
    } catch (cause) {
      invocation.fail(new GuardError("ENGINE_UNAVAILABLE", "@wasmer/wasi failed", { lost: true, cause }));
      return trap();
    }
  };
}
