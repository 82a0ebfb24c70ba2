import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const { resolve } = createRequire(import.meta.url);

/** What nobody outside may ever get. */
export const SECRET = "salary-of-lindqvist-4711";

/** The files that tests work on. */
const FILES: Readonly<Record<string, string>> = {
  "public/handbook.md": "Be kind.\n",
  "public/press.md": "We make lights.\n",
  "hr/salaries.csv": `name,salary\nLindqvist,${SECRET}\n`,
};

/** A directory with public and private files. */
export class Share implements AsyncDisposable {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async create(): Promise<Share> {
    const share = new Share(await mkdtemp(join(await realpath(tmpdir()), "guardhost-share-")));
    for (const [name, text] of Object.entries(FILES)) {
      await mkdir(join(share.directory, dirname(name)), { recursive: true });
      await writeFile(join(share.directory, name), text);
    }
    return share;
  }

  read(name: string): Promise<string> {
    return readFile(join(this.directory, name), "utf8");
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return rm(this.directory, { recursive: true, force: true });
  }
}

/** Tools of the filesystem server that only read. */
export const READ_ONLY_TOOLS = [
  "read_file",
  "read_text_file",
  "read_media_file",
  "read_multiple_files",
  "list_directory",
  "list_directory_with_sizes",
  "directory_tree",
  "search_files",
  "get_file_info",
  "list_allowed_directories",
];

/** The real filesystem server on a share, behind the real guard. */
export function filesystemServer({ directory }: Share, mode: string, agent: object): object {
  return {
    command: process.execPath,
    args: [resolve("@modelcontextprotocol/server-filesystem/dist/index.js"), directory],
    guard: "filesystem",
    definitions: "trusted",
    backendTools: ["list_allowed_directories"],
    readOnlyTools: READ_ONLY_TOOLS,
    policy: {
      filesystem: {
        mode,
        agent,
        paths: [
          { prefix: ".", secrecy: [], integrity: [] },
          { prefix: "public", secrecy: [], integrity: [], writable: true },
          { prefix: "hr", secrecy: ["hr"], integrity: [], writable: true },
        ],
      },
    },
  };
}

/** The guard of the filesystem server, as the configuration has it. */
export const filesystemGuard: object = { package: "@guardhost/guards/filesystem.wasm" };
