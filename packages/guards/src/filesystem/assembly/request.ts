import { Failure } from "./abi";
import { beginFailure, fail, say, sayNumber } from "./failure";
import { JsonReader } from "./json-reader";
import { Tool, toolNamed } from "./tools";

/** The input of `label_resource` and `label_response`: which tool, and where its arguments and its result stand. */
@unmanaged
export class Request {
  tool: Tool;
  /** The tool's name as the input spells it. */
  name: usize;
  nameLength: i32;
  args: usize;
  argsLength: u32;
  /** 0 where the input has none. */
  result: usize;
  resultLength: u32;
}

const reader = changetype<JsonReader>(memory.data(offsetof<JsonReader>()));

/**
 * Reads an input. Every byte is checked here, so what reads the parts later need not complain again.
 *
 * A name given twice means one thing to the first reader and another to the second: refused.
 */
export function readRequest(request: Request, text: usize, length: u32): bool {
  memory.fill(changetype<usize>(request), 0, offsetof<Request>());
  reader.begin(text, length);
  if (readMembers(request) && reader.finish()) {
    if (request.name == 0) return fail(Failure.INPUT, "input refused: tool_name is missing");
    return true;
  }
  if (beginFailure(Failure.INPUT)) {
    say("input refused: ");
    say(reader.problem);
    say(", at byte ");
    sayNumber(reader.offset);
  }
  return false;
}

function readMembers(request: Request): bool {
  if (!reader.object()) return false;
  while (reader.key()) {
    if (reader.is("tool_name")) {
      if (request.name != 0) return reader.refuse("tool_name is given twice");
      if (!reader.string()) return false;
      request.name = reader.text;
      request.nameLength = reader.length;
      request.tool = toolNamed(reader);
    } else if (reader.is("tool_args")) {
      if (request.args != 0) return reader.refuse("tool_args is given twice");
      request.args = reader.position();
      reader.skip();
      request.argsLength = <u32>(reader.position() - request.args);
    } else if (reader.is("tool_result")) {
      if (request.result != 0) return reader.refuse("tool_result is given twice");
      request.result = reader.position();
      reader.skip();
      request.resultLength = <u32>(reader.position() - request.result);
    } else {
      reader.skip();
    }
  }
  return !reader.broken;
}
