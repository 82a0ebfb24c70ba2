import type { TestProject } from "vitest/node";
import { createProject } from "../../src/packages.js";

/** Installs the packed packages once, for all tests. Answers how to remove them. */
export default async function makeProject({ provide }: TestProject): Promise<() => Promise<void>> {
  const project = await createProject();
  provide("projectFolder", project.folder);
  return () => project.remove();
}

declare module "vitest" {
  interface ProvidedContext {
    projectFolder: string;
  }
}
