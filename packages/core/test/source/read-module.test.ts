import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type GuardSource, readModule } from "../../src/source/read-module.js";
import { countingController } from "../support/counting-signal.js";
import { thenable } from "../support/thenable.js";
import { messageOf, thrownBy } from "../support/thrown-by.js";
import { expectNoUnhandledRejections } from "../support/unhandled-rejections.js";

expectNoUnhandledRejections();

const MAX = 100;
const bytes = Uint8Array.of(1, 2, 3, 4);
const never = new AbortController().signal;

function read(
  source: unknown,
  signal: AbortSignal = never,
  maxBytes = MAX,
): Promise<Uint8Array | WebAssembly.Module> {
  return readModule(source as GuardSource, { maxBytes, signal });
}

/** What a Response gives piece by piece, and whether it was cancelled. */
function streamed(chunks: Iterable<Uint8Array>, end: "close" | "error" | "hang" = "close") {
  const iterator = chunks[Symbol.iterator]();
  const state = { pulled: 0, cancelled: undefined as unknown };
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const next = iterator.next();
        state.pulled++;
        if (!next.done) controller.enqueue(next.value);
        else if (end === "close") controller.close();
        else if (end === "error") controller.error(new Error("connection reset"));
        else return new Promise<void>(() => undefined);
        return undefined;
      },
      cancel(reason) {
        state.cancelled = reason ?? "without reason";
      },
    },
    { highWaterMark: 0 },
  );
  return { body, state };
}

describe("bytes", () => {
  const shared = () => {
    const buffer = new SharedArrayBuffer(4);
    new Uint8Array(buffer).set(bytes);
    return buffer;
  };
  const inside = () => Uint8Array.of(9, 1, 2, 3, 4, 9).subarray(1, 5);
  const resizable = () => {
    const buffer = new (ArrayBuffer as never as new (size: number, options: object) => ArrayBuffer)(4, {
      maxByteLength: 8,
    });
    new Uint8Array(buffer).set(bytes);
    return buffer;
  };

  test.each<[what: string, source: () => ArrayBufferView | ArrayBuffer | SharedArrayBuffer]>([
    ["a Uint8Array", () => bytes.slice()],
    ["part of a larger buffer", inside],
    ["a Buffer", () => Buffer.from(bytes)],
    ["an ArrayBuffer", () => bytes.slice().buffer],
    ["a DataView", () => new DataView(inside().buffer, 1, 4)],
    ["a view of a SharedArrayBuffer", () => new Uint8Array(shared())],
    ["a SharedArrayBuffer", shared],
    ["a resizable ArrayBuffer", resizable],
    ["an empty array", () => new Uint8Array(0)],
  ])("of %s become a private copy", async (_what, make) => {
    const source = make();
    const view = ArrayBuffer.isView(source)
      ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
      : new Uint8Array(source);
    const expected = Uint8Array.from(view);
    const module = (await read(source)) as Uint8Array;
    view.fill(0xee);
    expect(module).toEqual(expected);
    expect(Object.getPrototypeOf(module)).toBe(Uint8Array.prototype);
    expect(module.buffer).toBeInstanceOf(ArrayBuffer);
    expect(module.buffer.byteLength).toBe(module.byteLength);
  });

  test("are copied before anything else can run, once they are there", async () => {
    const source = bytes.slice();
    const reading = read(source);
    await null;
    source.fill(0);
    expect(await reading).toEqual(bytes);
  });

  test("up to the limit, and not beyond", async () => {
    expect(await read(new Uint8Array(MAX))).toHaveLength(MAX);
    for (const source of [new Uint8Array(MAX + 1), new ArrayBuffer(MAX + 1), new Float64Array(13)]) {
      expect(await thrownBy(() => read(source))).toMatchObject({
        code: "INVALID_MODULE",
        message: expect.stringMatching(
          /^the module has 10[14] bytes or more, above the 100 that are read with this limits.maxModuleBytes$/,
        ),
      });
    }
  });

  test("that were given away are a TypeError", async () => {
    const source = bytes.slice();
    structuredClone(source, { transfer: [source.buffer] });
    const buffer = source.buffer;
    await expect(read(buffer)).rejects.toThrow(TypeError);
  });
});

