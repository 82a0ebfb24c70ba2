import wabt from "wabt";

const tools = await wabt();

/** Assembles the text format. Not validated. */
export function wat(text: string): Uint8Array {
  const module = tools.parseWat("guard.wat", text, { bulk_memory: true });
  try {
    return new Uint8Array(module.toBinary({}).buffer);
  } finally {
    module.destroy();
  }
}

/** What a label function does after it has logged its input: an answer, or instructions. */
type Behaviour = object | string;

/** The parts of a guard that differ from the usual. */
export interface GuardParts {
  readonly agent?: Behaviour;
  readonly resource?: Behaviour;
  readonly response?: Behaviour;
  /** Further fields of the module. */
  readonly fields?: string;
}

export const AGENT = { agent: { secrecy: ["staff"], integrity: ["checked"] }, difc_mode: "filter" };
export const RESOURCE = {
  resource: { description: "a file", secrecy: ["staff"], integrity: [] },
  operation: "read",
};

/** A guard that logs each input as it gets it, and gives the same answer to each. */
export function guardModule({ agent = AGENT, resource = RESOURCE, ...parts }: GuardParts = {}): Uint8Array {
  const { response = "i32.const 0", fields = "" } = parts;
  return wat(`(module
    (import "env" "call_backend" (func $call_backend (param i32 i32 i32 i32 i32 i32) (result i32)))
    (import "env" "host_log" (func $host_log (param i32 i32 i32)))
    (memory (export "memory") 200)
    (global $free (mut i32) (i32.const 8192))
    (func (export "alloc") (param $size i32) (result i32)
      global.get $free
      (global.set $free (i32.add (global.get $free) (local.get $size))))
    (func (export "dealloc") (param i32 i32) (global.set $free (i32.const 8192)))
    ${labelFunction("label_agent", agent, 1024)}
    ${labelFunction("label_resource", resource, 2048)}
    ${labelFunction("label_response", response, 3072)}
    ${fields})`);
}

/** A label function whose answer, if it has one, stands at `address`. */
function labelFunction(name: string, behaviour: Behaviour, address: number): string {
  const answer = typeof behaviour === "string" ? "" : JSON.stringify(behaviour);
  const length = new TextEncoder().encode(answer).length;
  const giveAnswer = `(memory.copy (local.get $out) (i32.const ${address}) (i32.const ${length})) (i32.const ${length})`;
  return `(func (export "${name}") (param $in i32) (param $inLen i32) (param $out i32) (param $outCap i32) (result i32)
      (call $host_log (i32.const 1) (local.get $in) (local.get $inLen))
      ${typeof behaviour === "string" ? behaviour : giveAnswer})
    (data (i32.const ${address}) ${watString(answer)})`;
}

/** A string literal of the text format. */
export function watString(text: string): string {
  const bytes = [...new TextEncoder().encode(text)];
  return `"${bytes.map((byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("")}"`;
}
