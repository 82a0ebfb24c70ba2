import { describe, expect, test } from "vitest";
import type { GuardLimits } from "../../src/engine.js";
import { AllocatedBuffers } from "../../src/exchange/buffers.js";
import { exchange } from "../../src/exchange/exchange.js";
import { resolveLimits } from "../../src/limits.js";
import { copyBytes } from "../../src/memory/byte-pool.js";
import { GuestMemory } from "../../src/memory/guest-memory.js";
import { bytesOf, textOf } from "../support/bytes.js";
import { FakeGuest, type FakeGuestOptions, type FakeLabel } from "../support/fake-guest.js";
import { thrownBy } from "../support/thrown-by.js";

const MIB = 1_048_576;
const small: Partial<GuardLimits> = { initialOutputBytes: 64, maxOutputBytes: 512, maxAttempts: 3 };

/** Runs label_resource once in a guest that does `label`. */
function run(
  label: FakeLabel,
  limits: Partial<GuardLimits> = small,
  options: FakeGuestOptions = {},
  input = "in",
  beforeAttempt: (attempt: number) => void = () => undefined,
) {
  let attempts = 0;
  const guest = new FakeGuest({ ...options, label });
  const memory = new GuestMemory(guest.memory);
  const { alloc, dealloc } = guest.exports as Record<string, never>;
  const buffers = new AllocatedBuffers(memory, alloc as never, dealloc as never);
  const exchanged = () =>
    exchange(
      { memory, buffers, functions: guest.exports as never, copyAnswer: copyBytes },
      {
        operation: "label_resource",
        input: bytesOf(input),
        limits: resolveLimits(limits),
        beforeAttempt: () => beforeAttempt(++attempts),
      },
    );
  // In a function of its own, so that what is thrown rejects as well.
  const answer = (async () => exchanged())();
  return { guest, answer };
}

/** Capacities that a guest sees which does `label`, and what becomes of it. */
async function capacities(label: FakeLabel, limits?: Partial<GuardLimits>, options?: FakeGuestOptions) {
  const seen: number[] = [];
  const { answer } = run(
    (call) => {
      seen.push(call.capacity);
      return label(call);
    },
    limits,
    options,
  );
  const outcome = await answer.then(textOf, (error: { code: string; message: string }) => error);
  return { seen, outcome };
}

describe("an answer", () => {
  test("is there at once, unless the guest is suspended", async () => {
    const guest = new FakeGuest({ label: (call) => (call.run === 1 ? call.tooSmall() : call.answer("now")) });
    const memory = new GuestMemory(guest.memory);
    const { alloc, dealloc } = guest.exports as Record<string, never>;
    const answer = exchange(
      {
        memory,
        buffers: new AllocatedBuffers(memory, alloc as never, dealloc as never),
        functions: guest.exports as never,
        copyAnswer: copyBytes,
      },
      {
        operation: "label_agent",
        input: bytesOf("in"),
        limits: resolveLimits(small),
        beforeAttempt: () => undefined,
      },
    );
    expect(answer).toEqual(bytesOf("now"));
  });

  test("is what the guest wrote for what it was given", async () => {
    const { answer } = run((call) => call.answer(`<${textOf(call.input)}>`));
    expect(textOf(await answer)).toBe("<in>");
  });

  test("may fill its buffer to the last byte", async () => {
    const { answer } = run((call) => call.answer("x".repeat(call.capacity)));
    expect(await answer).toHaveLength(64);
  });

  test("may be empty, and is then no error here", async () => {
    const { answer } = run(() => 0);
    expect(await answer).toHaveLength(0);
  });

  test("may come later, from a guest that was suspended", async () => {
    const { answer, guest } = run(async (call) => {
      await Promise.resolve();
      return call.answer("later");
    });
    expect(guest.entered).toEqual(["alloc", "alloc", "label_resource"]);
    expect(textOf(await answer)).toBe("later");
    expect(guest.entered).toEqual(["alloc", "alloc", "label_resource", "dealloc", "dealloc"]);
  });

  test("is a copy, which the guest cannot change any more", async () => {
    const { answer } = run((call) => call.answer("kept"), small, {
      dealloc: (_pointer, _size, guest) => void guest.bytes.fill(0),
    });
    expect(textOf(await answer)).toBe("kept");
  });

  test("is found after the guest's memory has grown", async () => {
    const { answer } = run(
      (call) => {
        call.guest.memory.grow(3);
        return call.answer("grown");
      },
      small,
      { dealloc: (_pointer, _size, guest) => void guest.memory.grow(1) },
    );
    expect(textOf(await answer)).toBe("grown");
  });

  test("to an empty input needs no buffer for it", async () => {
    const { answer, guest } = run((call) => call.answer(String(call.input.length)), small, {}, "");
    expect(textOf(await answer)).toBe("0");
    expect(guest.entries).toEqual(["alloc(64) = 1024", "label_resource", "dealloc(1024, 64)"]);
  });
});

