import { expect, test } from "vitest";
import { InterruptibleWait } from "../../src/time/interruptible-wait.js";
import { countingController } from "../support/counting-signal.js";
import { gate } from "../support/fake-engine.js";
import { thrownBy } from "../support/thrown-by.js";
import { expectNoUnhandledRejections } from "../support/unhandled-rejections.js";

expectNoUnhandledRejections();

const never = new Promise<never>(() => undefined);
const forever = { deadline: Number.POSITIVE_INFINITY, signal: undefined, onTimeout: () => "late" };

test("settles as the work does", async () => {
  const wait = new InterruptibleWait();
  expect(await wait.for(Promise.resolve(7), forever)).toBe(7);
  expect(await thrownBy(() => wait.for(Promise.reject("no"), forever))).toBe("no");
});

test("ends with its deadline, and with its signal, and leaves no listener", async () => {
  const wait = new InterruptibleWait();
  expect(await thrownBy(() => wait.for(never, { ...forever, deadline: performance.now() }))).toBe("late");
  const { signal, abort, listeners } = countingController();
  const aborted = thrownBy(() => wait.for(never, { ...forever, signal }));
  abort("stop");
  expect(await aborted).toBe("stop");
  expect(listeners()).toBe(0);
});

test("ends when it is interrupted, which changes nothing for what comes after it", async () => {
  const wait = new InterruptibleWait();
  wait.interrupt("nothing is waited for");
  const { signal, listeners } = countingController();
  const interrupted = thrownBy(() => wait.for(never, { ...forever, signal }));
  wait.interrupt("enough");
  expect(await interrupted).toBe("enough");
  expect(listeners()).toBe(0);
  wait.interrupt("again");
  const { opened, open } = gate<number>();
  const next = wait.for(opened, forever);
  open(7);
  expect(await next).toBe(7);
});
