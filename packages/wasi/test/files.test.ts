import { describe, expect, test } from "vitest";
import { fileErrno as errno } from "../src/file-errno.js";
import { MAX_OPEN, MAX_WRITTEN_BYTES, NODE_BYTES } from "../src/limits.js";
import { setupOf } from "../src/wasi-options.js";
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

const files = {
  "/etc/rules.txt": "public\n",
  "etc/data.bin": new Uint8Array([0, 255, 10]),
  "/tmp/given": "abc",
};
const open = () => WasiGuest.open({ files, writable: ["/tmp"] });
const DIRECTORY = 3;
const FILE = 4;

describe("files that were given", () => {
  test("are there, as text and as bytes, with their sizes and without times", async () => {
    const guest = await open();
    expect(guest.readFile("etc/rules.txt")).toBe("public\n");
    expect(guest.readFile("/etc/data.bin")).toBe("\0\u00ff\n");
    expect(guest.stat("etc/rules.txt")).toEqual({ type: FILE, size: 7, rest: 0 });
    expect(guest.stat("etc")).toEqual({ type: DIRECTORY, size: 0, rest: 0 });
    expect(guest.with(guest.open("etc/data.bin"), (fd) => guest.fstat(fd))).toEqual({
      type: FILE,
      size: 3,
      rest: 0,
    });
    expect(guest.stat("etc/none")).toBe(-errno.NOENT);
  });

  test("are listed, also where the buffer is small, and relative to an open directory", async () => {
    const guest = await open();
    expect(guest.with(guest.open("/", OPEN_DIRECTORY), (fd) => guest.list(fd))).toEqual(["etc", "tmp"]);
    guest.with(guest.open("etc", OPEN_DIRECTORY), (fd) => {
      expect(guest.list(fd)).toEqual(["rules.txt", "data.bin"].sort());
      expect(guest.list(fd, 70)).toEqual(["rules.txt", "data.bin"].sort());
      expect(guest.open("rules.txt", 0, READ_RIGHTS, 0, fd)).toBeGreaterThan(3);
    });
  });

  test.each([300, 4096, 65_536])(
    "are listed to the last where there are many, with a buffer of %i bytes",
    async (capacity) => {
      const names = Array.from({ length: 2000 }, (_, i) => `${"name".repeat(20)}${i}`).sort();
      const guest = await WasiGuest.open({ writable: names.map((name) => `/d/${name}`) });
      guest.with(guest.open("d", OPEN_DIRECTORY), (fd) => {
        expect((guest.list(fd, capacity) as string[]).sort()).toEqual(names);
        expect(guest.list(fd, 65_537)).toBe(-errno.INVAL);
      });
    },
  );

  test("are read piece by piece, from anywhere, and by two descriptors that know nothing of each other", async () => {
    const guest = await open();
    const [one, other] = [guest.open("etc/rules.txt"), guest.open("etc/rules.txt")];
    expect([guest.read(one, 3), guest.read(one, 3), guest.read(other, 2)]).toEqual(["pub", "lic", "pu"]);
    expect([guest.read(one, 9, 2), guest.read(one, 9), guest.read(one, 9)]).toEqual(["blic\n", "\n", ""]);
    guest.call("fd_close", one);
    expect(guest.read(other, 9)).toBe("blic\n");
    expect([guest.seek(other, -2, 2), guest.read(other, 9)]).toEqual([5, "c\n"]);
    expect(guest.seek(other, -8, 2)).toBe(-errno.INVAL);
    expect(guest.read(other, 5, 2 ** 40)).toBe("");
  });

  test.each([
    ["opened to be written", (guest: WasiGuest) => guest.open("etc/rules.txt", 0, ALL_RIGHTS)],
    ["truncated", (guest: WasiGuest) => guest.open("etc/rules.txt", TRUNCATE)],
    ["removed", (guest: WasiGuest) => -guest.atPath("path_unlink_file", "etc/rules.txt")],
    ["moved away", (guest: WasiGuest) => -guest.rename("etc/rules.txt", "tmp/rules.txt")],
    ["moved over", (guest: WasiGuest) => -guest.rename("tmp/given", "etc/rules.txt")],
    ["joined by others", (guest: WasiGuest) => guest.open("etc/more", CREATE, ALL_RIGHTS)],
    ["joined by directories", (guest: WasiGuest) => -guest.atPath("path_create_directory", "etc/more")],
    ["removed with their directory", (guest: WasiGuest) => -guest.atPath("path_remove_directory", "etc")],
  ])("are not %s, unless that is asked for", async (_title, change) => {
    const guest = await open();
    expect(change(guest)).toBe(-errno.ROFS);
    expect(guest.readFile("etc/rules.txt")).toBe("public\n");
  });

  test("are not changed through descriptors that were opened to be read", async () => {
    const guest = await open();
    const fd = guest.open("tmp/given");
    expect([guest.write(fd, "x"), guest.write(fd, "x", 0)]).toEqual([-errno.BADF, -errno.BADF]);
    expect(guest.call("fd_filestat_set_size", fd, 0n)).toBe(errno.BADF);
    expect(guest.readFile("tmp/given")).toBe("abc");
  });

  test("are the instance's own, whatever happens to another's or to what was given", async () => {
    const bytes = new TextEncoder().encode("given");
    const options = { files: { "/tmp/f": bytes }, writable: ["/tmp"] };
    const [one, other] = [await WasiGuest.open(options), await WasiGuest.open(options)];
    expect(one.writeFile("tmp/f", "one's")).toBe(5);
    expect(one.writeFile("tmp/new", "one's")).toBe(5);
    expect([other.readFile("tmp/f"), other.readFile("tmp/new")]).toEqual(["given", -errno.NOENT]);
    expect(new TextDecoder().decode(bytes)).toBe("given");
  });

  test.each([
    ["a Uint8Array", new TextEncoder().encode("given")],
    // Whose slice is no copy.
    ["a Buffer", Buffer.from("given")],
  ])("stay as they were when the engine was made, as %s too", async (_title, bytes) => {
    const setup = setupOf({ files: { "/f": bytes } });
    bytes.fill(0);
    const content = setup.tree?.files.get("f");
    expect(new TextDecoder().decode(content)).toBe("given");
    // Worker threads would be sent a copy for each instance of another buffer, and the whole of it.
    expect(content?.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(content?.buffer.byteLength).toBe(5);
  });
});

describe("what is writable", () => {
  test("is written, overwritten in the middle, filled up with zeros, appended to, and cut off", async () => {
    const guest = await open();
    const fd = guest.open("tmp/new", CREATE, ALL_RIGHTS);
    expect([guest.write(fd, "hello world"), guest.write(fd, "J", 0), guest.write(fd, "..", 4)]).toEqual([
      11, 1, 2,
    ]);
    expect(guest.read(fd, 99, 0)).toBe("Jell..world");
    expect(guest.write(fd, "!", 13)).toBe(1);
    expect(guest.read(fd, 99, 11)).toBe("\0\0!");
    expect(guest.with(guest.open("tmp/new", 0, ALL_RIGHTS, APPEND), (end) => guest.write(end, "?"))).toBe(1);
    expect(guest.read(fd, 99, 11)).toBe("\0\0!?");
    expect(guest.call("fd_filestat_set_size", fd, 2n)).toBe(0);
    expect(guest.read(fd, 99, 0)).toBe("Je");
    expect(guest.writeFile("tmp/new", "x")).toBe(1);
    expect(guest.readFile("tmp/new")).toBe("x");
  });

  test("is no more than what was named, whatever begins like it", async () => {
    const guest = await WasiGuest.open({ files: { "/tmpfile": "f", "/tmp2/f": "f" }, writable: ["/tmp"] });
    for (const path of ["tmpfile", "tmp2/f"]) expect(guest.open(path, 0, ALL_RIGHTS)).toBe(-errno.ROFS);
    expect(guest.open("tmp2/new", CREATE, ALL_RIGHTS)).toBe(-errno.ROFS);
  });

  test("a file alone can be written, and not removed", async () => {
    const guest = await WasiGuest.open({ files: { "/a/f": "f", "/a/g": "g" }, writable: ["/a/f"] });
    expect(guest.writeFile("a/f", "new")).toBe(3);
    expect(guest.open("a/g", 0, ALL_RIGHTS)).toBe(-errno.ROFS);
    expect(guest.atPath("path_unlink_file", "a/f")).toBe(errno.ROFS);
  });

  test("has directories that are made and removed, and files that are moved", async () => {
    const guest = await open();
    expect(guest.atPath("path_create_directory", "tmp/d")).toBe(0);
    expect(guest.atPath("path_create_directory", "tmp/d")).toBe(errno.EXIST);
    expect(guest.atPath("path_create_directory", "tmp/no/d")).toBe(errno.NOENT);
    expect(guest.rename("tmp/given", "tmp/d/moved")).toBe(0);
    expect(guest.atPath("path_remove_directory", "tmp/d")).toBe(errno.NOTEMPTY);
    expect([guest.readFile("tmp/given"), guest.readFile("tmp/d/moved")]).toEqual([-errno.NOENT, "abc"]);
    expect(guest.writeFile("tmp/over", "old")).toBe(3);
    expect([guest.rename("tmp/d/moved", "tmp/over"), guest.readFile("tmp/over")]).toEqual([0, "abc"]);
    expect(guest.rename("tmp/d", "tmp/e")).toBe(errno.NOTSUP);
    expect([guest.atPath("path_remove_directory", "tmp/d"), guest.stat("tmp/d")]).toEqual([0, -errno.NOENT]);
    expect(guest.open("tmp/over/f", CREATE, ALL_RIGHTS)).toBeLessThan(0);
    expect(guest.open("tmp/over", CREATE | EXCLUSIVE, ALL_RIGHTS)).toBe(-errno.EXIST);
    expect(guest.open("tmp", 0, ALL_RIGHTS)).toBe(-errno.ISDIR);
    expect(guest.open("tmp/over", OPEN_DIRECTORY)).toBe(-errno.NOTDIR);
  });

  test("stays where it is while it is open: the shim panics when what is gone is read", async () => {
    const guest = await open();
    const fd = guest.open("tmp/given");
    expect(guest.atPath("path_unlink_file", "tmp/given")).toBe(errno.BUSY);
    expect(guest.rename("tmp/given", "tmp/moved")).toBe(errno.BUSY);
    expect(guest.writeFile("tmp/other", "x")).toBe(1);
    expect(guest.rename("tmp/other", "tmp/given")).toBe(errno.BUSY);
    expect(guest.read(fd, 9)).toBe("abc");
    guest.call("fd_close", fd);
    expect(guest.atPath("path_unlink_file", "tmp/given")).toBe(0);
  });

  test("ends at its budget, which is given back for what is removed", async () => {
    const guest = await WasiGuest.open({ writable: ["/"] });
    const fd = guest.open("f", CREATE, ALL_RIGHTS);
    const piece = new Uint8Array(65_536);
    const fill = () => {
      let written = 0;
      for (let answer = 0; answer >= 0; written += Math.max(0, answer)) answer = guest.write(fd, piece);
      return written;
    };
    const first = fill();
    expect(first).toBeGreaterThan(MAX_WRITTEN_BYTES - 2 * piece.length);
    expect(first).toBeLessThanOrEqual(MAX_WRITTEN_BYTES - NODE_BYTES);
    expect(guest.write(fd, "x", MAX_WRITTEN_BYTES)).toBe(-errno.NOSPC);
    expect(guest.write(fd, "x", 2 ** 52)).toBe(-errno.NOSPC);
    expect(guest.call("fd_filestat_set_size", fd, 2n ** 63n)).toBe(errno.NOSPC);
    expect(guest.call("fd_filestat_set_size", fd, 0n)).toBe(0);
    guest.seek(fd, 0, 0);
    expect(fill()).toBe(first);
    guest.call("fd_close", fd);
    expect(guest.atPath("path_unlink_file", "f")).toBe(0);
    expect(guest.writeFile("g", "x")).toBe(1);
    let made = 0;
    while (guest.atPath("path_create_directory", `d${made}`) === 0) made++;
    // Nodes of 5 bytes of a name, where there is room for one with "g" and what it holds already.
    expect(made).toBeGreaterThan(MAX_WRITTEN_BYTES / (NODE_BYTES + 5) - 2);
    expect(made).toBeLessThan(MAX_WRITTEN_BYTES / NODE_BYTES);
  });
});

describe("memory that the shim keeps", () => {
  const most = MAX_WRITTEN_BYTES - 4 * NODE_BYTES;
  const fill = (guest: WasiGuest, path: string) =>
    guest.with(guest.open(path, CREATE, ALL_RIGHTS), (fd) => {
      const error = guest.call("fd_filestat_set_size", fd, BigInt(most));
      return error === 0 ? guest.call("fd_filestat_set_size", fd, 0n) : -error;
    });

  test("of a file that was cut off counts until it is removed", async () => {
    const guest = await WasiGuest.open({ writable: ["/"] });
    expect(fill(guest, "one")).toBe(0);
    expect(guest.stat("one")).toMatchObject({ size: 0 });
    expect(fill(guest, "other")).toBe(-errno.NOSPC);
    expect(guest.open("one", TRUNCATE, ALL_RIGHTS)).toBe(4);
    expect(guest.call("fd_close", 4)).toBe(0);
    expect(fill(guest, "other")).toBe(-errno.NOSPC);
    expect(fill(guest, "one")).toBe(0);
    expect(guest.rename("one", "moved")).toBe(0);
    expect(fill(guest, "other")).toBe(-errno.NOSPC);
    expect(guest.atPath("path_unlink_file", "moved")).toBe(0);
    expect(fill(guest, "other")).toBe(0);
  });

  test("of what was given and is removed makes no room for more than was taken for it", async () => {
    const guest = await WasiGuest.open({ files: { "/d/f": "x".repeat(1000) }, writable: ["/", "/e"] });
    const bytes = MAX_WRITTEN_BYTES - NODE_BYTES - "f".length;
    const resize = (size: number) =>
      guest.with(guest.open("f", CREATE, ALL_RIGHTS), (fd) =>
        guest.call("fd_filestat_set_size", fd, BigInt(size)),
      );
    const given = NODE_BYTES + "d/f".length + 1000;
    expect([resize(bytes - given + 1), resize(bytes - given)]).toEqual([errno.NOSPC, 0]);
    expect(guest.atPath("path_unlink_file", "d/f")).toBe(0);
    expect(guest.atPath("path_remove_directory", "d")).toBe(0);
    expect(guest.atPath("path_remove_directory", "e")).toBe(0);
    expect([resize(bytes + 1), resize(bytes)]).toEqual([errno.NOSPC, 0]);
  });

  test("of names counts, wherever they lead to", async () => {
    const guest = await WasiGuest.open({ writable: ["/"] });
    const names = Array.from({ length: 15 }, () => "d".repeat(250));
    for (let depth = 1; depth <= names.length; depth++) {
      expect(guest.atPath("path_create_directory", names.slice(0, depth).join("/"))).toBe(0);
    }
    let made = 0;
    while (guest.atPath("path_create_directory", `${names.join("/")}/${made}`) === 0) made++;
    expect(made).toBeLessThan(MAX_WRITTEN_BYTES / (NODE_BYTES + names.join("/").length));
    expect(made).toBeGreaterThan(900);
  });
});

describe("paths", () => {
  test.each(["..", "../x", "/..", "etc/../../etc/rules.txt", "/../../etc/passwd"])(
    "%s leads nowhere",
    async (path) => {
      const guest = await open();
      expect(guest.open(path)).toBe(-errno.NOTCAPABLE);
      expect(guest.open(path, CREATE, ALL_RIGHTS)).toBe(-errno.NOTCAPABLE);
      expect(guest.stat(path)).toBe(-errno.NOTCAPABLE);
      expect(guest.rename("tmp/given", path)).toBe(errno.NOTCAPABLE);
      const etc = guest.open("etc", OPEN_DIRECTORY);
      expect(guest.open("../../x", 0, READ_RIGHTS, 0, etc)).toBe(-errno.NOTCAPABLE);
    },
  );

  test.each([
    ["/etc/passwd", errno.NOENT],
    ["/proc/self/environ", errno.NOENT],
    ["", errno.NOENT],
    ["a\0b", errno.INVAL],
    ["x".repeat(256), errno.NAMETOOLONG],
    ["x/".repeat(65), errno.NAMETOOLONG],
    ["x".repeat(5000), errno.NAMETOOLONG],
    [new Uint8Array([0x61, 0xff]), errno.ILSEQ],
  ])("%j is refused", async (path, error) => {
    const guest = await open();
    expect(guest.open(path)).toBe(-error);
  });

  test("wind without leaving the root", async () => {
    const guest = await open();
    expect(guest.readFile("./tmp/..//etc/./rules.txt")).toBe("public\n");
    expect(guest.open("tmp/../etc/rules.txt", 0, ALL_RIGHTS)).toBe(-errno.ROFS);
    expect(guest.writeFile("etc/../tmp/x", "x")).toBe(1);
  });

  test("are never links", async () => {
    const guest = await open();
    expect(guest.call("path_symlink", 0, 3, 3, 16, 3)).toBe(errno.BADF);
    expect(guest.call("path_link", 3, 0, 0, 3, 3, 16, 3)).toBe(errno.NOTSUP);
  });
});

describe("descriptors", () => {
  test("are a root that is open from the beginning, and no other", async () => {
    const guest = await open();
    expect([
      guest.call("fd_prestat_get", 3, 64),
      guest.memory.readUint32(64),
      guest.memory.readUint32(68),
    ]).toEqual([0, 0, 1]);
    expect([guest.call("fd_prestat_dir_name", 3, 128, 1), guest.memory.read(128, 1)[0]]).toEqual([0, 0x2f]);
    expect(guest.call("fd_prestat_dir_name", 3, 128, 0)).toBe(errno.NAMETOOLONG);
    expect(guest.call("fd_prestat_get", 4, 64)).toBe(errno.BADF);
    expect([guest.call("fd_close", 3), guest.call("fd_prestat_get", 3, 64), guest.open("etc")]).toEqual([
      0,
      errno.BADF,
      -errno.BADF,
    ]);
  });

  test("are the lowest that are free, and not many at a time", async () => {
    const guest = await open();
    expect([guest.open("etc"), guest.open("etc"), guest.call("fd_close", 4), guest.open("etc")]).toEqual([
      4, 5, 0, 4,
    ]);
    for (let fd = 6; fd < MAX_OPEN + 3; fd++) expect(guest.open("etc/rules.txt")).toBe(fd);
    expect(guest.open("etc/rules.txt")).toBe(-errno.MFILE);
  });

  test("that take the root's place are no root", async () => {
    const guest = await open();
    expect([guest.open("etc/rules.txt"), guest.call("fd_renumber", 4, 3)]).toEqual([4, 0]);
    expect(guest.read(3, 6)).toBe("public");
    expect(guest.call("fd_prestat_get", 3, 64)).toBe(errno.BADF);
    expect(guest.call("fd_prestat_dir_name", 3, 128, 1)).toBe(errno.BADF);
  });

  test("are always ready, where they are open", async () => {
    const guest = await open();
    const fd = guest.open("etc/rules.txt");
    const poll = (target: number, type: number) => {
      guest.memory.write(1024, new Uint8Array(48));
      guest.memory.write(1032, new Uint8Array([type]));
      guest.memory.writeUint32(1040, target);
      expect(guest.call("poll_oneoff", 1024, 2048, 1, 3072)).toBe(0);
      const [error, ofType, bytes] = [8, 10, 16].map((at) => guest.memory.read(2048 + at, 1)[0]);
      return { error, ofType, bytes };
    };
    for (const type of [1, 2]) {
      expect(poll(fd, type)).toMatchObject({ error: 0, ofType: type });
      expect(poll(99, type)).toMatchObject({ error: errno.BADF });
    }
  });

  test("take each other's place, but never a standard stream's", async () => {
    const guest = await open();
    const [one, other] = [guest.open("etc/rules.txt"), guest.open("etc/data.bin")];
    expect([guest.call("fd_renumber", one, other), guest.read(other, 3), guest.read(one, 1)]).toEqual([
      0,
      "pub",
      -errno.BADF,
    ]);
    expect(guest.call("fd_renumber", other, 1)).toBe(errno.NOTSUP);
    expect(guest.call("fd_renumber", 1, other)).toBe(errno.NOTSUP);
    expect([guest.call("fd_close", 1), guest.open("etc")]).toEqual([0, one]);
    expect(guest.write(1, "x")).toBe(-errno.BADF);
    expect(guest.call("fd_renumber", 99, other)).toBe(errno.BADF);
  });

  test.each([0x7fff_ffff, -1, -2_147_483_648, 100])("%i is none", async (fd) => {
    const guest = await open();
    expect([guest.read(fd, 1), guest.write(fd, "x"), guest.fstat(fd), guest.list(fd)]).toEqual(
      Array(4).fill(-errno.BADF),
    );
    expect([guest.call("fd_close", fd), guest.open("etc", 0, READ_RIGHTS, 0, fd)]).toEqual([
      errno.BADF,
      -errno.BADF,
    ]);
  });
});

test("pointers out of memory are EFAULT, and nothing has happened", async () => {
  const guest = await open();
  const fd = guest.open("tmp/given", 0, ALL_RIGHTS);
  const beyond = guest.memory.byteLength - 2;
  expect(guest.call("fd_read", fd, beyond, 1, 0)).toBe(errno.FAULT);
  expect(guest.call("fd_read", fd, 0, 0, beyond)).toBe(errno.FAULT);
  guest.memory.writeUint32(0, beyond);
  guest.memory.writeUint32(4, 9);
  expect(guest.call("fd_write", fd, 0, 1, 64)).toBe(errno.FAULT);
  expect(guest.call("path_open", 3, 0, beyond, 9, 0, ALL_RIGHTS, ALL_RIGHTS, 0, 64)).toBe(errno.FAULT);
  expect(guest.call("path_open", 3, 0, 0, 1, 0, ALL_RIGHTS, ALL_RIGHTS, 0, beyond)).toBe(errno.FAULT);
  expect(guest.call("fd_readdir", 3, beyond, 9, 0n, 64)).toBe(errno.FAULT);
  expect(guest.call("fd_filestat_get", fd, beyond)).toBe(errno.FAULT);
  expect(guest.call("fd_write", fd, 0, 1025, 64)).toBe(errno.INVAL);
  expect(guest.readFile("tmp/given")).toBe("abc");
});
