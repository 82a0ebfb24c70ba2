import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** A directory of one test file, with a blank in its name, removed after its tests. */
export interface Workplace {
  readonly directory: string;
  /** Writes a file and returns its full name. Objects become JSON. */
  file(name: string, content: string | Uint8Array | object): Promise<string>;
}

export async function openWorkplace(): Promise<Workplace> {
  const directory = await mkdtemp(join(tmpdir(), "guardhost cli-"));
  afterAll(() => rm(directory, { recursive: true }));
  return {
    directory,
    async file(name, content) {
      const path = join(directory, name);
      const isText = typeof content === "string" || content instanceof Uint8Array;
      await writeFile(path, isText ? content : JSON.stringify(content));
      return path;
    },
  };
}
