/** What a call does to its resource. */
export type Operation = "read" | "write" | "read-write";

const OPERATIONS: readonly unknown[] = ["read", "write", "read-write"] satisfies Operation[];

/** Whether `value` is an operation. What is not is denied (W20). */
export function isOperation(value: unknown): value is Operation {
  return OPERATIONS.includes(value);
}
