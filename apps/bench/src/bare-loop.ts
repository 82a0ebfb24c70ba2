import { WASI } from "node:wasi";

/** Bytes of the output buffer, as the session's first attempt has it. */
const OUTPUT_BYTES = 4_194_304;

interface GuardExports {
  readonly memory: WebAssembly.Memory;
  alloc(size: number): number;
  dealloc(pointer: number, size: number): void;
  label_agent: LabelFunction;
  label_resource: LabelFunction;
  label_response: LabelFunction;
}
type LabelFunction = (input: number, inputBytes: number, output: number, outputBytes: number) => number;

/** What somebody would write who needs a guard to run and nothing to go wrong. */
export interface BareGuard {
  call(operation: "label_agent" | "label_resource" | "label_response", input: unknown): unknown;
}

/** How far a guard that was prepared counts from one interrupt check to the next, as a session lets a fast one count. */
const CHECK_COUNTDOWN = 200_000;

/** Instantiates a guard, prepared or not, whose backend always answers `backendAnswer`. */
export async function bareGuard(wasm: Uint8Array<ArrayBuffer>, backendAnswer: unknown): Promise<BareGuard> {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  const answer = encoder.encode(JSON.stringify(backendAnswer));
  const env = {
    call_backend(
      _n: number,
      _nl: number,
      _a: number,
      _al: number,
      result: number,
      _capacity: number,
    ): number {
      new Uint8Array(guard.memory.buffer).set(answer, result >>> 0);
      return answer.length;
    },
    host_log(): void {},
  };
  const guardhost = { check: () => CHECK_COUNTDOWN, pause: () => CHECK_COUNTDOWN };
  const wasi = new WASI({ version: "preview1" });
  const { instance } = await WebAssembly.instantiate(wasm, { env, guardhost, ...wasi.getImportObject() });
  const guard = instance.exports as unknown as GuardExports;
  if ("_initialize" in instance.exports) wasi.initialize(instance);
  return {
    call(operation, input) {
      const bytes = encoder.encode(JSON.stringify(input));
      const inputPointer = guard.alloc(bytes.length) >>> 0;
      const outputPointer = guard.alloc(OUTPUT_BYTES) >>> 0;
      new Uint8Array(guard.memory.buffer).set(bytes, inputPointer);
      const length = guard[operation](inputPointer, bytes.length, outputPointer, OUTPUT_BYTES);
      if (length < 0) throw new Error(`${operation} failed with code ${length}`);
      const output = JSON.parse(decoder.decode(new Uint8Array(guard.memory.buffer, outputPointer, length)));
      guard.dealloc(outputPointer, OUTPUT_BYTES);
      guard.dealloc(inputPointer, bytes.length);
      return output;
    },
  };
}
