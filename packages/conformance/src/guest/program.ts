/**
 * Programs for the suite's guard, which does what its input says.
 *
 * The guard looks for the first "#" of its input and runs the commands behind it: a letter each, with numbers or
 * hexadecimal bytes. It stops at the first character that is no command. What the commands write is its answer; numbers
 * are followed by a semicolon. Where the answer does not fit, the guard answers -2 and the size. Without a "#" it
 * answers as a guard that knows no secrets.
 */

const utf8 = new TextEncoder();

/** One command, as text. */
export type Command = string;

/** The bytes of a program, which are the input of a call. */
export function program(...commands: readonly Command[]): Uint8Array {
  return utf8.encode(`#${commands.join("")}`);
}

/** Addresses that the guard uses, as in `memory.wat`. */
export const address = {
  /** Where the first text of a command stands: a tool's name, a message. */
  text: 65_536,
  /** Where the arguments of a backend call stand. */
  arguments: 131_072,
  /** Where the backend's results go. */
  result: 196_608,
  /** The first buffer that `alloc` gives. */
  heap: 262_144,
  /** Out of bounds in every memory. */
  outside: 4_294_967_280,
} as const;

/** Pages of memory that the guard begins with. */
export const INITIAL_PAGES = 4;

/** Writes `answer`. */
export function write(answer: string | Uint8Array): Command {
  return `w${hex(answer)};`;
}

/** Writes the whole input, program included. */
export const echoInput: Command = "e;";

/** Writes the name of the label function that runs. */
export const nameOperation: Command = "o;";

/** Writes the number of bytes of the input. */
export const countInput: Command = "i;";

/** Writes the number of bytes of the output buffer. */
export const tellCapacity: Command = "c;";

/** Writes how often a label function has run in this instance, attempts and this run included. */
export const countEntries: Command = "n;";

/** Ends the program with a status instead of the length of what was written. */
export function returnStatus(status: number): Command {
  return `r${status};`;
}

/** With a buffer of fewer than `bytes`, ends with -2; with `hint` in the buffer, or with the buffer as it came. */
export function need(bytes: number, hint?: number): Command {
  return hint === undefined ? `B${bytes};` : `b${bytes},${hint};`;
}

/** With a buffer of fewer than `bytes`, overwrites the input and ends with -2. */
export function needAndSpoilInput(bytes: number): Command {
  return `x${bytes};`;
}

/** From here on, logs each entry into the guard at level debug: its name and its parameters. */
export const traceEntries: Command = "v;";

const ALLOCATOR_FAULTS = { trap: 1, exit: 2, spin: 3 } as const;

/** How an allocator can go wrong other than by its answer: it traps, exits or runs for ever. */
export type AllocatorFault = keyof typeof ALLOCATOR_FAULTS;

/** Lets the `nth` allocation from here on go wrong: it answers a pointer, or nothing. */
export function breakAlloc(nth: number, answer: number | AllocatorFault): Command {
  return `a${nth},${typeof answer === "number" ? answer : ALLOCATOR_FAULTS[answer]};`;
}

/** Lets the `nth` deallocation from here on go wrong. */
export function breakDealloc(nth: number, fault: AllocatorFault): Command {
  return `d${nth},${ALLOCATOR_FAULTS[fault]};`;
}

/** Lets every allocation and deallocation from here on ask the backend. */
export const letAllocatorAsk: Command = "j;";

/** Writes how often the allocator has asked, and the sum of the answers. */
export const sumAllocatorAnswers: Command = "J;";

/** Fills memory. */
export function fill(pointer: number, value: number, bytes: number): Command {
  return `f${pointer},${value},${bytes};`;
}

/** Writes what stands in memory. */
export function peek(pointer: number, bytes: number): Command {
  return `p${pointer},${bytes};`;
}

/** Grows the memory, and writes its size in pages before, or -1. */
export function growMemory(pages: number): Command {
  return `m${pages};`;
}

/** Writes the size of the memory in pages. */
export const measureMemory: Command = "M;";

/** Grows a table of one element, and writes its size before, or -1. */
export function growTable(elements: number): Command {
  return `u${elements};`;
}

