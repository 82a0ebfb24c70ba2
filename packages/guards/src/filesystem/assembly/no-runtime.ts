/**
 * The language runtime of this guard: none.
 *
 * The compiler takes allocation and garbage collection from this file. With nothing here, an expression that would
 * make a managed object does not compile, so no call can leave garbage behind and none ever waits for a collection.
 * Objects are `@unmanaged`, live in memory from `heap.ts`, and are freed by their owner.
 */
