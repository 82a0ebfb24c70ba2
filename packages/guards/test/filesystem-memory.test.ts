import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  allowedDirectories,
  filesystemGuard,
  freshGuard,
  policy,
  response,
  secrecyOf,
  secret,
  textResult,
} from "./filesystem-guard.js";

const MIB = 1_048_576;

describe("alloc", () => {
  it("answers 0 when there is no memory, and goes on", () => {
    const guard = filesystemGuard(policy([secret("/data", "x")]));
    const pointers: number[] = [];
    for (let pointer = guard.exports.alloc(MIB); pointer !== 0; pointer = guard.exports.alloc(MIB))
      pointers.push(pointer);
    expect(pointers.length).toBeGreaterThan(28);
    expect(guard.pages).toBeLessThanOrEqual(512);
    for (const size of [MIB, 64 * MIB, 0x7fff_ffff, -1]) expect(guard.exports.alloc(size)).toBe(0);
    for (const pointer of pointers) guard.exports.dealloc(pointer, MIB);
    expect(secrecyOf(guard, "/data")).toEqual(["x"]);
    expect(guard.exports.alloc(24 * MIB)).not.toBe(0);
  });

  it("answers an address for 0 bytes", () => {
    const guard = freshGuard();
    const [first, second] = [guard.exports.alloc(0), guard.exports.alloc(0)];
    expect(first).not.toBe(0);
    expect(second).not.toBe(first);
  });

  it("hands out memory that nobody else has, and takes it back whole", () => {
    const step = fc.record({ size: fc.nat(100_000), victim: fc.nat() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const guard = freshGuard();
        const { alloc, dealloc, memory } = guard.exports;
        const held: { pointer: number; size: number; mark: number }[] = [];
        const drop = (index: number) => {
          const [block] = held.splice(index, 1);
          if (block === undefined) return;
          const bytes = new Uint8Array(memory.buffer, block.pointer, block.size);
          expect(bytes.every((byte) => byte === block.mark)).toBe(true);
          dealloc(block.pointer, block.size);
        };
        steps.forEach(({ size, victim }, index) => {
          const pointer = alloc(size);
          expect(pointer % 16).toBe(0);
          const mark = (index % 255) + 1;
          new Uint8Array(memory.buffer, pointer, size).fill(mark);
          held.push({ pointer, size, mark });
          if (victim % 2 === 0) drop(victim % held.length);
        });
        while (held.length > 0) drop(0);
        const pages = guard.pages;
        const free = pages * 65_536 - 200_000;
        if (free > 0) expect(alloc(free)).not.toBe(0);
        expect(guard.pages).toBe(pages);
      }),
    );
  });

  it("ignores what it never handed out, or has back already", () => {
    const guard = freshGuard();
    const kept = guard.exports.alloc(100);
    for (const pointer of [0, 1, kept + 1, kept + 16, kept - 16, 0x7fff_0000, -1])
      guard.exports.dealloc(pointer, 100);
    const other = guard.exports.alloc(100);
    guard.exports.dealloc(other, 100);
    guard.exports.dealloc(other, 100);
    expect(new Set([kept, guard.exports.alloc(100), guard.exports.alloc(100)]).size).toBe(3);
  });
});

describe("memory", () => {
  it("does not grow over 100,000 calls of every kind", () => {
    const document = policy([secret("hr", "hr"), secret("/data/x", "x")]);
    const guard = filesystemGuard(document, allowedDirectories("/data"));
    const listing = textResult("[DIR] hr\n[FILE] x\n[FILE] y");
    const tree = textResult('[{"name":"hr"},{"name":"y"}]');
    const inputs = [
      ["label_resource", { tool_name: "read_file", tool_args: { path: "hr/x" } }],
      ["label_resource", { tool_name: "read_file", tool_args: { path: "~" } }],
      ["label_resource", "nonsense"],
      ["label_response", { tool_name: "list_directory", tool_args: { path: "/data" }, tool_result: listing }],
      ["label_response", { tool_name: "directory_tree", tool_args: { path: "/data" }, tool_result: tree }],
      ["label_response", { tool_name: "search_files", tool_args: { path: "/data" }, tool_result: listing }],
      ["label_agent", document],
      ["label_agent", { filesystem: 1 }],
    ].map(([name, input]) => [
      name,
      new TextEncoder().encode(typeof input === "string" ? input : JSON.stringify(input)),
    ]);
    const round = () => {
      for (const [name, input] of inputs) guard.run(name as "label_agent", input, 4096);
    };
    for (let i = 0; i < 10; i++) round();
    const pages = guard.pages;
    for (let i = 0; i < 100_000 / inputs.length; i++) round();
    expect(guard.pages).toBe(pages);
  });

  it("holds the largest input, and the largest output after it", () => {
    const guard = filesystemGuard(policy([secret("/data/hr", "hr")]));
    const line = `[FILE] ${"x".repeat(200)}`;
    const text = Array.from({ length: 35_000 }, () => line).join("\n");
    const input = {
      tool_name: "list_directory",
      tool_args: { path: "/data" },
      tool_result: { content: [{ type: "text", text }] },
    };
    const first = guard.run("label_response", input, 4 * MIB);
    const needed = new DataView(first.output.buffer).getUint32(0, true);
    expect(first.code).toBe(-2);
    expect(needed).toBeGreaterThan(8 * MIB);
    expect(guard.run("label_response", input, needed).code).toBe(needed);
  });

  it("of a guard is back after an answer that took a lot", () => {
    const guard = filesystemGuard(policy([secret("/data/hr", "hr")]));
    const search = () =>
      response(guard, "search_files", { path: "/data" }, textResult("/data/x\n".repeat(400_000)));
    search();
    const pages = guard.pages;
    search();
    expect(guard.pages).toBe(pages);
  });
});

describe("an answer that does not fit", () => {
  const call = { tool_name: "read_file", tool_args: { path: "/data/hr/x" } };
  const guard = filesystemGuard(policy([secret("/data/hr", "hr")]));
  const { length } = guard.run("label_resource", call).output;

  it("is -2 with its size, whatever room there is for less", () => {
    for (let capacity = 4; capacity < length; capacity++) {
      const { code, output } = guard.run("label_resource", call, capacity);
      expect([code, new DataView(output.buffer).getUint32(0, true)]).toEqual([-2, length]);
    }
    expect(guard.run("label_resource", call, length).code).toBe(length);
  });

  it("is -2 alone where not even the size fits", () => {
    for (let capacity = 0; capacity < 4; capacity++)
      expect(guard.run("label_resource", call, capacity).code).toBe(-2);
  });

  it("writes nothing behind its buffer", () => {
    const { alloc, memory } = guard.exports;
    const bytes = new TextEncoder().encode(JSON.stringify(call));
    const input = alloc(bytes.length);
    const output = alloc(256);
    new Uint8Array(memory.buffer, input, bytes.length).set(bytes);
    const label = guard.exports as unknown as { label_resource(...args: number[]): number };
    for (const capacity of [0, 3, 4, length - 1, length]) {
      const area = new Uint8Array(memory.buffer, output, 256).fill(0xee);
      label.label_resource(input, bytes.length, output, capacity);
      expect([...area.subarray(capacity)].every((byte) => byte === 0xee)).toBe(true);
    }
  });

  it("asks the backend only once", () => {
    const relative = filesystemGuard(policy([secret("hr", "hr")]), allowedDirectories("/data"));
    expect(relative.run("label_resource", call, 8).code).toBe(-2);
    expect(relative.run("label_resource", call).code).toBeGreaterThan(0);
    expect(relative.backendCalls).toBe(1);
  });
});
