/** What has to be done about an instruction, apart from charging for it. */
export const Action = {
  none: 0,
  local: 1,
  global: 2,
  call: 3,
  callIndirect: 4,
  functionReference: 5,
  /** block, if, try */
  open: 6,
  loop: 7,
  tryTable: 8,
  /** else, catch, catch_all */
  arm: 9,
  end: 10,
  delegate: 11,
  branch: 12,
  branchTable: 13,
  rethrow: 14,
  /** unreachable, return, throw, throw_ref */
  leave: 15,
  /** Instructions with a length: see bulkWeights. */
  bulk: 16,
} as const;

const plainActions = new Uint8Array(256);
for (const [action, opcodes] of [
  [Action.local, [0x20, 0x21, 0x22]],
  [Action.global, [0x23, 0x24]],
  [Action.call, [0x10, 0x12]],
  [Action.callIndirect, [0x11, 0x13]],
  [Action.functionReference, [0xd2]],
  [Action.open, [0x02, 0x04, 0x06]],
  [Action.loop, [0x03]],
  [Action.tryTable, [0x1f]],
  [Action.arm, [0x05, 0x07, 0x19]],
  [Action.end, [0x0b]],
  [Action.delegate, [0x18]],
  [Action.branch, [0x0c, 0x0d]],
  [Action.branchTable, [0x0e]],
  [Action.rethrow, [0x09]],
  [Action.leave, [0x00, 0x08, 0x0a, 0x0f]],
  [Action.bulk, [0x40]],
] as const) {
  for (const opcode of opcodes) plainActions[opcode] = action;
}

/** The {@link Action} of an opcode as an InstructionReader gives it. */
export function actionOf(opcode: number): number {
  if (opcode < 0x100) return plainActions[opcode] as number;
  return opcode >= 0xfc0008 && opcode <= 0xfc0011 ? Action.bulk : Action.none;
}
