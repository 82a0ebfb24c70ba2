import {
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from "jsonc-parser";
import { ConfigError, type ConfigProblem } from "./config-error.js";

/** Keys and indices from the root of a document. */
export type Path = readonly (string | number)[];

/** A text of JSON with comments, and where in it things stand. */
export class ConfigDocument {
  readonly #file: string;
  readonly #text: string;
  readonly #root: Node;

  /**
   * Trailing commas are accepted. A key twice in one object is not: two readers would see different things.
   *
   * @throws ConfigError for what is no such text
   */
  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
    const errors: ParseError[] = [];
    const root = parseTree(text, errors, { allowTrailingComma: true });
    const [first] = errors;
    // What follows the first error is mostly its consequence.
    if (first !== undefined || root === undefined) {
      const message = first === undefined ? "it is empty" : words(printParseErrorCode(first.error));
      const position = this.#position(first?.offset ?? 0);
      throw new ConfigError(file, [{ ...position, key: "", message: `this is no JSON: ${message}` }]);
    }
    this.#root = root;
    const twice = [...repeatedKeys(root)].map(({ offset, value }) => ({
      ...this.#position(offset),
      key: String(value),
      message: "this key is there twice",
    }));
    if (twice.length > 0) throw new ConfigError(file, twice);
  }

  value(): unknown {
    return getNodeValue(this.#root);
  }

  /** A problem with what stands at `path` or, where nothing does, with the closest thing around it. */
  problem(path: Path, message: string, { atKey = false } = {}): ConfigProblem {
    const node = this.#nearest(path);
    // Of a member that is wrong as such, the key is what to look at.
    const at = atKey && node.parent?.type === "property" ? (node.parent.children?.[0] ?? node) : node;
    return { ...this.#position(at.offset), key: keyOf(path), message };
  }

  error(problems: readonly ConfigProblem[]): ConfigError {
    return new ConfigError(this.#file, problems);
  }

  #nearest(path: Path): Node {
    for (let length = path.length; length > 0; length--) {
      const node = findNodeAtLocation(this.#root, [...path.slice(0, length)]);
      if (node !== undefined) return node;
    }
    return this.#root;
  }

  #position(offset: number): { line: number; column: number } {
    const before = this.#text.slice(0, offset);
    const lineStart = before.lastIndexOf("\n") + 1;
    return { line: before.split("\n").length, column: offset - lineStart + 1 };
  }
}

function* repeatedKeys(node: Node): Generator<Node> {
  const seen = new Set<unknown>();
  for (const child of node.children ?? []) {
    const key = node.type === "object" ? child.children?.[0] : undefined;
    if (key !== undefined) {
      if (seen.has(key.value)) yield key;
      seen.add(key.value);
    }
    yield* repeatedKeys(child);
  }
}

function keyOf(path: Path): string {
  return path
    .map((part) =>
      typeof part === "number"
        ? `[${part}]`
        : /^[\w$-]+$/.test(part)
          ? `.${part}`
          : `[${JSON.stringify(part)}]`,
    )
    .join("")
    .replace(/^\./, "");
}

/** `PropertyNameExpected` as words. */
function words(code: string): string {
  return code.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
}