/** Computes: a loop of so many turns, of a nanosecond or a few. */
export function compute(turns: number): Command {
  return `G${turns};`;
}

/** Runs for ever, in a loop. */
export const spin: Command = "S;";

/** Runs for ever in one of the ways of the guest's own table: `endless*.wat`. */
export function runForEver(way: number): Command {
  return `s${way};`;
}

const TRAPS = {
  unreachable: 0,
  "out of bounds": 1,
  "division by zero": 2,
  "null call": 3,
  "invalid conversion": 4,
  "endless recursion": 5,
  /** In the guards `throwing` and `catching` only. */
  exception: 6,
} as const;

/** How a guard can end badly. */
export type Trap = keyof typeof TRAPS;

/** Ends badly. */
export function trap(kind: Trap): Command {
  return `t${TRAPS[kind]};`;
}

/** Calls `proc_exit`. */
export function exit(code: number): Command {
  return `q${code};`;
}

/** A backend call of the guard. */
export interface Question {
  readonly tool?: string | Uint8Array;
  /** JSON; none unless given. */
  readonly args?: string | Uint8Array;
  /** Bytes of the result buffer, at most 65,536; 1,024 unless given. */
  readonly capacity?: number;
}

/**
 * Calls the backend with a result buffer full of 0xee. Writes the status; behind a positive one, the bytes of the result;
 * behind -2, the number in the first four bytes of the buffer.
 */
export function ask({ tool = "tool", args = "", capacity = 1024 }: Question = {}): Command {
  return `k${hex(tool)},${hex(args)},${capacity};`;
}

/** What the buffer of {@link ask} holds where the host has written no size. */
export const UNTOUCHED = 0xeeeeeeee;

/** Parameters of `call_backend`. */
export interface QuestionPointers {
  readonly tool?: readonly [pointer: number, bytes: number];
  readonly args?: readonly [pointer: number, bytes: number];
  readonly result?: readonly [pointer: number, bytes: number];
}

/** Calls the backend with these pointers, with zero bytes where none are given. Writes the status. */
export function askWithPointers({
  tool = [address.text, 0],
  args = [address.arguments, 0],
  result = [address.result, 1024],
}: QuestionPointers): Command {
  return `K${[...tool, ...args, ...result].join()};`;
}

/** Logs a message. */
export function log(level: number, message: string | Uint8Array): Command {
  return `l${level},${hex(message)};`;
}

/** Logs the whole input at level info. */
export const logInput: Command = "h;";

/** Logs what stands in memory. */
export function logMemory(level: number, pointer: number, bytes: number): Command {
  return `L${level},${pointer},${bytes};`;
}

/** Writes what `args_sizes_get` answers: error, arguments, bytes. */
export const sizesOfArguments: Command = "A;";

/** Writes what `environ_sizes_get` answers: error, variables, bytes. */
export const sizesOfEnvironment: Command = "E;";

/** Writes what `clock_time_get` answers: error, nanoseconds. */
export function readClock(clock: number): Command {
  return `C${clock};`;
}

/** Writes what `random_get` answers: the error, then the bytes. */
export function readRandom(bytes: number): Command {
  return `Z${bytes};`;
}

/** Reads 16 bytes of stdin. Writes the error and the number of bytes read. */
export const readInput: Command = "I;";

/** Prints to a descriptor. Writes the error and the number of bytes written, 4,294,967,295 where none was given. */
export function print(descriptor: number, text: string | Uint8Array): Command {
  return `O${descriptor},${hex(text)};`;
}

/** Writes the error of `fd_prestat_get`. */
export function describePreopen(descriptor: number): Command {
  return `D${descriptor};`;
}

/** Writes the error of `path_open`. */
export function openFile(descriptor: number, path: string): Command {
  return `F${descriptor},${hex(path)};`;
}

/** Waits an hour with `poll_oneoff`. Writes the error and the number of events. */
export const waitAnHour: Command = "W;";

/** Writes the error of `sched_yield`. */
export const yieldThread: Command = "Y;";

function hex(text: string | Uint8Array): string {
  const bytes = typeof text === "string" ? utf8.encode(text) : text;
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
