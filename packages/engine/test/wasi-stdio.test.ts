import { describe, expect, test } from "vitest";
import { MAX_IOVECS } from "../src/wasi/iovecs.js";
import { MAX_LINE_BYTES } from "../src/wasi/line-writer.js";
import { MAX_WRITE_BYTES } from "../src/wasi/stdio.js";
import { openGuest, type WasiGuest, writeIovecs } from "./wasi-harness.js";

const [SUCCESS, BADF, FAULT, INVAL] = [0, 8, 21, 28];
const encoder = new TextEncoder();

/** Writes all of `output`, however often that takes. Answers the counts. */
function print({ wasi, memory }: WasiGuest, output: string | Uint8Array, fd = 1): number[] {
  const bytes = typeof output === "string" ? encoder.encode(output) : output;
  const counts: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const part = bytes.subarray(at, at + 60_000);
    memory.write(1024, part);
    writeIovecs(memory, 0, [[1024, part.length]]);
    expect(wasi.fd_write(fd, 0, 1, 16)).toBe(SUCCESS);
    counts.push(memory.readUint32(16));
    at += memory.readUint32(16);
  }
  return counts;
}

describe("lines", () => {
  test("are what stands between line feeds", () => {
    const guest = openGuest();
    expect(print(guest, "one\ntwo\n")).toEqual([8]);
    expect(guest.lines).toEqual(["stdout: one", "stdout: two"]);
  });

  test("may be written in parts", () => {
    const guest = openGuest();
    for (const part of ["o", "n", "e\nt", "wo", "\n"]) print(guest, part);
    expect(guest.lines).toEqual(["stdout: one", "stdout: two"]);
  });

  test("are kept apart by stream", () => {
    const guest = openGuest();
    print(guest, "out", 1);
    print(guest, "err\n", 2);
    print(guest, "put\n", 1);
    expect(guest.lines).toEqual(["stderr: err", "stdout: output"]);
  });

  test("may end with CR LF, even when the two are written one by one", () => {
    const guest = openGuest();
    print(guest, "one\r\ntwo\r");
    print(guest, "\na\rb\n");
    expect(guest.lines).toEqual(["stdout: one", "stdout: two", "stdout: a\rb"]);
  });

  test("that are blank are dropped", () => {
    const guest = openGuest();
    print(guest, "\n\r\n\none\n\n\n \n");
    expect(guest.lines).toEqual(["stdout: one", "stdout:  "]);
  });

  test("that have not ended come with flush, once", () => {
    const guest = openGuest();
    print(guest, "one\ntwo");
    print(guest, "three", 2);
    expect(guest.lines).toEqual(["stdout: one"]);
    guest.flush();
    guest.flush();
    expect(guest.lines).toEqual(["stdout: one", "stdout: two", "stderr: three"]);
    print(guest, "four\n");
    expect(guest.lines.at(-1)).toBe("stdout: four");
  });

  test("may come out of several buffers", () => {
    const { wasi, memory, lines } = openGuest();
    memory.write(1024, encoder.encode("onetwo\n"));
    writeIovecs(memory, 0, [
      [1027, 3],
      [5, 0],
      [1024, 3],
      [1030, 1],
    ]);
    expect(wasi.fd_write(1, 0, 4, 100)).toBe(SUCCESS);
    expect(memory.readUint32(100)).toBe(7);
    expect(lines).toEqual(["stdout: twoone"]);
  });
});

describe("text", () => {
  test("keeps characters that are split between writes", () => {
    const guest = openGuest();
    for (const byte of encoder.encode("grüße, 世界 🌍\n")) print(guest, Uint8Array.of(byte));
    expect(guest.lines).toEqual(["stdout: grüße, 世界 🌍"]);
  });

  test("has replacements for invalid UTF-8, and recovers from it", () => {
    const guest = openGuest();
    print(guest, Uint8Array.of(0x61, 0xff, 0x62, 0x0a, 0xe4, 0xb8, 0x0a, 0x63, 0x0a, 0xf0, 0x9f));
    guest.flush();
    print(guest, "fine\n");
    expect(guest.lines).toEqual([
      "stdout: a\ufffdb",
      "stdout: \ufffd",
      "stdout: c",
      "stdout: \ufffd",
      "stdout: fine",
    ]);
  });

  test("keeps byte order marks and NUL", () => {
    const guest = openGuest();
    print(guest, "\ufeffa\0b\n");
    expect(guest.lines).toEqual(["stdout: \ufeffa\0b"]);
  });
});

describe("long lines", () => {
  test("come in pieces", () => {
    const guest = openGuest();
    print(guest, `${"x".repeat(2 * MAX_LINE_BYTES + 5)}\n`);
    expect(guest.lines.map((line) => line.length - "stdout: ".length)).toEqual([
      MAX_LINE_BYTES,
      MAX_LINE_BYTES,
      5,
    ]);
  });

  test("of exactly one piece are one line", () => {
    const guest = openGuest();
    print(guest, `${"x".repeat(MAX_LINE_BYTES)}\nnext\n`);
    expect(guest.lines).toEqual([`stdout: ${"x".repeat(MAX_LINE_BYTES)}`, "stdout: next"]);
  });

  test("may end with CR LF just there", () => {
    for (const length of [MAX_LINE_BYTES - 1, MAX_LINE_BYTES]) {
      const guest = openGuest();
      for (const part of ["x".repeat(length), "\r", "\n", "next\n"]) print(guest, part);
      expect(guest.lines).toEqual([`stdout: ${"x".repeat(length)}`, "stdout: next"]);
    }
  });

  test("may end in the middle of a character just there", () => {
    const guest = openGuest();
    print(guest, Uint8Array.from([...new Uint8Array(MAX_LINE_BYTES - 2).fill(0x78), 0xe4, 0xb8]));
    print(guest, "\nnext\n");
    expect(guest.lines).toEqual([
      `stdout: ${"x".repeat(MAX_LINE_BYTES - 2)}`,
      "stdout: \ufffd",
      "stdout: next",
    ]);
  });

  test("are not split within a character", () => {
    const guest = openGuest();
    const text = `a${"世".repeat(5000)}`;
    print(guest, `${text}\n`);
    expect(guest.lines.length).toBeGreaterThan(3);
    expect(guest.lines.map((line) => line.slice("stdout: ".length)).join("")).toBe(text);
  });
});

