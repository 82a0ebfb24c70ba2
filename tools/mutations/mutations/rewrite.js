/** Rules of reading and writing function bodies, in the kernel of `rewrite`. */

/** @type {readonly (readonly [file: string, find: string, replace: string, fails: string])[]} */
const rows = [
  // What is passed over without a look has to be what would be read.
  [
    "plain-run.ts",
    "if (next > last && byte >= 0x08 && (byte < 0x78 || byte >= 0x80)) return passed(at, count);",
    "",
    "kernel/kernel.test.ts > instructions that are passed over in runs",
  ],
  [
    "plain-run.ts",
    "if (load<u8>(next) >= 0x40) return passed(at, count);",
    "",
    "kernel/kernel.test.ts > instructions that are passed over in runs",
  ],
  [
    "plain-run.ts",
    "if (next > end) return passed(at, count - 1);",
    "if (next > end) return passed(next, count);",
    "kernel/kernel.test.ts > instructions that are passed over in runs",
  ],
  [
    "plain-run.ts",
    "if (load<u8>(next++) >= locals) return passed(at, count);",
    "next++;",
    "same-behaviour/indices.test.ts > an index out of range",
  ],
  // Numbers have their bounds.
  [
    "binary-reader.ts",
    "if (shift == 28 && byte > 0x0f) break;",
    "",
    "kernel/kernel.test.ts > numbers are read as JavaScript reads them",
  ],
  [
    "binary-reader.ts",
    "if (shift == 28 && (top < -bound || top >= bound)) break;",
    "",
    "kernel/kernel.test.ts > numbers are read as JavaScript reads them",
  ],
  [
    "binary-reader.ts",
    "if (last != 0 && last != 0x7f) fail(S64, what, this, start);",
    "",
    "kernel/kernel.test.ts > numbers are read as JavaScript reads them",
  ],
  [
    "locals.ts",
    "let count: u64 = 0;",
    "let count: u32 = 0;",
    "same-behaviour/growth.test.ts > more locals than 32 bits count",
  ],
  [
    "sequence.ts",
    "checkArm(opcode, load<u8>(open + depth - 1), reader, start);\n      depth--;",
    "depth--;",
    "instructions.test.ts > refuses delegate without try",
  ],
  [
    "instrumenter.ts",
    "checkArm(opcode, paths.last.kind, body, at);\n        paths.nextArm(opcode);",
    "paths.nextArm(opcode);",
    "kernel/kernel.test.ts > prepare refuses what describe does",
  ],
  [
    "body-writer.ts",
    'if (exchange.features & guest.refused) fail(REFUSED, "", body, body.at);',
    "",
    "kernel/kernel.test.ts > prepare refuses a function that uses threads",
  ],
  // What makes code slow or large to validate is counted once.
  [
    "body-writer.ts",
    "exchange.typedBlocks = typedBlocks;",
    "",
    "describe.test.ts > counts locals, typed blocks",
  ],
  [
    "path-charges.ts",
    "exchange.nesting = max(exchange.nesting, this.length);",
    "",
    "describe.test.ts > counts locals, typed blocks",
  ],
  // Whatever path is taken, it is paid for.
  [
    "path-charges.ts",
    "construct.branched = max(construct.branched, this.weightIn(construct.region));",
    "",
    "same-behaviour/control-flow.test.ts > random programs behave as before, and pay for what they do",
  ],
  [
    "path-charges.ts",
    "if (last.kind == IF) weight = max(weight, last.before);",
    "",
    "same-behaviour/control-flow.test.ts > random programs behave as before, and pay for what they do",
  ],
  [
    "path-charges.ts",
    "last.branched = max(last.branched, this.weightIn(last.region));",
    "",
    "same-behaviour/charged.test.ts > is charged at least a unit for each instruction",
  ],
  [
    "function-writer.ts",
    "if (construct.calls == this.calls) construct.calls = TURNS_WITHOUT_CALLS;",
    "",
    "pinned-output.test.ts > what prepare makes of a module",
  ],
  [
    "leaf-functions.ts",
    " && !facts.isReferenced",
    "",
    "same-behaviour/control-flow.test.ts > random programs behave as before, and pay for what they do",
  ],
  [
    "instrumenter.ts",
    "weight += leafChargeOf(index);",
    "leafChargeOf(index);",
    "same-behaviour/charged.test.ts > is charged at least a unit for each instruction",
  ],
  [
    "guest.ts",
    "if (this.factsOf(index).isReferenced) this.indirectCallWeight = HOST_CALL_WEIGHT;",
    "",
    "same-behaviour/charged.test.ts > costs what it takes: calls of the host through a table",
  ],
  [
    "check-code.ts",
    "while (nextCredit(bought) < turn) bought = nextCredit(bought);",
    "",
    "same-behaviour/charged.test.ts > is charged at least a unit for each instruction",
  ],
  [
    "prepare-code.ts",
    "writeBodies(out, UNWINDABLE_FUNCTION_WEIGHT);\n}",
    "writeBodies(out, FUNCTION_WEIGHT);\n}",
    "pinned-output.test.ts > what prepare makes of a module",
  ],
  // A branch by way of a table leads where the table says, if that is still open.
  [
    "jump-table.ts",
    "if (cursor.at != at) return NO_TARGET;",
    "",
    "same-behaviour/jump-table.test.ts > goes where it went before",
  ],
  [
    "jump-table.ts",
    "return block >= 0 && block < this.blocks && this.paths.isOpen(target, this.firstBlock + BLOCK_BYTES * block);",
    "return block >= 0;",
    "same-behaviour/jump-table.test.ts > goes where it went before",
  ],
  // What is not valid does not become so.
  [
    "instrumenter.ts",
    'if (guest.factsOf(index).isUndeclared) fail(UNDECLARED, "", body, start, index);',
    "",
    "same-behaviour/validity.test.ts > what is not valid does not become so > a reference to a start function",
  ],
  // What grows keeps what it has.
  ["heap.ts", "memory.copy(larger, start, <usize>bytes);", "", "same-behaviour/growth.test.ts > nested"],
];

/** @type {readonly import("../mutation.js").Mutation[]} */
export const rewriteMutations = [
  ...rows.map(([file, find, replace, fails]) => ({
    package: /** @type {const} */ ("rewrite"),
    file: `kernel/assembly/${file}`,
    find,
    replace,
    fails,
  })),
  {
    package: "rewrite",
    file: "cap-limits.ts",
    find: "assertValidLimits(definition);",
    replace: "",
    fails:
      "same-behaviour/validity.test.ts > what is not valid does not become so > a memory with too large a maximum",
  },
  {
    package: "rewrite",
    file: "cap-limits.ts",
    find: 'if (max === undefined && flags & SHARED) refuse("a maximum, as shared memory has one", "none", start);',
    replace: "",
    fails: "cap-limits.test.ts > limits that are not valid are refused, where another maximum would hide it",
  },
];
