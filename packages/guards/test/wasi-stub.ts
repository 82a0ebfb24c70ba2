/** Just enough of WASI preview 1 for the C library and for Go's runtime: no files, no arguments, a clock that ticks. */
export function wasiStub(
  memory: () => WebAssembly.Memory,
  names: readonly string[],
): WebAssembly.ModuleImports {
  const SUCCESS = 0;
  const EBADF = 8;
  const ENOSYS = 52;
  let now = 0n;
  const view = () => new DataView(memory().buffer);
  const two = (first: number, second: number) => {
    view().setUint32(first, 0, true);
    view().setUint32(second, 0, true);
    return SUCCESS;
  };
  const known: WebAssembly.ModuleImports = {
    args_sizes_get: two,
    environ_sizes_get: two,
    args_get: () => SUCCESS,
    environ_get: () => SUCCESS,
    fd_prestat_get: () => EBADF,
    sched_yield: () => SUCCESS,
    // Nobody waits: every sleep is over at once.
    poll_oneoff: (_subscriptions: number, _events: number, _count: number, result: number) => {
      view().setUint32(result, 0, true);
      return SUCCESS;
    },
    clock_time_get: (_id: number, _precision: bigint, result: number) => {
      now += 1_000_000n;
      view().setBigUint64(result, now, true);
      return SUCCESS;
    },
    random_get: (pointer: number, length: number) => {
      new Uint8Array(memory().buffer, pointer, length).fill(7);
      return SUCCESS;
    },
    proc_exit: (code: number) => {
      throw new Error(`proc_exit(${code})`);
    },
  };
  return Object.fromEntries(names.map((name) => [name, known[name] ?? (() => ENOSYS)]));
}
