/**
 * What to start a worker of `node:worker_threads` with. The process' own flags may forbid workers or load code into them, so
 * none are passed on; neither is its environment, which no guard needs; and nothing a worker prints may get into the
 * process' standard output, which can carry a protocol.
 */
export const nodeWorkerOptions: {
  readonly execArgv: string[];
  readonly env: Record<string, string>;
  readonly stdout: true;
  readonly stderr: true;
} = { execArgv: [], env: {}, stdout: true, stderr: true };
