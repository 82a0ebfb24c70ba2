import { isJsonObject } from "./is-json-object.js";
import { copyJson } from "./json-copy.js";
import { McpError } from "./mcp-error.js";

/** What a client answers to an interim result, in requests that may have one. */
const ANSWERS = ["inputResponses", "requestState"];

/** Parameters of a request, of which nothing is left that no guard sees. */
export interface CheckedParams {
  readonly params: Record<string, unknown>;
  readonly size: number;
  /** Whether the client hands over more than the parameters that the guard sees: what a user or a model has answered. */
  readonly hasAnswers: boolean;
}

/**
 * Checks the parameters of a request.
 *
 * @param known members that they may have beside `_meta`
 * @param mayAnswer whether they may hold answers to an interim result
 * @throws McpError `invalidParams`
 */
export function checkParams(
  params: Readonly<Record<string, unknown>> | undefined,
  known: readonly string[],
  mayAnswer: boolean,
): CheckedParams {
  const { value, size } = copy(params ?? {});
  const { _meta, ...members } = value;
  const allowed = mayAnswer ? [...known, ...ANSWERS] : known;
  const unknown = Object.keys(members).find((name) => !allowed.includes(name));
  if (unknown !== undefined) {
    throw McpError.of(
      "invalidParams",
      `The parameter ${JSON.stringify(unknown)} is not let through, because no guard would see it.`,
    );
  }
  const hasAnswers = ANSWERS.some((name) => members[name] !== undefined);
  const progressToken = isJsonObject(_meta) ? _meta.progressToken : undefined;
  // All else in it would reach the server unseen by any guard.
  const checked = progressToken === undefined ? members : { ...members, _meta: { progressToken } };
  return { params: checked, size, hasAnswers };
}

function copy(params: Readonly<Record<string, unknown>>) {
  try {
    return copyJson(params);
  } catch (cause) {
    throw McpError.of(
      "invalidParams",
      "The parameters are no object of JSON, or nest too deeply.",
      {},
      { cause },
    );
  }
}