describe("what a write answers", () => {
  test("nothing written for no buffers", () => {
    const { wasi, memory, lines } = openGuest();
    memory.writeUint32(16, 99);
    expect(wasi.fd_write(1, 0, 0, 16)).toBe(SUCCESS);
    expect(memory.readUint32(16)).toBe(0);
    expect(lines).toEqual([]);
  });

  test("at most 64 KiB written at once, and the rest with the next", () => {
    const { wasi, memory, lines } = openGuest();
    memory.write(0, new Uint8Array(65_536).fill(0x61));
    writeIovecs(memory, 0, [
      [32, 60_000],
      [32, 60_000],
    ]);
    expect(wasi.fd_write(1, 0, 2, 16)).toBe(SUCCESS);
    expect(memory.readUint32(16)).toBe(MAX_WRITE_BYTES);
    expect(lines).toHaveLength(MAX_WRITE_BYTES / MAX_LINE_BYTES);
  });

  test("everything written, undecoded, once the log is full", () => {
    let decoded = 0;
    const guest = openGuest({ logBytesLeft: () => 0, writeLine: () => decoded++ });
    const { wasi, memory } = guest;
    writeIovecs(memory, 0, [
      [1000, 60_000],
      [1000, 60_000],
    ]);
    expect(wasi.fd_write(1, 0, 2, 16)).toBe(SUCCESS);
    expect(memory.readUint32(16)).toBe(120_000);
    guest.flush();
    expect(decoded).toBe(0);
  });

  test("the largest count there is for more than it can say", () => {
    const memory = openGuest().memory;
    expect(memory.grow(100)).toBe(true);
    const { wasi } = openGuest({ memory: () => memory, logBytesLeft: () => 0 });
    const all: [number, number][] = Array.from({ length: MAX_IOVECS }, () => [0, memory.byteLength]);
    writeIovecs(memory, 32, all);
    expect(wasi.fd_write(1, 32, MAX_IOVECS, 16)).toBe(SUCCESS);
    expect(memory.readUint32(16)).toBe(0x7fff_ffff);
  });

  test("EINVAL for more buffers than IOV_MAX, up to counts that wrap around", () => {
    const { wasi, lines } = openGuest();
    for (const count of [MAX_IOVECS + 1, 0x2000_0000, 0x2000_0001, 0x7fff_ffff, -1]) {
      expect(wasi.fd_write(1, 0, count, 16), `count ${count}`).toBe(INVAL);
      expect(wasi.fd_read(0, 0, count, 16), `count ${count}`).toBe(INVAL);
    }
    expect(wasi.fd_write(1, 0, MAX_IOVECS, 16)).toBe(SUCCESS);
    expect(lines).toEqual([]);
  });

  test("EFAULT, with nothing printed, when a later buffer or the count is out of memory", () => {
    const { wasi, memory, lines, flush } = openGuest();
    memory.write(1024, encoder.encode("text\n"));
    writeIovecs(memory, 0, [
      [1024, 5],
      [1024, 65_000],
    ]);
    expect(wasi.fd_write(1, 0, 2, 16)).toBe(FAULT);
    expect(wasi.fd_write(1, 0, 1, 65_533)).toBe(FAULT);
    writeIovecs(memory, 0, [
      [1024, 5],
      [-4, 8],
    ]);
    expect(wasi.fd_write(1, 0, 2, 16)).toBe(FAULT);
    flush();
    expect(lines).toEqual([]);
  });

  test("EBADF for stdin", () => {
    expect(openGuest().wasi.fd_write(0, 0, 0, 16)).toBe(BADF);
  });
});

describe("stdin", () => {
  test("is at its end", () => {
    const { wasi, memory } = openGuest();
    memory.write(1024, encoder.encode("kept"));
    writeIovecs(memory, 0, [[1024, 4]]);
    for (let attempt = 0; attempt < 3; attempt++) {
      memory.writeUint32(16, 99);
      expect(wasi.fd_read(0, 0, 1, 16)).toBe(SUCCESS);
      expect(memory.readUint32(16)).toBe(0);
    }
    expect(memory.read(1024, 4)).toEqual(encoder.encode("kept"));
  });

  test("is looked for in stdin only", () => {
    const { wasi } = openGuest();
    expect([1, 2, 3].map((fd) => wasi.fd_read(fd, 0, 0, 16))).toEqual([BADF, BADF, BADF]);
  });

  test("needs buffers in memory all the same", () => {
    const { wasi, memory } = openGuest();
    writeIovecs(memory, 0, [[65_000, 1000]]);
    expect(wasi.fd_read(0, 0, 1, 16)).toBe(FAULT);
  });
});
