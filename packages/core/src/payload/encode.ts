import type { GuardLimits } from "../engine.js";
import { GuardError } from "../error.js";
import { inputTooLarge } from "../exchange/failures.js";
import { encodeJsonText, jsonText } from "../json/encode-json.js";
import { isJsonObject } from "../json/is-json-object.js";
import type { ToolCall } from "./labels.js";

/** Input of `label_agent`: the policy itself (spec 2.2). */
export function encodeAgentInput(policy: unknown, limits: GuardLimits): Uint8Array {
  return encodeInput(() => jsonText(policy), limits);
}

/** Input of `label_resource` (spec 2.4). */
export function encodeResourceInput(call: ToolCall, limits: GuardLimits): Uint8Array {
  return encodeInput(() => `{${callMembers(call)}}`, limits);
}

/** Input of `label_response` (spec 2.5). */
export function encodeResponseInput(call: ToolCall, result: unknown, limits: GuardLimits): Uint8Array {
  return encodeInput(() => `{${callMembers(call)},"tool_result":${jsonText(result ?? null)}}`, limits);
}

/** What is labelled must be the call that is sent: nothing of it may get lost on the way into JSON. */
function assertToolCall(call: ToolCall): void {
  if (typeof call?.name !== "string") throw new TypeError("a tool call must have a name, which is a string");
  if (call.arguments == null) assertNoMisnamedArguments(call);
  const isPlain = isJsonObject(call.arguments ?? {});
  if (!isPlain) throw new TypeError("the arguments of a tool call must be an object of JSON");
}

/** What others call the arguments: libraries for models, and the guards' own input. Calls of MCP may have any other member. */
const MISNAMED_ARGUMENTS = ["args", "input", "params", "tool_args"];

/** A call whose arguments are not found would be labelled as one without. */
function assertNoMisnamedArguments(call: ToolCall): void {
  const misnamed = MISNAMED_ARGUMENTS.find((name) => name in call);
  if (misnamed !== undefined) throw new TypeError(`a tool call must have "arguments", not "${misnamed}"`);
}

/**
 * The members that say which call it is. Guests expect `capabilities`, with nothing in it (spec 2.1). Written one by one:
 * for a small call an object around them costs V8 as much as half of what is in it.
 */
function callMembers(call: ToolCall): string {
  assertToolCall(call);
  return `"capabilities":{},"tool_args":${jsonText(call.arguments ?? null)},"tool_name":${jsonText(call.name)}`;
}

function encodeInput(write: () => string, limits: GuardLimits): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = encodeJsonText(write());
  } catch (error) {
    // Only nesting raises a RangeError here, and what nests so deeply came from outside.
    if (!(error instanceof RangeError)) throw error;
    throw new GuardError(
      "INPUT_TOO_LARGE",
      "the input nests too deeply, or is too long, to be encoded as JSON",
      {
        cause: error,
      },
    );
  }
  if (bytes.length > limits.maxInputBytes) throw inputTooLarge(bytes.length, limits);
  return bytes;
}
