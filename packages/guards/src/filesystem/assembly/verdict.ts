import { Failure } from "./abi";
import { fail } from "./failure";
import { JsonReader } from "./json-reader";
import { Label, LABEL_BYTES } from "./label";
import { decodePath, isAbsolute, normalizeAbsolute, normalizeRelative, pathLength, pathText, setPath } from "./path";
import { Policy } from "./policy";
import { lookUp, Scope } from "./prefix-tree";
import { Request } from "./request";
import { isAllowed, learnRoots, Root } from "./roots";
import { scopeOf, Tool } from "./tools";

/** Paths of one call: more would take long under a policy with many prefixes, and no agent asks for as many. */
const MAX_PATHS: i32 = 10_000;

/** What the policy says about a call. */
@unmanaged
export class Verdict {
  /** The joined label of everything that the call touches. */
  label: Label;
  /** Prefixes lie in the part of the tree that the call sees beside its paths. */
  divided: bool;
  /** The paths of the call carry different tags. */
  differing: bool;
  /** The path of the call is relative and names the first allowed directory itself, as `.` does. */
  bare: bool;
}

const reader = changetype<JsonReader>(memory.data(offsetof<JsonReader>()));
const onePath = changetype<Label>(memory.data(LABEL_BYTES));

/** Judges a call. False after a failure. A single path stays in `path.ts` for whoever labels its entries. */
export function judge(policy: Policy, request: Request, verdict: Verdict): bool {
  verdict.divided = false;
  verdict.differing = false;
  verdict.bare = false;
  if (request.tool == Tool.UNKNOWN) {
    verdict.label.set(policy.strictest);
    return true;
  }
  if (policy.hasRelative && learnRoots(policy) == null) return false;
  if (request.tool == Tool.ROOTS) return judgeRoots(policy, verdict);
  if (request.args == 0) return fail(Failure.PATH, "path refused: tool_args is missing");
  reader.begin(request.args, request.argsLength);
  const paths = judgeArguments(policy, request.tool, verdict);
  if (paths < 0) return false;
  if (reader.broken) return fail(Failure.PATH, "path refused: tool_args does not have the type that the tool takes");
  const needed = request.tool == Tool.MOVE ? 2 : 1;
  return paths >= needed || fail(Failure.PATH, "path refused: tool_args lacks a path that the tool takes");
}

/**
 * Labels the normal path in `path.ts`. Answers whether prefixes of the scope had a say.
 *
 * Under a policy with relative prefixes, a path outside the allowed directories leads nowhere as far as the guard knows
 * and gets the strictest label. Other policies do without the allowed directories here, also when an earlier call has
 * asked for them: a label must not depend on what came before.
 */
export function labelPath(policy: Policy, scope: Scope, into: Label): bool {
  const path = pathText();
  const length = pathLength();
  const roots = policy.roots;
  if (!policy.hasRelative || roots == null) {
    return lookUp(policy.absoluteTree, policy.standard, path, length, scope, into);
  }
  if (isAllowed(roots, path, length)) return lookUp(roots.tree, policy.standard, path, length, scope, into);
  into.set(policy.strictest);
  return false;
}

/** Judges the names of the allowed directories themselves. */
function judgeRoots(policy: Policy, verdict: Verdict): bool {
  const roots = learnRoots(policy);
  if (roots == null) return false;
  const first = roots.first;
  let root: Root | null = first;
  while (root != null) {
    setPath(root.text, root.length);
    labelPath(policy, Scope.SELF, onePath);
    if (root == first) verdict.label.set(onePath);
    else verdict.label.join(onePath);
    root = root.next;
  }
  return true;
}

/** Judges the arguments that are paths, and answers how many there were; -1 after a failure. */
function judgeArguments(policy: Policy, tool: Tool, verdict: Verdict): i32 {
  const SOURCE = 1, DESTINATION = 2, PATH = 4, PATHS = 8;
  let count = 0;
  let seen = 0;
  if (!reader.object()) return 0;
  while (reader.key()) {
    let argument = 0;
    if (tool == Tool.MOVE) argument = reader.is("source") ? SOURCE : reader.is("destination") ? DESTINATION : 0;
    else if (tool == Tool.READ_MANY) argument = reader.is("paths") ? PATHS : 0;
    else argument = reader.is("path") ? PATH : 0;
    if (argument == 0) {
      reader.skip();
      continue;
    }
    if ((seen & argument) != 0) {
      fail(Failure.PATH, "path refused: an argument is given twice");
      return -1;
    }
    seen |= argument;
    if (argument != PATHS) {
      if (!judgePath(policy, tool, argumentName(argument), count++, verdict)) return -1;
    } else if (reader.array()) {
      while (reader.element()) {
        if (!judgePath(policy, tool, "paths", count++, verdict)) return -1;
      }
    }
  }
  reader.finish();
  return count;
}

function argumentName(argument: i32): string {
  return argument == 1 ? "source" : argument == 2 ? "destination" : "path";
}

/** Judges the path that comes next and joins it with the `before` ones before it. False after a failure. */
function judgePath(policy: Policy, tool: Tool, argument: string, before: i32, verdict: Verdict): bool {
  if (!reader.string()) return fail(Failure.PATH, "path refused: an argument that names a path is not a string");
  if (before == MAX_PATHS) return fail(Failure.PATH, "path refused: paths has more than 10000 entries");
  const length = decodePath(reader, argument);
  if (length < 0) return false;
  if (isAbsolute(length)) {
    normalizeAbsolute(length);
  } else {
    const roots = learnRoots(policy);
    if (roots == null) return false;
    const root = roots.first;
    if (!normalizeRelative(length, root.text, root.length, argument)) return false;
    verdict.bare = pathLength() == root.length;
  }
  if (labelPath(policy, scopeOf(tool), onePath)) verdict.divided = true;
  if (before == 0) {
    verdict.label.set(onePath);
  } else {
    if (!verdict.label.sameTags(onePath)) verdict.differing = true;
    verdict.label.join(onePath);
  }
  return true;
}
