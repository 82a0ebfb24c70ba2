import { Failure } from "./abi";
import { fail, reportFailure } from "./failure";
import { JsonWriter } from "./json-writer";
import { Label, LABEL_BYTES } from "./label";
import { currentPolicy, ReservedIntegrity } from "./policy";
import { readRequest, Request } from "./request";
import { addToSet } from "./tag-set";
import { writeTagLists } from "./tag-lists";
import { operationOf, Tool } from "./tools";
import { judge, Verdict } from "./verdict";

const request = changetype<Request>(memory.data(offsetof<Request>()));
const verdict = changetype<Verdict>(memory.data(offsetof<Verdict>()));
const label = changetype<Label>(memory.data(LABEL_BYTES));

/** Labels what a call touches. */
export function labelResource(input: usize, length: u32, writer: JsonWriter): i32 {
  const policy = currentPolicy();
  if (policy == null) {
    fail(Failure.NO_POLICY, "no policy: label_agent comes first");
    return reportFailure();
  }
  verdict.label = label;
  if (!readRequest(request, input, length) || !judge(policy, request, verdict)) return reportFailure();
  demand(request.tool, verdict);
  // The tool's name is all that a description tells: the host may show it to agents that must not know the path.
  writer.raw('{"resource":{"description":"');
  if (request.tool == Tool.UNKNOWN) writer.raw("unknown tool");
  else writer.bytes(request.name, request.nameLength);
  writer.raw('",');
  writeTagLists(writer, policy, verdict.label);
  writer.raw('},"operation":"');
  writer.raw(operationOf(request.tool));
  writer.raw('"}');
  return writer.finish();
}

/**
 * Adds what no agent has to the integrity that a write demands, where the policy forbids it.
 *
 * A label and not an error: "you may not write here" is a verdict of the policy. The host reports it to the agent as
 * such, in every mode, while an error would look like a broken guard.
 */
function demand(tool: Tool, verdict: Verdict): void {
  const integrity = verdict.label.integrity;
  if (tool == Tool.UNKNOWN) addToSet(integrity, ReservedIntegrity.UNKNOWN_TOOL);
  if (tool != Tool.WRITE && tool != Tool.EDIT && tool != Tool.MOVE) return;
  if (!verdict.label.writable) addToSet(integrity, ReservedIntegrity.READ_ONLY);
  // What moves takes the labels of its new place. Read from the one and written to the other by the joined label, a
  // secret would become public; and the rules for a directory's parts would stay behind.
  if (tool == Tool.MOVE && (verdict.differing || verdict.divided)) addToSet(integrity, ReservedIntegrity.RELABELLING);
}