describe("other sources", () => {
  test("a compiled module is passed on", async () => {
    const module = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
    expect(await read(module)).toBe(module);
  });

  test("a promise of any of them is waited for", async () => {
    expect(await read(Promise.resolve(bytes))).toEqual(bytes);
    expect(await read(thenable((resolve) => resolve(bytes)))).toEqual(bytes);
    const failure = new Error("no such guard");
    expect(await thrownBy(() => read(Promise.reject(failure)))).toBe(failure);
  });

  test.each([undefined, null, "guard.wasm", "file:///guard.wasm", 5, {}, [1, 2], () => bytes, new Blob([])])(
    "anything else is a TypeError: %o",
    async (source) => {
      await expect(read(source)).rejects.toThrow(TypeError);
      await expect(read(Promise.resolve(source))).rejects.toThrow(
        "a guard is loaded from bytes, a URL or a Response",
      );
    },
  );
});

describe("files", () => {
  const folder = mkdtempSync(join(tmpdir(), "guardhost-"));
  const file = (name: string, content?: Uint8Array): URL => {
    const path = join(folder, name);
    if (content !== undefined) writeFileSync(path, content);
    return pathToFileURL(path);
  };
  afterAll(() => rmSync(folder, { recursive: true }));

  test("are read", async () => {
    const module = (await read(file("good #1.wasm", bytes))) as Uint8Array;
    expect(module).toEqual(bytes);
    expect(Object.getPrototypeOf(module)).toBe(Uint8Array.prototype);
  });

  test("are read up to the limit, and not beyond", async () => {
    expect(await read(file("full", new Uint8Array(MAX)))).toHaveLength(MAX);
    expect(await thrownBy(() => read(file("large", new Uint8Array(MAX + 1))))).toMatchObject({
      code: "INVALID_MODULE",
      message: expect.stringContaining("the module has 101 bytes"),
    });
  });

  test("that are missing are named, and the cause is kept", async () => {
    const url = file("missing");
    expect(await thrownBy(() => read(url))).toMatchObject({
      code: "INVALID_MODULE",
      message: `the module could not be read from ${url.href}`,
      cause: { code: "ENOENT" },
    });
  });

  const notRegular = { code: "INVALID_MODULE", message: expect.stringContaining("is not a regular file") };

  test("are not folders", async () => {
    expect(await thrownBy(() => read(pathToFileURL(folder)))).toMatchObject(notRegular);
  });

  // Other systems have none of these paths, or know them by other names.
  describe.runIf(process.platform === "linux")("of Linux", () => {
    test("are not devices, which need not end", async () => {
      expect(await thrownBy(() => read(new URL("file:///dev/zero")))).toMatchObject(notRegular);
    });

    const pipe = join(folder, "pipe");
    const noPipe = spawnSync("mkfifo", [pipe]).status !== 0;

    test.skipIf(noPipe)("are not pipes, whose writer need not come (needs the command mkfifo)", async () => {
      expect(await thrownBy(() => read(file("pipe")))).toMatchObject(notRegular);
    });

    test("are not read beyond the limit where they do not tell their size", async () => {
      expect(await thrownBy(() => read(new URL("file:///proc/self/status")))).toMatchObject({
        code: "INVALID_MODULE",
        message: expect.stringContaining("above the 100"),
      });
    });
  });

  test("on another host are a GuardError", async () => {
    expect(await thrownBy(() => read(new URL("file://elsewhere/guard.wasm")))).toMatchObject({
      code: "INVALID_MODULE",
    });
  });
});

