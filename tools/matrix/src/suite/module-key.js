/**
 * Tells apart what a guard was prepared as: by its bytes, and the limits that judge and cap them.
 *
 * @param {Uint8Array} bytes
 * @param {import("@guardhost/core").GuardLimits} limits
 */
export async function moduleKey(bytes, limits) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const { maxModuleBytes, maxMemoryPages, maxTableElements, allowDirectMemory } = limits;
  return [...digest, maxModuleBytes, maxMemoryPages, maxTableElements, allowDirectMemory].join();
}
