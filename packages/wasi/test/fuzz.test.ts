import fc from "fast-check";
import { expect, test } from "vitest";
import {
  ALL_RIGHTS,
  APPEND,
  CREATE,
  EXCLUSIVE,
  OPEN_DIRECTORY,
  READ_RIGHTS,
  TRUNCATE,
  WasiGuest,
} from "./wasi-guest.js";

const path = fc.constantFrom(
  "a",
  "b",
  "d",
  "d/a",
  "d/e",
  "d/e/f",
  "ro/a",
  "ro",
  ".",
  "../a",
  "d/../b",
  "a/x",
  "/",
);
const flags = fc.constantFrom(0, CREATE, TRUNCATE, CREATE | TRUNCATE, CREATE | EXCLUSIVE, OPEN_DIRECTORY);
const fd = fc.integer({ min: 2, max: 9 });
const offset = fc.constantFrom(0, 1, 3, 7, 100, 70_000, 5_000_000, 2 ** 53, -1);

/** What a guest may do, whatever comes of it. */
const step: fc.Arbitrary<(guest: WasiGuest) => unknown> = fc.oneof(
  fc.tuple(path, flags, fc.constantFrom(READ_RIGHTS, ALL_RIGHTS), fc.constantFrom(0, APPEND)).map(
    ([name, how, rights, append]) =>
      (guest: WasiGuest) =>
        guest.open(name, how, rights, append),
  ),
  fc.tuple(fd, fc.string({ maxLength: 9 }), fc.option(offset, { nil: undefined })).map(
    ([target, text, at]) =>
      (guest: WasiGuest) =>
        guest.write(target, text.replace(/[^ -~]/g, "."), at),
  ),
  fc.tuple(fd, fc.option(offset, { nil: undefined })).map(
    ([target, at]) =>
      (guest: WasiGuest) =>
        guest.read(target, 90_000, at),
  ),
  fc.tuple(fd, offset, fc.integer({ min: -1, max: 3 })).map(
    ([target, delta, whence]) =>
      (guest: WasiGuest) =>
        guest.call("fd_seek", target, BigInt(delta), whence, 16_384),
  ),
  fc.tuple(fd, offset).map(
    ([target, size]) =>
      (guest: WasiGuest) =>
        guest.call("fd_filestat_set_size", target, BigInt(size)),
  ),
  fd.map((target) => (guest: WasiGuest) => guest.call("fd_close", target)),
  fc.tuple(fd, fd).map(
    ([from, to]) =>
      (guest: WasiGuest) =>
        guest.call("fd_renumber", from, to),
  ),
  fd.map((target) => (guest: WasiGuest) => guest.list(target, 64)),
  fd.map((target) => (guest: WasiGuest) => guest.fstat(target)),
  path.map((name) => (guest: WasiGuest) => guest.stat(name)),
  fc.tuple(fc.constantFrom("path_create_directory", "path_remove_directory", "path_unlink_file"), path).map(
    ([name, target]) =>
      (guest: WasiGuest) =>
        guest.atPath(name as "path_unlink_file", target),
  ),
  fc.tuple(path, path).map(
    ([from, to]) =>
      (guest: WasiGuest) =>
        guest.rename(from, to),
  ),
);

test("whatever a guest does, the shim does not panic, and what is read-only stays as it was", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 120, size: "max" }), async (steps) => {
      const guest = await WasiGuest.open({
        files: { "/ro/a": "read only" },
        writable: ["/a", "/b", "/d", "/d/e"],
      });
      // A panic would be thrown, as a trap.
      for (const run of steps) run(guest);
      for (let open = 3; open < 140; open++) guest.call("fd_close", open);
      const again = await WasiGuest.open({ files: { "/ro/a": "read only" } });
      expect(again.readFile("ro/a")).toBe("read only");
    }),
    { numRuns: 300 },
  );
});

test("what is written is what a plain array of bytes would hold", async () => {
  const write = fc.tuple(fc.integer({ min: 0, max: 80 }), fc.string({ minLength: 1, maxLength: 30 }));
  await fc.assert(
    fc.asyncProperty(fc.array(write, { maxLength: 30 }), async (writes) => {
      const guest = await WasiGuest.open({ writable: ["/"] });
      const fd = guest.open("f", CREATE, ALL_RIGHTS);
      let model = "";
      for (const [at, unsafe] of writes) {
        const text = unsafe.replace(/[^ -~]/g, ".");
        expect(guest.write(fd, text, at)).toBe(text.length);
        const padded = model.padEnd(at, "\0");
        model = padded.slice(0, at) + text + padded.slice(at + text.length);
      }
      expect(guest.read(fd, 999, 0)).toBe(model);
    }),
    { numRuns: 200 },
  );
});
