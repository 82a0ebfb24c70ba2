import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AllocatedBuffers, DirectBuffers } from "../../src/exchange/buffers.js";
import { GuestMemory } from "../../src/memory/guest-memory.js";

const PAGE = 65_536;

describe("AllocatedBuffers", () => {
  /** Buffers of a guest whose `alloc` answers with `answers`, one after the other. */
  function allocated(answers: (number | Error)[], dealloc?: () => void) {
    const log: string[] = [];
    const memory = new WebAssembly.Memory({ initial: 1 });
    const buffers = new AllocatedBuffers(
      new GuestMemory(memory),
      (size) => {
        log.push(`alloc ${size}`);
        const answer = answers.shift();
        if (answer instanceof Error) throw answer;
        return answer as number;
      },
      (pointer, size) => {
        log.push(`dealloc ${pointer} ${size}`);
        dealloc?.();
      },
    );
    return { buffers, memory, log };
  }

  test("allocates the input first, and frees in the opposite order with the sizes that were asked for", () => {
    const { buffers, log } = allocated([100, 200]);
    const taken = buffers.acquire(10, 20);
    expect(taken).toEqual({ input: 100, output: 200 });
    buffers.release(taken, 10, 20);
    expect(log).toEqual(["alloc 10", "alloc 20", "dealloc 200 20", "dealloc 100 10"]);
  });

  test("neither allocates nor frees an empty input", () => {
    const { buffers, log } = allocated([200]);
    const taken = buffers.acquire(0, 20);
    expect(taken).toEqual({ input: 0, output: 200 });
    buffers.release(taken, 0, 20);
    expect(log).toEqual(["alloc 20", "dealloc 200 20"]);
  });

  test("takes pointers as unsigned", () => {
    const memory = new WebAssembly.Memory({ initial: 65_536 });
    const buffers = new AllocatedBuffers(
      new GuestMemory(memory),
      (size) => (size === 1 ? -1 : -2_147_483_648),
      () => undefined,
    );
    expect(buffers.acquire(1, 4)).toEqual({ input: 0xffff_ffff, output: 0x8000_0000 });
  });

  test("takes memory that alloc has only just added", () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const grow = () => memory.grow(1) * PAGE;
    const buffers = new AllocatedBuffers(new GuestMemory(memory), grow, () => undefined);
    expect(buffers.acquire(PAGE, PAGE)).toEqual({ input: PAGE, output: 2 * PAGE });
  });

  test.each<[what: string, answers: (number | Error)[], error: object, log: string[]]>([
    ["no memory for the input", [0], { code: "OUT_OF_MEMORY", lost: false }, ["alloc 10"]],
    [
      "no memory for the output: the input is freed",
      [100, 0],
      { code: "OUT_OF_MEMORY", lost: false },
      ["alloc 10", "alloc 20", "dealloc 100 10"],
    ],
    ["an input beyond the end", [PAGE - 9], { code: "PROTOCOL", lost: true }, ["alloc 10"]],
    ["an input at the end of 32 bits", [-5], { code: "PROTOCOL", lost: true }, ["alloc 10"]],
    [
      "an output beyond the end",
      [100, PAGE - 19],
      { code: "PROTOCOL", lost: true },
      ["alloc 10", "alloc 20"],
    ],
    ["the same memory twice", [100, 100], { code: "PROTOCOL", lost: true }, ["alloc 10", "alloc 20"]],
    [
      "an output that begins inside the input",
      [100, 109],
      { code: "PROTOCOL", lost: true },
      ["alloc 10", "alloc 20"],
    ],
    [
      "an output that ends inside the input",
      [100, 81],
      { code: "PROTOCOL", lost: true },
      ["alloc 10", "alloc 20"],
    ],
    ["an output around the input", [105, 100], { code: "PROTOCOL", lost: true }, ["alloc 10", "alloc 20"]],
    ["a trap", [new WebAssembly.RuntimeError("unreachable")], { code: "TRAPPED", lost: true }, ["alloc 10"]],
    [
      "a trap for the output: nothing is freed in a guest that was unwound",
      [100, new RangeError("Maximum call stack size exceeded")],
      { code: "TRAPPED", lost: true },
      ["alloc 10", "alloc 20"],
    ],
  ])("answers with an error to %s", (_what, answers, error, log) => {
    const made = allocated(answers);
    expect(() => made.buffers.acquire(10, 20)).toThrow(expect.objectContaining(error));
    expect(made.log).toEqual(log);
  });

  test.each([
    ["right below", 80],
    ["right above", 110],
  ])("accepts an output %s the input", (_where, output) => {
    const { buffers } = allocated([100, output]);
    expect(buffers.acquire(10, 20)).toEqual({ input: 100, output });
  });

  test("accepts buffers that fill the memory", () => {
    const { buffers } = allocated([PAGE - 10, 8]);
    expect(buffers.acquire(10, PAGE - 18)).toEqual({ input: PAGE - 10, output: 8 });
  });

  test("frees nothing more once a dealloc has trapped", () => {
    const cause = new WebAssembly.RuntimeError("unreachable");
    const { buffers, log } = allocated([100, 200], () => {
      throw cause;
    });
    const taken = buffers.acquire(10, 20);
    expect(() => buffers.release(taken, 10, 20)).toThrow(
      expect.objectContaining({
        code: "TRAPPED",
        lost: true,
        cause,
        message: expect.stringContaining("in dealloc"),
      }),
    );
    expect(log).toEqual(["alloc 10", "alloc 20", "dealloc 200 20"]);
  });

  test("names the function and the size in its errors", () => {
    expect(() => allocated([0]).buffers.acquire(10, 20)).toThrow(
      "the guard's alloc has no memory for an input buffer of 10 bytes",
    );
    expect(() => allocated([70_000]).buffers.acquire(10, 20)).toThrow(
      "the guard's alloc gave 70000 for 10 bytes of input, beyond the end of its memory",
    );
    expect(() => allocated([8, 9]).buffers.acquire(10, 20)).toThrow("overlapping memory at 8 and 9");
  });
});

