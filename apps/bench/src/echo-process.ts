import { wat } from "@guardhost/wat";
import { Wasmer } from "@wasmer/sdk";

/** Copies stdin to stdout, as much at a time as there is. */
const ECHO = `(module
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 3)
  (func (export "_start")
    (loop $next
      (i32.store (i32.const 0) (i32.const 65536))
      (i32.store (i32.const 4) (i32.const 65536))
      (if (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)) (then unreachable))
      (i32.store (i32.const 4) (i32.load (i32.const 8)))
      (if (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)) (then unreachable))
      (br_if $next (i32.load (i32.const 4))))))`;

/** A process of the SDK's sandbox that does nothing but answer with what it was asked: what no engine on it can beat. */
export interface EchoProcess {
  /** Sends bytes and waits for as many. */
  echo(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export async function startEcho(): Promise<EchoProcess> {
  const client = new Wasmer({ cache: false });
  const program = await client.packages.load(wat(ECHO));
  const sandbox = await client.sandboxes.create({ packages: [program] });
  const started = await sandbox.command(program).spawn({ stdin: "pipe", stdout: "pipe" });
  const { stdin, stdout } = started;
  if (stdin === null || stdout === null) throw new Error("the process has no streams");
  const chunks = stdout[Symbol.asyncIterator]();
  return {
    async echo(bytes) {
      const written = stdin.write(bytes);
      for (let left = bytes.length; left > 0; ) {
        const { value } = await chunks.next();
        left -= (value as Uint8Array).length;
      }
      await written;
    },
    async close() {
      await stdin.close();
      await started.wait();
      await sandbox.close();
      await client.close();
    },
  };
}
