import { existsSync, readFileSync } from "node:fs";
import { capLimits, isPrepared, prepare } from "@guardhost/rewrite";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { policy } from "./filesystem-guard.js";
import { type LabelFunction, RawGuard } from "./raw-guard.js";
import { tags, textResult } from "./support/tag-policy.js";

const caps = { maxMemoryPages: 512, maxTableElements: 100_000 };

/** One call of a label function. */
interface Call {
  readonly operation: LabelFunction;
  readonly input: Uint8Array;
  readonly capacity: number;
}

const text = fc.oneof(
  fc.constantFrom("", "/", "x", "..", "~", "*", "é", "private"),
  fc.string({ maxLength: 12 }),
);
const path = fc
  .array(fc.oneof(fc.constantFrom("data", "hr", "x", ".", ".."), text), { maxLength: 5 })
  .map((names) => names.join("/"));
const labels = fc.array(fc.oneof(fc.constantFrom("private:hr", "approved", "a", "b"), text), {
  maxLength: 3,
});
const listing = fc
  .array(path)
  .map((paths) => paths.map((name, i) => (i % 3 === 0 ? `[DIR] ${name}` : `[FILE] ${name}`)).join("\n"));

const filesystemPolicies = fc
  .record({
    paths: fc.array(
      fc.record({
        prefix: path.map((name) => `/${name}`),
        secrecy: labels,
        integrity: labels,
        writable: fc.boolean(),
      }),
      { maxLength: 4 },
    ),
    standard: fc.constantFrom(null, { secrecy: [], integrity: [], writable: true }),
  })
  .map(({ paths, standard }) => policy(paths, standard));
const filesystemCalls = fc.record({
  tool_name: fc.constantFrom(
    "read_file",
    "read_text_file",
    "write_file",
    "list_directory",
    "directory_tree",
    "search_files",
    "move_file",
    "get_file_info",
    "edit_file",
    "unknown",
  ),
  tool_args: fc.oneof(
    fc.record({ path }),
    fc.record({ paths: fc.array(path) }),
    fc.record({ source: path, destination: path }),
    fc.jsonValue({ maxDepth: 2 }),
  ),
  tool_result: fc.oneof(
    listing.map(textResult),
    fc.json({ maxDepth: 3 }).map(textResult),
    fc.jsonValue({ maxDepth: 2 }),
  ),
  capabilities: fc.constant({}),
});

const tagPolicies = fc
  .record({
    agent: fc.record({ secrecy: labels, integrity: labels }),
    mode: fc.constantFrom("filter", "strict", "propagate", "x"),
    tools: fc.array(
      fc.record({
        name: fc.constantFrom("list_issues", "add_comment", "merge"),
        operation: fc.constantFrom("read", "write", "read-write", "x"),
        secrecy: labels,
        integrity: labels,
      }),
      { maxLength: 3 },
    ),
  })
  .chain((changes) => fc.constantFrom({ tags }, { tags: { ...tags, ...changes } }));
const tagCalls = fc.record({
  tool_name: fc.constantFrom("list_issues", "add_comment", "merge", "unknown"),
  tool_args: fc.oneof(fc.record({ owner: text, repo: text }), fc.jsonValue({ maxDepth: 2 })),
  tool_result: fc.oneof(fc.json({ maxDepth: 3 }).map(textResult), fc.jsonValue({ maxDepth: 2 })),
  capabilities: fc.constant({}),
});

/** Guards, with how many sequences of calls each is given. */
const guards = [
  { name: "filesystem", runs: 300, policies: filesystemPolicies, calls: filesystemCalls },
  { name: "tag-c", runs: 300, policies: tagPolicies, calls: tagCalls },
  { name: "tag-go", runs: 20, policies: tagPolicies, calls: tagCalls },
].map((guard) => {
  const file = new URL(`../dist/${guard.name}.wasm`, import.meta.url);
  const built = existsSync(file);
  const title = built
    ? guard.name
    : `${guard.name} (skipped: not built, see the output of build:tool-chains)`;
  return { ...guard, file, built, title };
});

