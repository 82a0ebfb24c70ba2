import { describe } from "../../src/index.js";
import { HOST_CALL_WEIGHT, weightOf } from "../../src/kernel/assembly/weights.js";
import { id, leb } from "../assemble.js";
import { spreadOut } from "../spread-out.js";
import { ModuleEditor } from "./editor.js";

/** The exports of {@link countingExecuted}: what counts, and what was the start function. */
export const EXECUTED = "executed";
export const COUNTED_START = "executed start";

/** Brackets of constructs, and `nop`: no machine code comes of them. */
export const free: ReadonlySet<number> = new Set([
  ...[0x01, 0x02, 0x03, 0x05, 0x06, 0x07, 0x0b, 0x18, 0x19, 0x1f],
]);
const [CALL, RETURN_CALL] = [0x10, 0x12];

/** What to count for an instruction: 1, or what prepare says that it weighs. */
export type Measure = "instructions" | "units";

/**
 * The module with a mutable i64 global, exported as {@link EXECUTED}, that goes up before each instruction is executed,
 * and with its start function as an export. An oracle for what a prepared module charges: it knows nothing of regions,
 * paths or credit.
 */
export function countingExecuted(module: Uint8Array, measure: Measure): Uint8Array<ArrayBuffer> {
  const editor = new ModuleEditor(module);
  const { imports } = describe(module);
  const imported = (kind: string) => imports.filter((entry) => entry.kind === kind).length;
  const index = imported("global") + editor.count(id.global);
  editor.add(id.global, 0x7e, 1, 0x42, 0, 0x0b);
  editor.export(EXECUTED, 3, index);
  editor.exportStart(COUNTED_START);
  return spreadOut(editor.bytes(), (opcode, immediate) => {
    // No module here imports so many functions that an index of one takes more than a byte.
    const host = (opcode === CALL || opcode === RETURN_CALL) && immediate < imported("function");
    const units = host ? HOST_CALL_WEIGHT : weightOf(opcode);
    const weight = measure === "units" ? units : free.has(opcode) ? 0 : 1;
    if (weight === 0) return [];
    return [0x23, ...leb(index), 0x42, 0x80 | (weight & 0x7f), weight >> 7, 0x7c, 0x24, ...leb(index)];
  });
}
