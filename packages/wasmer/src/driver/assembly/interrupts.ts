/**
 * When the guard is asked whether it may go on, and what it is told. The rules and numbers are those of `Interrupts` in
 * `@guardhost/core`. The clock is a system call, and at each the sandbox looks whether it was killed: so an abort lands here.
 */

import { send, ToHost } from "./frames";
import { countdown } from "./guard";
import { ensureStack, setGuardRunning } from "./stack";
import { clock_time_get, MONOTONIC } from "./system";

export const enum StopReason {
  DEADLINE = 1,
  ALLOCATOR = 2,
  EXIT = 3,
}

/** Which of the guard's functions is running, as far as it matters. */
export const enum Entry {
  OTHER = 0,
  ALLOC = 1,
  DEALLOC = 2,
}

const enum AtWork {
  GUEST = 0,
  GUEST_AND_HOST = 1,
  HOST = 2,
}

const MILLISECOND: u64 = 1_000_000;
/** Nanoseconds between two checks that the countdown aims at. */
const CHECK_INTERVAL: f64 = 250_000;
/** What `alloc` and `dealloc` may take in one call, and from one check to the next at most counts for it. */
const ALLOCATOR_TIMEOUT: u64 = 20 * MILLISECOND;
const MAX_COUNTED: u64 = MILLISECOND;
/** What they may take by the clock. */
const ALLOCATOR_CLOCK: u64 = 100 * MILLISECOND;
/** Units of the countdown, at least and at most. */
const LEAST_UNITS: f64 = 200;
const MOST_UNITS: f64 = 200_000;
/** How much they may grow from one check to the next. */
const GROWTH: f64 = 1.25;

/** Microseconds of a call that has no deadline. */
const NO_DEADLINE: u32 = 0xffff_ffff;
const NEVER: u64 = 0xffff_ffff_ffff_ffff;
const STOP: i32 = -1;

let units: f64 = 20_000.0;
let atWork: AtWork = AtWork.HOST;
let lastCheck: u64 = 0;
let deadline: u64 = 0xffff_ffff_ffff_ffff;
let entry: Entry = Entry.OTHER;
let allocatorSeen: u64 = 0;
let allocatorTime: u64 = 0;
let allocatorClock: u64 = 0;
let stopped: bool = false;

/** A call begins that has this many microseconds. */
export function beginCall(timeout: u32): void {
  allocatorTime = 0;
  allocatorClock = 0;
  deadline = timeout === NO_DEADLINE ? NEVER : now() + <u64>timeout * 1_000;
}

/** The guard is about to be entered. */
export function enter(next: Entry): void {
  setGuardRunning(true);
  entry = next;
  allocatorSeen = 0;
  if (atWork === AtWork.GUEST) atWork = AtWork.GUEST_AND_HOST;
}

/** The guard has returned. */
export function leave(): void {
  setGuardRunning(false);
  entry = Entry.OTHER;
}

/** Whether the guard's allocator is running. */
export function isAllocating(): bool {
  return entry !== Entry.OTHER;
}

/** Makes the next check happen at once. The host was at work meanwhile, which is not the guest's time. */
export function hurry(): void {
  atWork = AtWork.HOST;
  countdown = -1;
}

/** Counts work that was done for the guard. */
export function charge(work: u32): void {
  const left = <i64>countdown - <i64>work;
  countdown = left < -1 ? -1 : <i32>left;
}

/** What the guard calls when its countdown has ended: how far to count now, or below 0 to stop. */
export function check(): i32 {
  const time = now();
  adapt(time);
  return mustStop(time) ? STOP : <i32>units;
}

/** No check asks for a pause: the guard has a thread to itself. */
export function pause(): i32 {
  return STOP;
}

/** Tells the host why the guard has to end, which then has to be seen to. */
export function announceStop(reason: StopReason, detail: u32): void {
  if (!stopped) send(ToHost.STOPPED, 0, reason, detail, 0, 0, 0, 0);
  stopped = true;
}

/** Aims at the interval: grows slowly, drops at once. */
function adapt(time: u64): void {
  if (atWork !== AtWork.HOST) {
    const factor = min<f64>(GROWTH, CHECK_INTERVAL / max<f64>(<f64>(time - lastCheck), 1_000));
    // With the host's part the time is too long: not a reason to count less, but still one to count more.
    const least = atWork === AtWork.GUEST ? LEAST_UNITS : units;
    units = min<f64>(MOST_UNITS, max<f64>(least, units * factor));
  }
  atWork = AtWork.GUEST;
  lastCheck = time;
}

/** Stays true: a guard that was told to stop never goes on. */
function mustStop(time: u64): bool {
  if (isAllocatorLate(time)) announceStop(StopReason.ALLOCATOR, entry);
  if (time >= deadline) announceStop(StopReason.DEADLINE, 0);
  return stopped;
}

function isAllocatorLate(time: u64): bool {
  if (entry === Entry.OTHER) return false;
  const elapsed = allocatorSeen === 0 ? 0 : time - allocatorSeen;
  allocatorSeen = time;
  allocatorClock += elapsed;
  allocatorTime += min<u64>(elapsed, MAX_COUNTED);
  return allocatorTime >= ALLOCATOR_TIMEOUT || allocatorClock >= ALLOCATOR_CLOCK;
}

/** Nanoseconds since some time or other. */
function now(): u64 {
  ensureStack();
  const kept = load<u64>(0);
  if (clock_time_get(MONOTONIC, 1, 0) !== 0) unreachable();
  const time = load<u64>(0);
  store<u64>(0, kept);
  return time;
}
