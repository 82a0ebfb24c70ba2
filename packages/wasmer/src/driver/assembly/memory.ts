/** Bytes of the memory, which the guard can only let grow. */
export function memoryBytes(): u64 {
  return (<u64>memory.size()) << 16;
}

/** Whether `bytes` bytes at `pointer` are inside the memory. */
export function has(pointer: u32, bytes: u32): bool {
  return <u64>pointer + <u64>bytes <= memoryBytes();
}

/** How many bytes there are from `pointer` to the end. */
export function roomAt(pointer: u32): u32 {
  const end = memoryBytes();
  return <u64>pointer < end ? <u32>(end - <u64>pointer) : 0;
}
