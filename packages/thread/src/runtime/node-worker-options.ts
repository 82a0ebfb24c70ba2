/**
 * What to start a worker of `node:worker_threads` with. The process' own flags may forbid workers or load code into them, so
 * none are passed on; neither is its environment, which no guard needs; and nothing a worker prints may get into the
 * process' standard output, which can carry a protocol.
 *
 * A thread whose JavaScript heap is full ends, and its calls reject with `OUT_OF_MEMORY`; by default it could grow to gigabytes.
 * The guests' own memories are not part of it. Guards with 512 pages and answers of 16 MiB run with 16 MiB of heap; a hostile
 * one can hold 31 MiB in an instance, and 80 MiB of exceptions on its stack.
 */
export const nodeWorkerOptions: {
  readonly execArgv: string[];
  readonly env: Record<string, string>;
  readonly stdout: true;
  readonly stderr: true;
  readonly resourceLimits: { readonly maxOldGenerationSizeMb: number };
} = { execArgv: [], env: {}, stdout: true, stderr: true, resourceLimits: { maxOldGenerationSizeMb: 256 } };
