import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { boundedFetch } from "../../src/upstream/bounded-fetch.js";

const MIB = 1_048_576;

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A server that answers with these chunks. */
async function answering(type: string, chunks: readonly (string | Uint8Array)[]): Promise<string> {
  server = createServer(async (_, response) => {
    response.writeHead(201, "Made", { "content-type": type });
    for (const chunk of chunks) if (!response.write(chunk)) await once(response, "drain");
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const lengthOf = async (url: string) => (await (await boundedFetch(url)).arrayBuffer()).byteLength;
const repeated = <T>(times: number, value: T): T[] => Array.from({ length: times }, () => value);

test("an answer arrives as it is", async () => {
  const response = await boundedFetch(await answering("application/json", ["{}"]));
  expect([response.status, response.statusText]).toEqual([201, "Made"]);
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(await response.json()).toEqual({});
});

test("one message may be long, and no longer than over stdio", async () => {
  const mebibyte = new Uint8Array(MIB);
  expect(await lengthOf(await answering("application/json", repeated(9, mebibyte)))).toBe(9 * MIB);
  server?.close();
  await expect(lengthOf(await answering("application/json", repeated(20, mebibyte)))).rejects.toThrow(
    "more than",
  );
});

test.each([["\n\n"], ["\r\n\r\n"]])(
  "a stream of events is as long as it likes, with %j between them",
  async (end) => {
    const event = `data: ${"x".repeat(MIB)}${end}`;
    // Cut where it hurts.
    const chunks = repeated(12, [event.slice(0, 7), event.slice(7, -1), event.slice(-1)]).flat();
    expect(await lengthOf(await answering("text/event-stream", chunks))).toBe(12 * event.length);
  },
);

test.each([["data: "], [""], ["\r"], ["x\n"]])("an event of lines with %j may not", async (line) => {
  const block = line === "x\n" ? line.repeat(MIB / 2) : `${line}${"x".repeat(MIB)}\n`;
  const chunks = repeated(20, block);
  await expect(lengthOf(await answering("text/event-stream; charset=utf-8", chunks))).rejects.toThrow(
    "more than",
  );
});
