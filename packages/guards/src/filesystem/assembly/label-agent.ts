import { reportFailure, writeFailure } from "./failure";
import { JsonWriter } from "./json-writer";
import { Label } from "./label";
import { freePolicy, installPolicy, Mode, Policy, Prefix } from "./policy";
import { readPolicy } from "./policy-reader";
import { writeTagLists } from "./tag-lists";

/**
 * Reads a policy, puts it in force, and answers the agent's labels with the policy as it was understood.
 *
 * The answer depends on the policy alone, so a host can repeat it in a fresh instance. The policy before stays in
 * force unless the new one is valid and its answer fits.
 */
export function labelAgent(input: usize, length: u32, writer: JsonWriter): i32 {
  const policy = readPolicy(input, length);
  if (policy == null) return answerFailure(writer);
  writer.raw('{"agent":{');
  writeTagLists(writer, policy, policy.agent);
  writer.raw('},"difc_mode":"');
  writer.raw(modeName(policy.mode));
  writer.raw('","normalized_policy":');
  writePolicy(writer, policy);
  writer.raw("}");
  if (writer.fits) installPolicy(policy);
  else freePolicy(policy);
  return writer.finish();
}

/**
 * Answers with the reason: of the three label functions only this one can, and whoever wrote the policy needs it
 * even where guards' logs are off.
 */
function answerFailure(writer: JsonWriter): i32 {
  const code = reportFailure();
  writer.raw('{"success":false,"error":');
  writeFailure(writer);
  writer.raw("}");
  return writer.fits ? writer.finish() : code;
}

/** Writes the policy with every default spelled out. Reading it again gives the same policy. */
function writePolicy(writer: JsonWriter, policy: Policy): void {
  writer.raw('{"filesystem":{"mode":"');
  writer.raw(modeName(policy.mode));
  writer.raw('","agent":{');
  writeTagLists(writer, policy, policy.agent);
  writer.raw('},"paths":[');
  let prefix = policy.prefixes;
  while (prefix != null) {
    writePrefix(writer, policy, prefix);
    prefix = prefix.next;
    if (prefix != null) writer.raw(",");
  }
  writer.raw("]");
  if (policy.hasDefault) {
    writer.raw(',"default":{');
    writeTagLists(writer, policy, policy.standard);
    writeWritable(writer, policy.standard);
  }
  writer.raw("}}");
}

function writePrefix(writer: JsonWriter, policy: Policy, prefix: Prefix): void {
  writer.raw('{"prefix":');
  if (prefix.length == 0) writer.raw(prefix.relative ? '"."' : '"/"');
  else writer.string(prefix.text, prefix.length);
  writer.raw(",");
  writeTagLists(writer, policy, prefix.label);
  writeWritable(writer, prefix.label);
}

function writeWritable(writer: JsonWriter, label: Label): void {
  writer.raw(label.writable ? ',"writable":true}' : ',"writable":false}');
}

function modeName(mode: Mode): string {
  if (mode == Mode.FILTER) return "filter";
  return mode == Mode.PROPAGATE ? "propagate" : "strict";
}