describe("DirectBuffers", () => {
  function direct(pages: number, maxPages: number, memoryMaxPages = maxPages) {
    const memory = new WebAssembly.Memory({ initial: pages, maximum: memoryMaxPages });
    return { memory, buffers: new DirectBuffers(new GuestMemory(memory), maxPages) };
  }

  test("adds whole pages above everything that is there (W29)", () => {
    const { memory, buffers } = direct(3, 10);
    expect(buffers.acquire(10, 100)).toEqual({ input: 3 * PAGE, output: 3 * PAGE + 16 });
    expect(memory.buffer.byteLength).toBe(4 * PAGE);
  });

  test("keeps the region for later calls that fit, whatever their sizes", () => {
    const { memory, buffers } = direct(1, 10);
    buffers.acquire(10, 100);
    buffers.release();
    expect(buffers.acquire(PAGE - 8, 8)).toEqual({ input: PAGE, output: 2 * PAGE - 8 });
    expect(buffers.acquire(0, PAGE)).toEqual({ input: PAGE, output: PAGE });
    expect(memory.buffer.byteLength).toBe(2 * PAGE);
  });

  test("leaves a region that has become too small, and adds one above what the guest has added meanwhile", () => {
    const { memory, buffers } = direct(1, 10);
    buffers.acquire(10, 100);
    memory.grow(1);
    expect(buffers.acquire(10, 2 * PAGE)).toEqual({ input: 3 * PAGE, output: 3 * PAGE + 16 });
    expect(memory.buffer.byteLength).toBe(6 * PAGE);
  });

  test.each([
    ["of the limits", direct(8, 10, 20)],
    ["of the module", direct(8, 20, 10)],
  ])("stops at the maximum %s, and changes nothing then", (_whose, { memory, buffers }) => {
    expect(() => buffers.acquire(2 * PAGE, 8)).toThrow(
      expect.objectContaining({
        code: "OUT_OF_MEMORY",
        lost: false,
        message: expect.stringContaining("memory of 8 pages cannot grow by 3"),
      }),
    );
    expect(memory.buffer.byteLength).toBe(8 * PAGE);
    // A smaller call is served.
    expect(buffers.acquire(PAGE, PAGE)).toEqual({ input: 8 * PAGE, output: 9 * PAGE });
  });

  test("never gives away memory of the guest, whatever both of them do", () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant("call" as const),
        input: fc.nat(3 * PAGE),
        output: fc.integer({ min: 4, max: 3 * PAGE }),
      }),
      fc.record({ kind: fc.constant("guest grows" as const), pages: fc.nat(3) }),
    );
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 20, size: "max" }),
        fc.integer({ min: 1, max: 5 }),
        (steps, pages) => {
          const { memory, buffers } = direct(pages, 30);
          const guestOwned: [start: number, end: number][] = [[0, pages * PAGE]];
          for (const step of steps) {
            const size = memory.buffer.byteLength;
            if (step.kind === "guest grows") {
              try {
                memory.grow(step.pages);
                guestOwned.push([size, size + step.pages * PAGE]);
              } catch {
                // The maximum is reached.
              }
              continue;
            }
            let taken: { input: number; output: number };
            try {
              taken = buffers.acquire(step.input, step.output);
            } catch (error) {
              expect(error).toMatchObject({ code: "OUT_OF_MEMORY" });
              expect(memory.buffer.byteLength).toBe(size);
              continue;
            }
            const end = taken.output + step.output;
            expect(taken.output).toBeGreaterThanOrEqual(taken.input + step.input);
            expect(taken.output % 8).toBe(0);
            expect(end).toBeLessThanOrEqual(memory.buffer.byteLength);
            expect(memory.buffer.byteLength).toBeLessThanOrEqual(30 * PAGE);
            for (const [from, to] of guestOwned) expect(taken.input >= to || end <= from).toBe(true);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
