/**
 * The language runtime of the kernel: none.
 *
 * The compiler takes allocation and garbage collection from this file. With nothing here, an expression that would
 * make a managed object does not compile. Objects are `@unmanaged`, and live in memory from `heap.ts` for one operation.
 */