describe("a Response", () => {
  test("is read, in whatever pieces it comes", async () => {
    const { body } = streamed([Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3), Uint8Array.of(4)]);
    expect(await read(new Response(body))).toEqual(bytes);
    expect(await read(new Response(bytes))).toEqual(bytes);
    expect(await read(Promise.resolve(new Response(bytes)))).toEqual(bytes);
  });

  test("without a body is empty", async () => {
    expect(await read(new Response(null, { status: 204 }))).toHaveLength(0);
  });

  test("that is not ok is refused, and its body is let go of", async () => {
    const { body, state } = streamed([bytes]);
    expect(await thrownBy(() => read(new Response(body, { status: 404 })))).toMatchObject({
      code: "INVALID_MODULE",
      message: "the module could not be fetched: HTTP status 404",
    });
    expect(state.cancelled).toBe("without reason");
    expect(await thrownBy(() => read(Response.error()))).toMatchObject({ code: "INVALID_MODULE" });
  });

  test("is read up to the limit, and no further", async () => {
    expect(await read(new Response(new Uint8Array(MAX)))).toHaveLength(MAX);
    function* endless() {
      for (;;) yield new Uint8Array(30);
    }
    const { body, state } = streamed(endless());
    expect(await thrownBy(() => read(new Response(body)))).toMatchObject({
      code: "INVALID_MODULE",
      message: expect.stringContaining("the module has 120 bytes or more, above the 100"),
    });
    expect(state.pulled).toBe(4);
    expect(state.cancelled).toBe("without reason");
  });

  test("that breaks off is refused, with the cause", async () => {
    const { body } = streamed([bytes], "error");
    expect(await thrownBy(() => read(new Response(body)))).toMatchObject({
      code: "INVALID_MODULE",
      message: "the module's response broke off",
      cause: { message: "connection reset" },
    });
  });

  test("is cancelled when loading is given up, and no listener is left", async () => {
    const { signal, abort, listeners } = countingController();
    const { body, state } = streamed([bytes], "hang");
    const reading = read(new Response(body), signal);
    await new Promise((resolve) => setImmediate(resolve));
    abort("given up");
    expect(await thrownBy(() => reading)).toBe("given up");
    expect(state.cancelled).toBe("given up");
    expect(listeners()).toBe(0);
  });

  test("that arrives when loading has been given up is cancelled at once", async () => {
    const { body, state } = streamed([bytes], "hang");
    expect(await thrownBy(() => read(new Response(body), AbortSignal.abort("given up")))).toBe("given up");
    expect(state).toEqual({ pulled: 0, cancelled: "given up" });
  });

  test("leaves no listener behind when all goes well", async () => {
    const { signal, listeners } = countingController();
    await read(new Response(bytes), signal);
    expect(listeners()).toBe(0);
  });

  test("that was read before is a TypeError, not an empty module", async () => {
    const response = new Response(bytes);
    await response.arrayBuffer();
    const locked = new Response(bytes);
    locked.body?.getReader();
    for (const used of [response, locked]) {
      const error = await thrownBy(() => read(used));
      expect(error).toBeInstanceOf(TypeError);
      expect(error).toMatchObject({ message: "the Response was read before; load the guard from its bytes" });
    }
  });
});

describe("other URLs", () => {
  let server: Server;
  let base: string;
  const handlers: Record<string, RequestListener> = {
    "/good.wasm": (_request, response) => response.end(bytes),
    "/moved": (_request, response) => response.writeHead(302, { location: "/good.wasm" }).end(),
    "/missing": (_request, response) => response.writeHead(404).end("nothing here"),
    "/large": (_request, response) => response.end(new Uint8Array(MAX + 1)),
    // Promises more than it sends.
    "/broken": (_request, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write(bytes, () => response.destroy());
    },
    "/hanging": (_request, response) => {
      response.writeHead(200);
      response.write(bytes);
    },
    "/silent": () => undefined,
  };

  beforeAll(async () => {
    server = createServer((request, response) =>
      handlers[request.url?.split("?")[0] ?? ""]?.(request, response),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const url = (path: string) => new URL(path, base);

  test("are fetched, also where they moved to", async () => {
    expect(await read(url("/good.wasm"))).toEqual(bytes);
    expect(await read(url("/moved"))).toEqual(bytes);
  });

  test.each([
    ["/missing", "the module could not be fetched: HTTP status 404"],
    ["/large", "above the 100"],
    ["/broken", "the module's response broke off"],
  ])("%s: %s", async (path, message) => {
    expect(await thrownBy(() => read(url(path)))).toMatchObject({
      code: "INVALID_MODULE",
      message: expect.stringContaining(message),
    });
  });

  test.each(["/silent", "/hanging"])("%s ends with the signal's reason", async (path) => {
    const controller = new AbortController();
    const reading = read(url(path), controller.signal);
    await new Promise((resolve) => server.once("request", resolve));
    const reason = new Error("given up");
    controller.abort(reason);
    expect(await thrownBy(() => reading)).toBe(reason);
  });

  test("are named without what may be secret in them", async () => {
    const { port } = server.address() as AddressInfo;
    // Nothing listens on port 1.
    const message = await messageOf(() => read(new URL("http://127.0.0.1:1/guard.wasm?token=s3cr3t#s3cr3t")));
    expect(message).toBe("the module could not be fetched from http://127.0.0.1:1/guard.wasm");
    for (const secret of [
      `http://user:s3cr3t@127.0.0.1:${port}/good.wasm`,
      "unknown:s3cr3t",
      "data:s3cr3t",
    ]) {
      const error = (await thrownBy(() => read(new URL(secret)))) as Error;
      expect(error).toMatchObject({ code: "INVALID_MODULE" });
      expect(`${error.message} ${error.cause}`).not.toContain("s3cr3t");
    }
  });

  test("may hold the module themselves", async () => {
    expect(await read(new URL("data:application/wasm;base64,AQIDBA=="))).toEqual(bytes);
  });
});
