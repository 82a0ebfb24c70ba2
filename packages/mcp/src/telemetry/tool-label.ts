/** Names as MCP recommends them for tools. Whatever else a client sends as one may be data. */
const TOOL_NAME = /^[A-Za-z0-9_./-]{1,128}$/;

/** A tool's name that is fit for logs, or that it is none. Only {@link toolLabel} makes them. */
export type ToolLabel = string & { readonly [brand]: true };
declare const brand: unique symbol;

/** The name of a tool for logs and telemetry. */
export function toolLabel(name: string): ToolLabel {
  return (TOOL_NAME.test(name) ? name : "(not a tool's name)") as ToolLabel;
}
