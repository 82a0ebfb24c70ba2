import { clearFailure } from "./failure";
import { allocate, release } from "./heap";
import { JsonWriter } from "./json-writer";
import { labelAgent } from "./label-agent";
import { labelResource } from "./label-resource";
import { labelResponse } from "./label-response";

/**
 * A guard for @modelcontextprotocol/server-filesystem: its exports, as the guard ABI wants them.
 *
 * The label functions read JSON at `input`, write JSON at `output`, and answer its length, -2 with the size that would
 * do in the first four bytes of the output, or another negative code after they have logged what was wrong.
 */

const writer = changetype<JsonWriter>(memory.data(offsetof<JsonWriter>()));

/** Memory for `size` bytes, or 0 if there is none. */
export function alloc(size: u32): usize {
  return allocate(size);
}

/** Gives memory of {@link alloc} back. */
export function dealloc(pointer: usize, size: u32): void {
  release(pointer);
}

export function label_agent(input: usize, length: u32, output: usize, capacity: u32): i32 {
  begin(output, capacity);
  return labelAgent(input, length, writer);
}

export function label_resource(input: usize, length: u32, output: usize, capacity: u32): i32 {
  begin(output, capacity);
  return labelResource(input, length, writer);
}

export function label_response(input: usize, length: u32, output: usize, capacity: u32): i32 {
  begin(output, capacity);
  return labelResponse(input, length, writer);
}

function begin(output: usize, capacity: u32): void {
  clearFailure();
  writer.begin(output, capacity);
}
