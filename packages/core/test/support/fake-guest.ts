import type { GuardOperation } from "../../src/abi/abi.js";
import type { HostFunctions } from "../../src/exchange/host-functions.js";
import { bytesOf } from "./bytes.js";

/** One run of a label function. */
export interface FakeCall {
  readonly guest: FakeGuest;
  readonly operation: GuardOperation;
  /** A copy of the input. */
  readonly input: Uint8Array;
  readonly output: number;
  readonly capacity: number;
  /** How often label functions have run in this guest, this one included. */
  readonly run: number;
  /** Writes `text` where the answer goes, and returns its length. */
  answer(text: string): number;
  /** Writes `size` as the hint of an answer that does not fit, and returns the code for that. */
  tooSmall(size?: number): number;
}

/** What a label function does. */
export type FakeLabel = (call: FakeCall) => number | Promise<number>;

/** Settings of {@link FakeGuest}. */
export interface FakeGuestOptions {
  readonly label?: FakeLabel;
  readonly pages?: number;
  readonly maxPages?: number;
  /** What every byte of its memory is at first. */
  readonly fill?: number;
  /** In place of a bump allocator that frees nothing. */
  readonly alloc?: (size: number) => number;
  readonly dealloc?: (pointer: number, size: number, guest: FakeGuest) => void;
  /** False for a guest without `alloc` and `dealloc`. */
  readonly allocator?: boolean;
  readonly initialize?: (guest: FakeGuest) => unknown;
}

/** Where the bump allocator begins, so that 0 stays the sign of failure. */
const HEAP_START = 1_024;

/** A guest made of JavaScript functions around a real memory. Writes down every entry. */
export class FakeGuest {
  readonly memory: WebAssembly.Memory;
  readonly exports: WebAssembly.Exports;
  /** Entries in their order: `alloc(5) = 1024`, `label_agent`, `dealloc(1024, 5)`. */
  readonly entries: string[] = [];
  /** What the guest imports; set by whoever makes an instance of it. */
  host: HostFunctions | undefined;
  #heap = HEAP_START;
  #runs = 0;
  readonly #label: FakeLabel;

  constructor(options: FakeGuestOptions = {}) {
    const { pages = 2, maxPages = 1_024 } = options;
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: maxPages });
    this.bytes.fill(options.fill ?? 0);
    this.#label = options.label ?? ((call) => call.answer("{}"));
    this.exports = {
      memory: this.memory,
      ...this.#labelFunctions(),
      ...(options.allocator === false ? {} : this.#allocator(options)),
      ...(options.initialize === undefined ? {} : { _initialize: () => options.initialize?.(this) }),
    } as WebAssembly.Exports;
  }

  /** The guest's memory of this moment. */
  get bytes(): Uint8Array {
    return new Uint8Array(this.memory.buffer);
  }

  /** What was entered, without pointers and sizes. */
  get entered(): string[] {
    return this.entries.map((entry) => entry.replace(/\(.*/, ""));
  }

  /** Calls the host's backend, with everything where the allocator does not reach. Gives status and result. */
  askBackend(tool: string, args: string, capacity: number): AskedBackend | Promise<AskedBackend> {
    const at = HEAP_START / 2;
    const name = bytesOf(tool);
    const json = bytesOf(args);
    this.bytes.set(name, 0);
    this.bytes.set(json, name.length);
    const asked = (status: number): AskedBackend => ({
      status,
      result: new TextDecoder().decode(this.bytes.subarray(at, at + Math.max(0, status))),
      hint: new DataView(this.memory.buffer).getUint32(at, true),
    });
    const status = this.host?.call_backend(0, name.length, name.length, json.length, at, capacity);
    if (status === undefined) throw new Error("the guest has no host");
    return typeof status === "number" ? asked(status) : status.then(asked);
  }

  #labelFunctions(): Record<GuardOperation, unknown> {
    const labelFunction =
      (operation: GuardOperation) =>
      (input: number, inputBytes: number, output: number, capacity: number) => {
        this.entries.push(operation);
        return this.#label({
          guest: this,
          operation,
          input: this.bytes.slice(input, input + inputBytes),
          output,
          capacity,
          run: ++this.#runs,
          answer: (text) => {
            const bytes = bytesOf(text);
            this.bytes.set(bytes, output);
            return bytes.length;
          },
          tooSmall: (size) => {
            if (size !== undefined) new DataView(this.memory.buffer).setUint32(output, size, true);
            return -2;
          },
        });
      };
    return {
      label_agent: labelFunction("label_agent"),
      label_resource: labelFunction("label_resource"),
      label_response: labelFunction("label_response"),
    };
  }

  #allocator({ alloc, dealloc }: FakeGuestOptions): Record<string, unknown> {
    const bump = (size: number) => {
      const pointer = this.#heap;
      this.#heap += Math.ceil(size / 8) * 8;
      return pointer;
    };
    return {
      alloc: (size: number) => {
        this.entries.push(`alloc(${size})`);
        const pointer = (alloc ?? bump)(size);
        this.entries[this.entries.length - 1] = `alloc(${size}) = ${pointer}`;
        return pointer;
      },
      dealloc: (pointer: number, size: number) => {
        this.entries.push(`dealloc(${pointer}, ${size})`);
        dealloc?.(pointer, size, this);
      },
    };
  }
}

/** What a call of the backend came to, for the guest. */
export interface AskedBackend {
  readonly status: number;
  /** Text of the result, empty where there is none. */
  readonly result: string;
  /** The first four bytes of the buffer as a number. */
  readonly hint: number;
}
