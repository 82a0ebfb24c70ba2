import type { AgentLabels, ResourceLabels, ResponseLabels } from "@guardhost/core";
import { DifcError, filterResponse, Label, type ResponseAccess, readLabels } from "@guardhost/difc";

/** An access that no rule of information flow keeps from anything: what is refused all the same is so for its labels. */
const UNHINDERED: ResponseAccess = {
  agent: { secrecy: Label.all, integrity: Label.none },
  resource: { secrecy: Label.none, integrity: Label.all },
  operation: "read",
  mode: "filter",
  writeResult: "checked",
};

/** Why no monitor takes what a guard says about an agent; undefined if it does. */
export function agentRefusal({ agent }: AgentLabels): string | undefined {
  return refusal(() => readLabels(agent));
}

/** Why no monitor takes what a guard says about a call; undefined if it does. */
export function resourceRefusal({ resource }: ResourceLabels): string | undefined {
  return refusal(() => readLabels(resource));
}

/** Why no monitor delivers anything of `result` with these labels; undefined if it can. */
export function responseRefusal(labels: ResponseLabels, result: unknown): string | undefined {
  return refusal(() => filterResponse(UNHINDERED, result, labels));
}

/** Core checks the form of what guards say, and monitors what it means. */
function refusal(judge: () => unknown): string | undefined {
  try {
    judge();
    return undefined;
  } catch (error) {
    if (DifcError.is(error)) return error.message;
    throw error;
  }
}
