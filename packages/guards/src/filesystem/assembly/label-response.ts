import { Failure } from "./abi";
import { fail, hasFailed, reportFailure } from "./failure";
import { allocate, release } from "./heap";
import { JsonReader } from "./json-reader";
import { decodeString } from "./json-string";
import { JsonWriter } from "./json-writer";
import { Label, LABEL_BYTES } from "./label";
import { Lines, writeLines } from "./listing";
import { currentPolicy, Policy } from "./policy";
import { readRequest, Request } from "./request";
import { joinForeignLines } from "./search-result";
import { writeTagLists } from "./tag-lists";
import { soleText } from "./tool-result";
import { Tool } from "./tools";
import { writeTree } from "./tree-result";
import { judge, Verdict } from "./verdict";

const request = changetype<Request>(memory.data(offsetof<Request>()));
const verdict = changetype<Verdict>(memory.data(offsetof<Verdict>()));
const label = changetype<Label>(memory.data(LABEL_BYTES));
const reader = changetype<JsonReader>(memory.data(offsetof<JsonReader>()));

/**
 * Labels what a tool answered.
 *
 * The arguments decide. Only where entries of a directory differ in their labels is the answer itself read, to label
 * each entry; an answer that does not look as expected gets the joined label of all that the call could see. There
 * is never an answer without labels: some hosts would take that for "public".
 */
export function labelResponse(input: usize, length: u32, writer: JsonWriter): i32 {
  const policy = currentPolicy();
  if (policy == null) {
    fail(Failure.NO_POLICY, "no policy: label_agent comes first");
    return reportFailure();
  }
  verdict.label = label;
  if (!readRequest(request, input, length) || !judge(policy, request, verdict)) return reportFailure();
  if (request.result == 0) {
    fail(Failure.INPUT, "input refused: tool_result is missing");
    return reportFailure();
  }
  if (!labelParts(policy, writer)) {
    if (hasFailed()) return reportFailure();
    writer.rewind();
    // No tree that can be read, or an error: it may tell of the server's home directory (see `writeTree`).
    if (request.tool == Tool.TREE && verdict.bare) label.join(policy.strictest);
    writeWhole(policy, writer);
  }
  return writer.finish();
}

/** Labels the parts of a result one by one. False if it has to be labelled as a whole, or after a failure. */
function labelParts(policy: Policy, writer: JsonWriter): bool {
  const tool = request.tool;
  const listing = tool == Tool.LIST || tool == Tool.LIST_SIZES;
  const bareTree = tool == Tool.TREE && verdict.bare;
  const divisible = bareTree || (verdict.divided && (listing || tool == Tool.TREE || tool == Tool.SEARCH));
  if (!divisible && tool != Tool.SEARCH && tool != Tool.ROOTS) return false;
  reader.begin(request.result, request.resultLength);
  if (!soleText(reader)) return false;
  if (listing) {
    const lines = tool == Tool.LIST ? Lines.ENTRIES : Lines.SIZED_ENTRIES;
    return writeLines(policy, reader, lines, verdict.label, writer);
  }
  const text = allocate(reader.length);
  if (text == 0) return fail(Failure.MEMORY, "no memory left to read the tool's result");
  const size = decodeString(reader.text, reader.length, text);
  let labelled = false;
  if (tool == Tool.TREE) labelled = size >= 0 && writeTree(policy, text, size, bareTree, verdict.label, writer);
  else if (size >= 0) {
    const foreign = joinForeignLines(policy, text, size, tool == Tool.SEARCH, verdict.label);
    labelled = tool == Tool.SEARCH && divisible && !foreign && writeLines(policy, reader, Lines.PATHS, verdict.label, writer);
  }
  release(text);
  return labelled;
}

/** One label for everything: nothing is addressed, so whatever the host finds inside gets the default. */
function writeWhole(policy: Policy, writer: JsonWriter): void {
  writer.raw('{"labeled_paths":[],"default_labels":{');
  writeTagLists(writer, policy, verdict.label);
  writer.raw("}}");
}
