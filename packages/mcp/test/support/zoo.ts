import { anyObjectPolicy, type Guard, loadGuard, native } from "@guardhost/native";
import { moduleBytes } from "../../../conformance/dist/guest/module-bytes.js";
import type { Command } from "../../../conformance/dist/guest/program.js";
import type { McpRequest } from "../../src/index.js";

export {
  ask,
  type Command,
  exit,
  fill,
  growMemory,
  log,
  returnStatus,
  spin,
  trap,
  write,
} from "../../../conformance/dist/guest/program.js";

/** The guard of the conformance suite, which does what the arguments of a call say, be it to harm its host. */
export function loadZooGuard(): Promise<Guard> {
  return loadGuard(moduleBytes("guard"), {
    engine: native(),
    policySchema: anyObjectPolicy,
    timeoutMs: 2_000,
    // Every test makes one principal lose many instances.
    breaker: false,
  });
}

/** A call whose guard runs a program before it is made, and again for its answer. */
export function programCall(...commands: readonly Command[]): McpRequest {
  return { method: "tools/call", params: { name: "tool", arguments: { run: program(...commands) } } };
}

/** A program, as text for arguments and for answers. */
export function program(...commands: readonly Command[]): string {
  return `#${commands.join("")}`;
}

/** A call whose guard does nothing out of the ordinary. */
export const plainCall: McpRequest = { method: "tools/call", params: { name: "tool" } };
