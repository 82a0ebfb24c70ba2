import type { GuardLimits } from "../engine.js";
import { GuardError } from "../error.js";
import { inputTooLarge } from "../exchange/input-too-large.js";
import { encodeJson } from "../json/encode-json.js";
import { isJsonObject } from "../json/is-json-object.js";
import type { ToolCall } from "./labels.js";

/** Guests expect the key and nothing in it (spec 2.1). */
const capabilities = {};

/** Input of `label_agent`: the policy itself (spec 2.2). */
export function encodeAgentInput(policy: unknown, limits: GuardLimits): Uint8Array {
  return encodeInput(policy, limits);
}

/** Input of `label_resource` (spec 2.4). */
export function encodeResourceInput(call: ToolCall, limits: GuardLimits): Uint8Array {
  assertToolCall(call);
  return encodeInput({ capabilities, tool_args: call.arguments ?? null, tool_name: call.name }, limits);
}

/** Input of `label_response` (spec 2.5). */
export function encodeResponseInput(call: ToolCall, result: unknown, limits: GuardLimits): Uint8Array {
  assertToolCall(call);
  return encodeInput(
    { capabilities, tool_args: call.arguments ?? null, tool_name: call.name, tool_result: result ?? null },
    limits,
  );
}

/** What is labelled must be the call that is sent: nothing of it may get lost on the way into JSON. */
function assertToolCall(call: ToolCall): void {
  if (typeof call?.name !== "string") throw new TypeError("a tool call must have a name, which is a string");
  const isPlain = isJsonObject(call.arguments ?? {});
  if (!isPlain) throw new TypeError("the arguments of a tool call must be an object of JSON");
}

function encodeInput(value: unknown, limits: GuardLimits): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = encodeJson(value);
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
