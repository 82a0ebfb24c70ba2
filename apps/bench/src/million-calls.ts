/**
 * A million small calls in one session: what the host takes of the guest's allocator it gives back, the guest's memory
 * does not grow, and the host's heap ends within 10 % of where it began. Exits with status 1 where that does not hold.
 *
 *   node --expose-gc dist/million-calls.js [--calls 1000000]
 */
import { parseArgs } from "node:util";
import { anyObjectPolicy, loadGuard, native } from "@guardhost/native";
import { allowedDirectories, policy, readGuard, smallCall } from "./fixtures.js";

const { values } = parseArgs({ options: { calls: { type: "string", default: "1000000" } } });
const calls = Number(values.calls);
const MAX_HEAP_GROWTH = 1.1;

const allocator = { taken: 0, returned: 0, bytes: 0 };
const memory = watchInstances();

await using guard = await loadGuard(await readGuard(), {
  engine: native({ thread: "caller" }),
  policySchema: anyObjectPolicy,
});
const session = guard.session({ backend: () => allowedDirectories });
await session.labelAgent(policy);

await run(20_000);
const before = { heap: heapAfterCollection(), memoryBytes: memory() };
await run(calls);
const after = { heap: heapAfterCollection(), memoryBytes: memory() };

const report = {
  calls,
  heapRatio: Number((after.heap / before.heap).toFixed(4)),
  heapBytesPerCall: Number(((after.heap - before.heap) / calls).toFixed(4)),
  guestMemoryBytes: after.memoryBytes,
  guestMemoryGrewBy: after.memoryBytes - before.memoryBytes,
  buffersTaken: allocator.taken,
  buffersNotReturned: allocator.taken - allocator.returned,
  bytesNotReturned: allocator.bytes,
};
console.log(JSON.stringify(report, null, 2));
const leaks =
  report.heapRatio > MAX_HEAP_GROWTH ||
  report.guestMemoryGrewBy !== 0 ||
  allocator.bytes !== 0 ||
  report.buffersNotReturned !== 0;
process.exitCode = leaks ? 1 : 0;

async function run(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await session.labelResource(smallCall);
}

function heapAfterCollection(): number {
  if (globalThis.gc === undefined) throw new Error("run this with node --expose-gc");
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

/** Counts what goes through the allocators of all instances from here on. Returns a reader of the guest's memory size. */
function watchInstances(): () => number {
  const { instantiate } = WebAssembly;
  let guestMemory: WebAssembly.Memory | undefined;
  const watched = async (module: WebAssembly.Module, imports: WebAssembly.Imports) => {
    const { exports } = (await instantiate(module, imports)) as unknown as WebAssembly.Instance;
    const { alloc, dealloc } = exports as Record<string, (...args: number[]) => number>;
    guestMemory = exports.memory as WebAssembly.Memory;
    return {
      exports: {
        ...exports,
        alloc(size: number) {
          allocator.taken++;
          allocator.bytes += size;
          return alloc?.(size);
        },
        dealloc(pointer: number, size: number) {
          allocator.returned++;
          allocator.bytes -= size;
          return dealloc?.(pointer, size);
        },
      },
    };
  };
  WebAssembly.instantiate = watched as unknown as typeof WebAssembly.instantiate;
  return () => guestMemory?.buffer.byteLength ?? 0;
}
