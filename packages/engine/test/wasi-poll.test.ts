import { describe, expect, test } from "vitest";
import { MAX_SUBSCRIPTIONS } from "../src/wasi/poll.js";
import { openGuest, type WasiGuest } from "./wasi-harness.js";

const [SUCCESS, BADF, FAULT, INVAL] = [0, 8, 21, 28];
const [CLOCK, FD_READ, FD_WRITE] = [0, 1, 2];
const [IN, OUT, COUNT] = [1024, 8192, 16];

interface Subscription {
  readonly userdata: bigint;
  readonly type: number;
  /** Clock id or descriptor. */
  readonly target: number;
  readonly timeout?: bigint;
}

function subscriptionBytes({ userdata, type, target, timeout = 0n }: Subscription): Uint8Array {
  const view = new DataView(new ArrayBuffer(48));
  view.setBigUint64(0, userdata, true);
  view.setUint8(8, type);
  view.setUint32(16, target, true);
  view.setBigUint64(24, timeout, true);
  return new Uint8Array(view.buffer);
}

/** Polls and answers the events, each as `[userdata, error, type, bytes, flags]`. */
function poll({ wasi, memory }: WasiGuest, subscriptions: Subscription[], out = OUT): unknown[][] {
  for (const [index, subscription] of subscriptions.entries()) {
    memory.write(IN + index * 48, subscriptionBytes(subscription));
  }
  expect(wasi.poll_oneoff(IN, out, subscriptions.length, COUNT)).toBe(SUCCESS);
  return Array.from({ length: memory.readUint32(COUNT) }, (_, index) => {
    const event = new DataView(memory.read(out + index * 32, 32).buffer);
    expect([event.getUint8(11), event.getUint32(12), event.getUint16(26), event.getUint32(28)]).toEqual([
      0, 0, 0, 0,
    ]);
    return [
      event.getBigUint64(0, true),
      event.getUint16(8, true),
      event.getUint8(10),
      event.getBigUint64(16, true),
      event.getUint16(24, true),
    ];
  });
}

describe("poll_oneoff returns at once, when", () => {
  test("a clock is far away", () => {
    const never = 0xffff_ffff_ffff_ffffn;
    const events = poll(openGuest(), [
      { userdata: 7n, type: CLOCK, target: 1, timeout: never },
      { userdata: never, type: CLOCK, target: 0, timeout: never },
    ]);
    expect(events).toEqual([
      [7n, SUCCESS, CLOCK, 0n, 0],
      [never, SUCCESS, CLOCK, 0n, 0],
    ]);
  });

  test("streams are waited for: stdin has hung up, stdout and stderr take more", () => {
    const guest = openGuest();
    guest.memory.write(OUT, new Uint8Array(256).fill(0xff));
    const events = poll(guest, [
      { userdata: 1n, type: FD_READ, target: 0 },
      { userdata: 2n, type: FD_WRITE, target: 1 },
      { userdata: 3n, type: FD_WRITE, target: 2 },
    ]);
    expect(events).toEqual([
      [1n, SUCCESS, FD_READ, 0n, 1],
      [2n, SUCCESS, FD_WRITE, 65_536n, 0],
      [3n, SUCCESS, FD_WRITE, 65_536n, 0],
    ]);
  });

  test("there is nothing to wait for: each event carries its error", () => {
    const events = poll(openGuest(), [
      { userdata: 1n, type: FD_READ, target: 3 },
      { userdata: 2n, type: FD_READ, target: 1 },
      { userdata: 3n, type: FD_WRITE, target: 0 },
      { userdata: 4n, type: FD_WRITE, target: 0xffff_ffff },
      { userdata: 5n, type: CLOCK, target: 4 },
    ]);
    expect(events.map(([userdata, error]) => [userdata, error])).toEqual([
      [1n, BADF],
      [2n, BADF],
      [3n, BADF],
      [4n, BADF],
      [5n, INVAL],
    ]);
  });

  test("a stream has been closed", () => {
    const guest = openGuest();
    guest.wasi.fd_close(0);
    expect(poll(guest, [{ userdata: 1n, type: FD_READ, target: 0 }])).toEqual([[1n, BADF, FD_READ, 0n, 0]]);
  });
});

test("events may overwrite their subscriptions", () => {
  const subscriptions = [1n, 2n, 3n, 4n].map((userdata) => ({ userdata, type: CLOCK, target: 0 }));
  for (const out of [IN, IN + 8, IN + 40]) {
    expect(poll(openGuest(), subscriptions, out).map(([userdata]) => userdata)).toEqual([1n, 2n, 3n, 4n]);
  }
});

test("open files of an engine that has some are always ready", () => {
  const guest = openGuest({ isOpenFile: (fd) => fd === 5 });
  const events = poll(guest, [
    { userdata: 1n, type: FD_READ, target: 5 },
    { userdata: 2n, type: FD_WRITE, target: 5 },
    { userdata: 3n, type: FD_READ, target: 6 },
    { userdata: 4n, type: CLOCK, target: 5 },
  ]);
  expect(events).toEqual([
    [1n, SUCCESS, FD_READ, 65_536n, 0],
    [2n, SUCCESS, FD_WRITE, 65_536n, 0],
    [3n, BADF, FD_READ, 0n, 0],
    [4n, INVAL, CLOCK, 0n, 0],
  ]);
});

test("waiting does not move a deterministic clock", () => {
  const guest = openGuest();
  poll(guest, [{ userdata: 1n, type: CLOCK, target: 1, timeout: 1_000_000_000n }]);
  expect(guest.wasi.clock_time_get(1, 0n, 8)).toBe(SUCCESS);
  expect(guest.memory.read(8, 8)).toEqual(new Uint8Array(8));
});

test("there must be something to poll, and not more than the maximum", () => {
  const { wasi, memory } = openGuest();
  memory.grow(4);
  for (const count of [0, MAX_SUBSCRIPTIONS + 1, 0x0555_5556, 0x7fff_ffff, -1]) {
    expect(wasi.poll_oneoff(IN, OUT, count, COUNT), `count ${count}`).toBe(INVAL);
  }
  expect(wasi.poll_oneoff(65_536, 2 * 65_536, MAX_SUBSCRIPTIONS, COUNT)).toBe(SUCCESS);
  expect(memory.readUint32(COUNT)).toBe(MAX_SUBSCRIPTIONS);
});

test("a guest that gets EFAULT has got no event", () => {
  const { wasi, memory } = openGuest();
  memory.write(IN, subscriptionBytes({ userdata: 1n, type: CLOCK, target: 0 }));
  expect(wasi.poll_oneoff(IN, OUT, 1, 65_533)).toBe(FAULT);
  expect(memory.read(OUT, 32)).toEqual(new Uint8Array(32));
});

test("a subscription to something unknown is EINVAL", () => {
  const { wasi, memory } = openGuest();
  memory.write(IN, subscriptionBytes({ userdata: 1n, type: 3, target: 0 }));
  memory.writeUint32(COUNT, 99);
  expect(wasi.poll_oneoff(IN, OUT, 1, COUNT)).toBe(INVAL);
  expect(memory.readUint32(COUNT)).toBe(99);
});