describe("buffers", () => {
  const trap = () => {
    throw new WebAssembly.RuntimeError("unreachable");
  };
  const whole = [
    "alloc(2) = 1024",
    "alloc(64) = 1032",
    "label_resource",
    "dealloc(1032, 64)",
    "dealloc(1024, 2)",
  ];

  test.each<[path: string, label: FakeLabel, entries: string[]]>([
    ["an answer", (call) => call.answer("{}"), whole],
    ["an empty answer", () => 0, whole],
    ["the guest's own error", () => -1, whole],
    ["an unknown error code", () => -2_147_483_648, whole],
    [
      "an answer that did not fit at first",
      (call) => (call.run === 1 ? call.tooSmall(100) : call.answer("{}")),
      [
        ...whole,
        "alloc(2) = 1096",
        "alloc(100) = 1104",
        "label_resource",
        "dealloc(1104, 100)",
        "dealloc(1096, 2)",
      ],
    ],
    ["a trap: nothing runs in a guest that was unwound (W31)", trap, whole.slice(0, 3)],
    [
      "a trap after a suspension",
      async () => {
        await Promise.resolve();
        trap();
        return 0;
      },
      whole.slice(0, 3),
    ],
    ["a length beyond the buffer: the guest is not to be trusted (W28)", () => 65, whole.slice(0, 3)],
  ])("are released once, in the opposite order, after %s", async (_path, label, entries) => {
    const { guest, answer } = run(label);
    await answer.catch(() => undefined);
    expect(guest.entries).toEqual(entries);
  });

  test("are cleared where a size hint would stand: stale bytes are none (W27)", async () => {
    // Four letters read as a number far beyond every limit.
    const { seen } = await capacities((call) => call.tooSmall(), small, { fill: 0x41 });
    expect(seen).toEqual([64, 128, 256]);
  });
});

