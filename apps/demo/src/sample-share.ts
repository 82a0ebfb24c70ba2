import { cp, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SAMPLE_FILES = fileURLToPath(new URL("../sample-files", import.meta.url));

/** A copy of the sample files that the demo may write to. */
export interface SampleShare extends AsyncDisposable {
  /** A directory of the demo's own. */
  readonly directory: string;
  /** The files, in a directory below it. */
  readonly files: string;
}

/** Makes a copy below the directory for temporary files. Disposing removes it. */
export async function copySampleFiles(): Promise<SampleShare> {
  // The server speaks of real paths only.
  const directory = await mkdtemp(join(await realpath(tmpdir()), "guardhost-demo-"));
  const files = join(directory, "share");
  await cp(SAMPLE_FILES, files, { recursive: true });
  return { directory, files, [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) };
}
