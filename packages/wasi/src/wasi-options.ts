import type { EngineOptions, SealedSetup } from "@guardhost/engine";
import { MAX_FILE_BYTES, MAX_GIVEN, MAX_STRING_BYTES, MAX_WRITTEN_BYTES } from "./limits.js";
import { isInside, parentsOf, resolvePath } from "./paths.js";
import { nodeBytes } from "./write-budget.js";

/** Settings of `wasi()`. */
export interface WasiOptions extends EngineOptions {
  /** What the guard finds as its arguments, the name of the program first; none unless given. */
  readonly args?: readonly string[] | undefined;
  /**
   * What the guard finds as its environment; nothing unless given, and never anything of the host's. Together with `args`
   * 65,536 bytes at most, 5 more for each string.
   */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /**
   * Files by their paths, as text or bytes; no file system at all unless there are files, or something is writable. Each
   * instance gets a copy of its own: 16 MiB at most, and 4,096 files and directories, with those that are writable.
   */
  readonly files?: Readonly<Record<string, string | Uint8Array>> | undefined;
  /**
   * Files and directories that the guard may write to; none unless given. Directories are made where nothing is. What is
   * written is the instance's own, and gone with it. 4 MiB at most in each instance, files that are given and writable
   * among them; each file counts with the most it has held, and 512 bytes and its path more, as directories do.
   */
  readonly writable?: readonly string[] | undefined;
}

/** Names of the options that only `wasi()` has. */
export const WASI_OPTIONS: Readonly<Record<Exclude<keyof WasiOptions, keyof EngineOptions>, true>> = {
  args: true,
  env: true,
  files: true,
  writable: true,
};

/** What an instance is made of, checked, copied, and cloneable. */
export interface WasiSetup extends SealedSetup {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Absent without a file system. By resolved paths. */
  readonly tree?: FileTree | undefined;
}

/** What the file system of a fresh instance holds. All paths are resolved. */
export interface FileTree {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Parents before children. The root is not among them. */
  readonly directories: readonly string[];
  readonly writable: readonly string[];
}

const encoder = new TextEncoder();

/** Throws a TypeError that names the option that is of another kind, and a RangeError that names the one that makes no sense. */
export function setupOf({
  clock,
  random,
  args = [],
  env = {},
  files = {},
  writable = [],
}: WasiOptions): WasiSetup {
  assertStringArrays({ args, writable });
  assertRecords({ env, files });
  assertStrings(args, Object.entries(env));
  const hasFiles = Object.keys(files).length > 0 || writable.length > 0;
  return {
    clock,
    random,
    args: [...args],
    env: { ...env },
    tree: hasFiles ? treeOf(files, writable) : undefined,
  };
}

function assertStringArrays(options: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (!Array.isArray(value)) throw new TypeError(`${name} must be an array of strings`);
    for (const [index, text] of value.entries()) assertString(text, `${name}[${index}]`);
  }
}

function assertString(value: unknown, what: string): asserts value is string {
  if (typeof value !== "string") throw new TypeError(`${what} must be a string, not ${typeof value}`);
}

/** A Map above all would pass for an object without anything. */
function assertRecords(options: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (typeof value !== "object" || value === null || Symbol.iterator in value)
      throw new TypeError(`${name} must be a plain object`);
  }
}

function assertStrings(args: readonly string[], variables: readonly [name: string, value: string][]): void {
  let bytes = 0;
  const take = (text: string, what: string) => {
    if (!text.isWellFormed()) throw new RangeError(`${what} must be well-formed Unicode`);
    if (text.includes("\0")) throw new RangeError(`${what} must not contain a NUL`);
    // With its NUL, and a pointer to it.
    bytes += encoder.encode(text).length + 5;
  };
  for (const [index, text] of args.entries()) take(text, `args[${index}]`);
  for (const [name, value] of variables) {
    if (name === "" || name.includes("="))
      throw new RangeError(`env must not have the name ${JSON.stringify(name)}`);
    take(name, "a name in env");
    assertString(value, `env.${name}`);
    take(value, `env.${name}`);
  }
  if (bytes > MAX_STRING_BYTES) {
    throw new RangeError(`args and env must have ${MAX_STRING_BYTES} bytes at most, not ${bytes}`);
  }
}

function treeOf(given: NonNullable<WasiOptions["files"]>, givenWritable: readonly string[]): FileTree {
  const files = new Map<string, Uint8Array>();
  for (const [name, content] of Object.entries(given)) {
    const path = pathOf(name, "files");
    if (path === "") throw new RangeError(`files must not have ${JSON.stringify(name)}, which is the root`);
    if (name.endsWith("/")) throw unfitPath("files", name);
    if (files.has(path)) throw new RangeError(`files must not have ${JSON.stringify(name)} twice`);
    if (typeof content !== "string" && !(content instanceof Uint8Array)) {
      throw new TypeError(`files[${JSON.stringify(name)}] must be a string or a Uint8Array`);
    }
    files.set(path, copyOf(typeof content === "string" ? encoder.encode(content) : content));
  }
  const writable = givenWritable.map((name) => pathOf(name, "writable"));
  const directories = new Set<string>();
  for (const path of [...files.keys(), ...writable]) {
    for (const parent of parentsOf(path)) directories.add(parent);
    if (path !== "" && !files.has(path)) directories.add(path);
  }
  for (const path of directories) {
    if (files.has(path)) throw new RangeError(`files must not have /${path}, which is a directory as well`);
  }
  assertCount(files.size + directories.size);
  assertSizes(files, writable);
  return { files, writable, directories: [...directories].sort() };
}

/** A copy that worker threads share, where memory can be shared: otherwise each instance would be sent its own. */
function copyOf(bytes: Uint8Array): Uint8Array {
  const ByteBuffer = typeof SharedArrayBuffer === "undefined" ? ArrayBuffer : SharedArrayBuffer;
  const copy = new Uint8Array(new ByteBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}

function assertCount(nodes: number): void {
  if (nodes <= MAX_GIVEN) return;
  throw new RangeError(
    `files and writable must have ${MAX_GIVEN} files and directories at most, not ${nodes}`,
  );
}

function assertSizes(files: ReadonlyMap<string, Uint8Array>, writable: readonly string[]): void {
  let all = 0;
  let open = 0;
  for (const [path, { length }] of files) {
    all += length;
    if (writable.some((root) => isInside(path, root))) open += length + nodeBytes(path);
  }
  if (all > MAX_FILE_BYTES)
    throw new RangeError(`files must have ${MAX_FILE_BYTES} bytes at most, not ${all}`);
  if (open > MAX_WRITTEN_BYTES) {
    throw new RangeError(`files that are writable must have ${MAX_WRITTEN_BYTES} bytes at most, not ${open}`);
  }
}

function pathOf(name: string, option: string): string {
  // Two names that are no Unicode would be the same name to the shim.
  const path = name.isWellFormed() ? resolvePath("", name) : undefined;
  if (typeof path !== "string") throw unfitPath(option, name);
  return path;
}

function unfitPath(option: string, name: string): RangeError {
  return new RangeError(`${option} must not have the path ${JSON.stringify(name)}`);
}