describe("attempts", () => {
  const fits =
    (bytes: number): FakeLabel =>
    (call) =>
      call.capacity < bytes ? call.tooSmall(bytes) : call.answer("fits");
  const asksFor =
    (...sizes: (number | undefined)[]): FakeLabel =>
    (call) =>
      call.tooSmall(sizes[call.run - 1]);
  const tooLarge = (message: string) =>
    expect.objectContaining({ code: "OUTPUT_TOO_LARGE", lost: false, message });

  test.each<[what: string, label: FakeLabel, seen: number[], outcome: unknown]>([
    ["one, where the answer fits", fits(64), [64], "fits"],
    ["with what the guest asks for", fits(65), [64, 65], "fits"],
    ["up to the maximum", fits(512), [64, 512], "fits"],
    [
      "doubled without a hint",
      (call) => (call.run < 3 ? call.tooSmall() : call.answer("fits")),
      [64, 128, 256],
      "fits",
    ],
    [
      "doubled for a hint of 0",
      asksFor(0, 0, 0),
      [64, 128, 256],
      tooLarge(
        "label_resource wants to answer with more than 256 bytes; the last of 3 attempts had a buffer of 256 bytes",
      ),
    ],
    // The reference would try again with the same or with less (W27).
    [
      "doubled for a hint that is not larger (W27)",
      asksFor(64, 100, 1),
      [64, 128, 256],
      tooLarge(
        "label_resource wants to answer with more than 256 bytes; the last of 3 attempts had a buffer of 256 bytes",
      ),
    ],
    [
      "hint and doubling in turn",
      asksFor(100, undefined, 300),
      [64, 100, 200],
      tooLarge(
        "label_resource wants to answer with 300 bytes; the last of 3 attempts had a buffer of 200 bytes",
      ),
    ],
    // The reference would give up at once; the hint may be a lie, and the maximum may do (W27).
    [
      "one with the maximum, for a hint beyond it (W27)",
      asksFor(513, 513),
      [64, 512],
      tooLarge(
        "label_resource wants to answer with 513 bytes; the last of 2 attempts had a buffer of 512 bytes",
      ),
    ],
    [
      "for a hint of 4 GiB",
      (call) => (call.run === 1 ? call.tooSmall(0xffff_ffff) : call.answer("fits")),
      [64, 512],
      "fits",
    ],
    [
      "until the guest fails",
      (call) => (call.run === 1 ? call.tooSmall() : -7),
      [64, 128],
      expect.objectContaining({
        code: "GUEST_ERROR",
        lost: false,
        message: "label_resource failed in the guard with code -7",
      }),
    ],
    [
      "until the guest traps",
      (call) => {
        if (call.run === 2) throw new WebAssembly.RuntimeError("unreachable");
        return -2;
      },
      [64, 128],
      expect.objectContaining({
        code: "TRAPPED",
        lost: true,
        message: "the guard trapped (unreachable) in label_resource; its instance is discarded",
      }),
    ],
  ])("%s", async (_what, label, seen, outcome) => {
    expect(await capacities(label)).toEqual({ seen, outcome });
  });

  // Section 1.8 of the specification, in MiB.
  test.each<[what: string, label: FakeLabel, seen: number[]]>([
    ["without hints", asksFor(), [4, 8, 16]],
    ["with a hint of 5 MiB", fits(5 * MIB), [4, 5]],
    ["with a hint of 16 MiB", fits(16 * MIB), [4, 16]],
  ])("by the reference's numbers %s", async (_what, label, seen) => {
    const result = await capacities(label, {}, { pages: 512 });
    expect(result.seen).toEqual(seen.map((mib) => mib * MIB));
  });

  test("are as many as the limits say", async () => {
    for (const maxAttempts of [1, 2, 4]) {
      const { seen } = await capacities(asksFor(), { ...small, maxAttempts, maxOutputBytes: 1_000_000 });
      expect(seen).toHaveLength(maxAttempts);
    }
  });

  test("are one where the buffer cannot grow", async () => {
    const { seen, outcome } = await capacities(fits(65), { ...small, maxOutputBytes: 64 });
    expect(seen).toEqual([64]);
    expect(outcome).toMatchObject({ code: "OUTPUT_TOO_LARGE" });
  });

  test("each get the input anew, for the guest frees it, and may reuse its memory", async () => {
    const inputs: string[] = [];
    const { answer } = run(
      (call) => {
        inputs.push(textOf(call.input));
        return call.run === 1 ? call.tooSmall() : 0;
      },
      small,
      {
        alloc: (size) => (size === 2 ? 1_024 : 2_048),
        dealloc: (pointer, size, guest) => void guest.bytes.fill(0x41, pointer, pointer + size),
      },
    );
    await answer;
    expect(inputs).toEqual(["in", "in"]);
  });

  test("are each preceded by what the caller wants, which may end them", async () => {
    const stop = new Error("stop");
    const { guest, answer } = run(
      (call) => call.tooSmall(),
      small,
      {},
      "in",
      (attempt) => {
        if (attempt === 2) throw stop;
      },
    );
    expect(await thrownBy(() => answer)).toBe(stop);
    expect(guest.entered).toEqual(["alloc", "alloc", "label_resource", "dealloc", "dealloc"]);
  });

  test("do not begin where the caller forbids it", async () => {
    const stop = new Error("stop");
    const { guest, answer } = run(
      () => 0,
      small,
      {},
      "in",
      () => {
        throw stop;
      },
    );
    expect(await thrownBy(() => answer)).toBe(stop);
    expect(guest.entries).toEqual([]);
  });
});

describe("lengths", () => {
  test.each([65, 4_096, 2_147_483_647])(
    "of %d in a buffer of 64 are a broken protocol (W28)",
    async (status) => {
      const { answer } = run(() => status);
      expect(await thrownBy(() => answer)).toMatchObject({
        code: "PROTOCOL",
        lost: true,
        message: `label_resource says it wrote ${status} bytes into a buffer of 64 bytes; the instance is discarded`,
      });
    },
  );

  test.each([-1, -3, -4_294_967, -2_147_483_648])("below 0 are the guest's own codes: %d", async (status) => {
    const { answer } = run(() => status);
    expect(await thrownBy(() => answer)).toMatchObject({ code: "GUEST_ERROR", lost: false });
  });
});