describe.each(guards)("$title, prepared", ({ file, built, runs, policies, calls }) => {
  describe.skipIf(!built)("as WebAssembly", () => {
    const original = built ? readFileSync(file) : new Uint8Array();
    const prepared = built ? prepare(original, caps) : original;

    it("is valid, and says that it is prepared", () => {
      expect(WebAssembly.validate(prepared as BufferSource)).toBe(true);
      expect([isPrepared(original), isPrepared(prepared)]).toEqual([false, true]);
    });

    it("answers as the guard does, byte for byte, and leaves the same memory", () => {
      const plainModule = new WebAssembly.Module(capLimits(original, caps) as BufferSource);
      const preparedModule = new WebAssembly.Module(prepared as BufferSource);
      let checks = 0;
      let answers = 0;
      fc.assert(
        fc.property(callSequences(policies, calls), fc.nat(100_000), (sequence, units) => {
          const interrupts = {
            check: () => (++checks % 3 === 0 ? 0 : units + 1),
            pause: () => 2 * units + 1,
          };
          const plain = new RawGuard(plainModule, backend);
          const guard = new RawGuard(preparedModule, backend, interrupts);
          for (const call of sequence) {
            const expected = outcome(plain, call);
            expect(outcome(guard, call)).toEqual(expected);
            answers += Number(expected.code !== undefined && expected.code > 0);
            if (expected.error !== undefined) break;
          }
          expect(guard.logs).toEqual(plain.logs);
          expect(guard.backendCalls).toBe(plain.backendCalls);
          expect(Buffer.compare(memoryOf(guard), memoryOf(plain))).toBe(0);
        }),
        { seed: 1, numRuns: runs },
      );
      expect(answers).toBeGreaterThan(runs * 2);
      expect(checks).toBeGreaterThan(runs * 3);
    });

    it("ends where the host says stop, and never else", () => {
      const module = new WebAssembly.Module(prepared as BufferSource);
      let stopped = 0;
      fc.assert(
        fc.property(callSequences(policies, calls), fc.nat(2_000), (sequence, checks) => {
          let left = Number.POSITIVE_INFINITY;
          const guard = new RawGuard(module, backend, {
            check: () => (left-- > 0 ? 1 : -1),
            pause: () => -1,
          });
          left = checks;
          for (const call of sequence) {
            const { error } = outcome(guard, call);
            expect(error).toBe(left < 0 ? "RuntimeError: unreachable" : undefined);
            if (error === undefined) continue;
            stopped++;
            break;
          }
        }),
        { seed: 2, numRuns: 10 },
      );
      expect(stopped).toBeGreaterThan(0);
    });
  });
});

/** A policy and calls under it: as they should be, damaged, or anything at all, with room for the answer or without. */
function callSequences(policies: fc.Arbitrary<object>, calls: fc.Arbitrary<object>): fc.Arbitrary<Call[]> {
  const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const damaged = fc
    .tuple(fc.oneof(policies, calls).map(encode), fc.nat(), fc.integer({ min: 1, max: 255 }))
    .map(([bytes, at, change]) =>
      bytes.with(at % bytes.length, (bytes[at % bytes.length] as number) ^ change),
    );
  const call = (operation: LabelFunction, input: fc.Arbitrary<Uint8Array>) =>
    fc.record({
      operation: fc.constant(operation),
      input,
      capacity: fc.constantFrom(4_096, 4_096, 65_536, 16),
    });
  const well = calls.map(encode);
  const any = fc
    .constantFrom<LabelFunction>("label_agent", "label_resource", "label_response")
    .chain((operation) => call(operation, fc.oneof(damaged, fc.uint8Array({ maxLength: 200 }))));
  return fc
    .tuple(
      call("label_agent", policies.map(encode)),
      fc.array(
        fc.oneof(
          { weight: 3, arbitrary: call("label_resource", well) },
          { weight: 3, arbitrary: call("label_response", well) },
          any,
        ),
        { minLength: 8, maxLength: 25 },
      ),
    )
    .map(([first, others]) => [{ ...first, capacity: 65_536 }, ...others]);
}

interface Outcome {
  readonly code?: number;
  readonly output?: string;
  readonly error?: string;
}

function outcome(guard: RawGuard, { operation, input, capacity }: Call): Outcome {
  try {
    const { code, output } = guard.run(operation, input, capacity);
    return { code, output: Buffer.from(output).toString("hex") };
  } catch (error) {
    return { error: String(error) };
  }
}

function backend(tool: string, args: unknown): unknown {
  if (tool.includes("fail")) throw new Error("the backend is down");
  return textResult(
    tool === "list_allowed_directories"
      ? "Allowed directories:\n/data\n/home"
      : JSON.stringify({ visibility: "private", args }),
  );
}

function memoryOf(guard: RawGuard): Uint8Array {
  return new Uint8Array(guard.exports.memory.buffer);
}
