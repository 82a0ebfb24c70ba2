import type { Path } from "./document.js";

/** `${NAME}`, `${NAME:-what else}`, and `${env:NAME}` as VS Code writes it. `$${` is a literal `${`. */
const VARIABLE = /\$(\$\{)|\$\{([^}]*)(?:\}|$)/g;
const NAME = /^(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

/** Told of each place that cannot be expanded. */
type OnProblem = (path: Path, message: string) => void;

/** A copy of `value`, which is JSON, with variables of `env` in the place of their names. Keys are left alone. */
export function expandEnvironment(
  value: unknown,
  env: Readonly<Record<string, string | undefined>>,
  onProblem: OnProblem,
  path: Path = [],
): unknown {
  if (typeof value === "string") return expandText(value, env, (message) => onProblem(path, message));
  if (Array.isArray(value)) {
    return value.map((element, index) => expandEnvironment(element, env, onProblem, [...path, index]));
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      expandEnvironment(member, env, onProblem, [...path, key]),
    ]),
  );
}

function expandText(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
  onProblem: (message: string) => void,
): string {
  return text.replace(VARIABLE, (whole, escaped: string | undefined, reference: string | undefined) => {
    if (escaped !== undefined) return escaped;
    if (!whole.endsWith("}")) {
      onProblem(`${whole} does not end with }`);
      return "";
    }
    const [, name, fallback] = NAME.exec(reference ?? "") ?? [];
    if (name === undefined) {
      onProblem(`${whole} is no environment variable, which is all that can stand there`);
      return "";
    }
    const value = (Object.hasOwn(env, name) ? env[name] : undefined) ?? fallback;
    if (value === undefined) onProblem(`the environment variable ${name} is not set`);
    return value ?? "";
  });
}
