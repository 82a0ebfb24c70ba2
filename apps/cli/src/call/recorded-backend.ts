import type { Backend } from "@guardhost/core";
import { isJsonObject } from "../json-object.js";
import { UserError } from "../user-error.js";

/**
 * A backend that gives each tool the same result whatever its arguments: the member of `results` that has its name.
 * A tool without one fails.
 *
 * @throws UserError when `results` is no object; `source` is what the message calls it
 */
export function recordedBackend(results: unknown, source: string): Backend {
  if (!isJsonObject(results)) {
    throw new UserError(`${source} must be a JSON object of results by the names of their tools`);
  }
  return ({ name }) => {
    if (!Object.hasOwn(results, name)) {
      throw new UserError(`${source} has no result for the tool ${JSON.stringify(name)}`);
    }
    return results[name];
  };
}
