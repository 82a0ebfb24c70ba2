import { expect, describe as group, test } from "vitest";
import { prepare, WasmFormatError, WasmLimitError } from "../../src/index.js";
import { id, leb, name, section, wat } from "../assemble.js";
import { mutations, randomNumbers } from "../mutate.js";
import { portableSamples } from "../samples.js";
import { hostImport, module, types } from "./large-module.js";
import { randomProgram } from "./random-program.js";

const caps = { maxMemoryPages: 512, maxTableElements: 1_000 };

/** Payloads of name sections that are not what they should be. */
const lyingNames: Readonly<Record<string, readonly number[]>> = {
  "a function that is not there": [1, 4, 1, 9, 1, 0x61],
  "one of ours": [1, 4, 1, 2, 1, 0x61],
  "falling indices": [1, 7, 2, 1, 1, 0x61, 0, 1, 0x62],
  "the same index twice": [1, 7, 2, 0, 1, 0x61, 0, 1, 0x62],
  "more names than bytes": [1, 5, ...leb(0xffff_ffff)],
  "fewer names than bytes": [1, 7, 1, 0, 1, 0x61, 1, 1, 0x62],
  "a name that is not UTF-8": [1, 4, 1, 0, 1, 0xff],
  "a name beyond the section": [1, 4, 1, 0, 9, 0x61],
  "a subsection beyond the section": [1, 99, 0],
  "the functions twice": [1, 4, 1, 0, 1, 0x61, 1, 4, 1, 0, 1, 0x61],
  "subsections out of order": [7, 1, 0, 1, 4, 1, 0, 1, 0x61, 0, 2, 1, 0x6d],
  "an unknown subsection": [77, 3, 1, 2, 3],
  nothing: [],
};

test.each(Object.entries(lyingNames))("a name section that lies does no harm: %s", (_, payload) => {
  const code = [types, section(id.function, 2, 0, 0), section(id.code, 2, 2, 0, 0x0b, 2, 0, 0x0b)] as const;
  const names = section(id.custom, ...name("name"), ...payload);
  for (const original of [module(...code, names), module(names, ...code), module(...code, names, names)]) {
    expect(WebAssembly.validate(prepare(original, caps) as BufferSource)).toBe(true);
  }
});

test("numbers that are longer than need be are understood", () => {
  const long = (value: number) => [value | 0x80, 0x80, 0x80, 0x80, 0];
  const longSection = (sectionId: number, ...content: number[]) => [
    sectionId,
    ...long(content.length),
    ...content,
  ];
  const body = [
    ...[...long(1), ...long(1), 0x7f], // one local
    ...[0x41, 5, 0x21, ...long(0)], // local.set 0
    ...[
      0x03,
      0x40,
      0x10,
      ...long(0),
      0x20,
      ...long(0),
      0x41,
      1,
      0x6b,
      0x22,
      ...long(0),
      0x0d,
      ...long(0),
      0x0b,
    ],
    ...[0x10, ...long(2), 0x24, ...long(0), 0xd2, ...long(2), 0x1a, 0x0b], // call 2, global.set 0
  ];
  const original = module(
    types,
    hostImport,
    longSection(id.function, ...long(2), ...long(0), ...long(1)),
    longSection(id.table, 1, 0x70, 0, ...long(4)),
    longSection(id.global, ...long(1), 0x7f, 1, 0x41, 0, 0x0b),
    longSection(id.export, ...long(2), ...long(1), 0x67, 3, ...long(0), ...name("run"), 0, ...long(1)),
    longSection(id.element, ...long(1), ...long(0), 0x41, 0, 0x0b, ...long(2), ...long(1), ...long(2)),
    longSection(id.code, ...long(2), ...long(body.length), ...body, ...long(4), 0, 0x41, 42, 0x0b),
  );
  expect(WebAssembly.validate(original)).toBe(true);
  let calls = 0;
  const f = () => calls++;
  const guardhost = { check: () => 1, pause: () => 1 };
  const { exports } = new WebAssembly.Instance(
    new WebAssembly.Module(prepare(original, caps) as BufferSource),
    { m: { f }, guardhost },
  );
  (exports.run as () => void)();
  expect([calls, (exports.g as WebAssembly.Global).value]).toEqual([5, 42]);
});

test("an export of the same name twice stays invalid", () => {
  const original = module(
    types,
    section(id.function, 1, 0),
    section(id.export, 2, ...name("a"), 0, 0, ...name("a"), 0, 0),
    section(id.code, 1, 2, 0, 0x0b),
  );
  expect(WebAssembly.validate(original)).toBe(false);
  expect(WebAssembly.validate(prepare(original, caps) as BufferSource)).toBe(false);
});

/**
 * What must not happen: another error than ours, or an engine that refuses what it accepted before. Engines look at types before
 * anything is prepared: what is left on the stack at a loop's end, for instance, does no harm and is not noticed afterwards.
 */
function failure(original: Uint8Array<ArrayBuffer>): string | undefined {
  const valid = WebAssembly.validate(original);
  try {
    const prepared = prepare(original, caps);
    const stillValid = WebAssembly.validate(prepared as BufferSource);
    return valid && !stillValid ? "made a valid module invalid" : undefined;
  } catch (error) {
    if (error instanceof WasmLimitError) return undefined;
    if (!(error instanceof WasmFormatError)) return `throws ${error}`;
    return error.offset >= 0 && error.offset <= original.length
      ? undefined
      : `names the offset ${error.offset}`;
  }
}

group("damaged at random", () => {
  const programs = Array.from(
    { length: 8 },
    (_, i) => [`program ${i}`, wat(randomProgram(i + 1, i % 2 ? "legacy" : "none", true))] as const,
  );
  test.each([...Object.entries(portableSamples), ...programs])("%s", (what, sample) => {
    const failures = mutations(sample, 400, randomNumbers(what.length * 104_729)).flatMap((damaged) => {
      const found = failure(damaged);
      return found === undefined ? [] : [`${found}: ${Buffer.from(damaged).toString("hex")}`];
    });
    expect(failures).toEqual([]);
  });
});
