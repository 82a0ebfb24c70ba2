import type { GuardOperation, GuardSession, ToolCall } from "@guardhost/core";
import { isJsonObject, type JsonObject } from "../json-object.js";
import { UserError } from "../user-error.js";
import { resourceRefusal, responseRefusal } from "./monitor-refusal.js";

/** Labels as core decodes them, and why no monitor takes them if none does. */
export interface Labelled {
  readonly labels: object;
  readonly refusal: string | undefined;
}

/** Asks a session, which has its policy, for labels. */
export type Labelling = (session: GuardSession) => Promise<Labelled>;

/** The operations that label a tool call. */
export type CallOperation = Exclude<GuardOperation, "label_agent">;

/** What an input looks like: the keys it may have, and the shape to show to people. */
interface InputShape {
  readonly keys: readonly string[];
  readonly example: string;
}

const MCP_CALL: InputShape = { keys: ["name", "arguments"], example: '{"name": …, "arguments": …}' };
const MCP_RESPONSE: InputShape = {
  keys: ["call", "result"],
  example: `{"call": ${MCP_CALL.example}, "result": …}`,
};
const ABI_CALL: InputShape = {
  keys: ["tool_name", "tool_args", "capabilities"],
  example: '{"tool_name": …, "tool_args": …}',
};
const ABI_RESPONSE: InputShape = {
  keys: [...ABI_CALL.keys, "tool_result"],
  example: '{"tool_name": …, "tool_args": …, "tool_result": …}',
};

/**
 * What `operation` does with `input`, in one of two shapes: the MCP SDK's, or the one that guards get, which is what
 * other hosts put into their logs. Keys of neither are refused: a misspelt one would change the labels.
 *
 * @throws UserError for an input of no such shape; `source` is what the message calls it
 */
export function labelling(operation: CallOperation, input: unknown, source: string): Labelling {
  const isAbi = isJsonObject(input) && Object.hasOwn(input, "tool_name");
  if (operation === "label_resource") {
    const call = isAbi ? abiCall(members(input, ABI_CALL, source), source) : mcpCall(input, source);
    return async (session) => {
      const labels = await session.labelResource(call);
      return { labels, refusal: resourceRefusal(labels) };
    };
  }
  const { call, result } = isAbi ? abiResponse(input, source) : mcpResponse(input, source);
  return async (session) => {
    const labels = await session.labelResponse(call, result);
    return { labels, refusal: responseRefusal(labels, result) };
  };
}

function mcpCall(input: unknown, source: string): ToolCall {
  const { name, arguments: args } = members(input, MCP_CALL, source);
  return toolCall(name, args, source, MCP_CALL);
}

function mcpResponse(input: unknown, source: string): { readonly call: ToolCall; readonly result: unknown } {
  const { call, result } = members(input, MCP_RESPONSE, source);
  if (result === undefined)
    throw new UserError(`${source} has no "result"; it must be ${MCP_RESPONSE.example}`);
  return { call: mcpCall(call, `${source}: "call"`), result };
}

function abiCall({ tool_name: name, tool_args: args }: JsonObject, source: string): ToolCall {
  return toolCall(name, args, source, ABI_CALL);
}

function abiResponse(input: unknown, source: string): { readonly call: ToolCall; readonly result: unknown } {
  const read = members(input, ABI_RESPONSE, source);
  const { tool_result: result } = read;
  if (result === undefined)
    throw new UserError(`${source} has no "tool_result"; it must be ${ABI_RESPONSE.example}`);
  return { call: abiCall(read, source), result };
}

/** The two keys of a call come first in either shape. */
function toolCall(name: unknown, args: unknown, source: string, { keys }: InputShape): ToolCall {
  const [nameKey, argumentsKey] = keys;
  if (typeof name !== "string") throw new UserError(`${source}: "${nameKey}" must be a string`);
  if (args === undefined || args === null) return { name };
  if (isJsonObject(args)) return { name, arguments: args };
  throw new UserError(`${source}: "${argumentsKey}" must be an object`);
}

function members(input: unknown, { keys, example }: InputShape, source: string): JsonObject {
  if (!isJsonObject(input)) throw new UserError(`${source} must be an object like ${example}`);
  const unknown = Object.keys(input).find((key) => !keys.includes(key));
  if (unknown === undefined) return input;
  throw new UserError(
    `${source} has the key ${JSON.stringify(unknown)}; it must be an object like ${example}`,
  );
}
