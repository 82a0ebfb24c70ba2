import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The workspace's root folder. */
export const root = fileURLToPath(new URL("../../../", import.meta.url));

/** The parts of a manifest that the checks look at. */
export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly files?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly engines?: Readonly<Record<string, string>>;
  readonly sideEffects?: boolean;
  readonly type?: string;
  readonly license?: string;
}

/** Folders of all packages, relative to the root. */
export function packageFolders(): string[] {
  return ["packages", "apps", "tools"].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => `${parent}/${name}`),
  );
}

/** The manifest of the package in `folder`. */
export function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
}

/** Folders of the packages that users install. */
export function publishedFolders(): string[] {
  return packageFolders().filter((folder) => manifestOf(folder).private !== true);
}

/** Statements as the compiler and the formatter write them: at the beginning of a line, with double quotes. */
const IMPORTS = [
  /^(?:import|export)\b(?! type\b)[^"'`;]*?\sfrom "([^"]+)"/gm,
  /^import "([^"]+)"/gm,
  /\bimport\("([^"]+)"\)/g,
];

const COMMENTS = /\/\*.*?\*\//gs;

/** Whether what runs of a package is its sources: nobody installs it, so nothing is built of it. */
export function runsFromSources(folder: string): boolean {
  return folder.startsWith("tools/");
}

/** What a package imports from outside it when it runs, each package once, sorted. */
export function runtimeImports(folder: string): string[] {
  const specifiers = runningFiles(folder).flatMap((file) => {
    const code = readFileSync(file, "utf8").replace(COMMENTS, "");
    return IMPORTS.flatMap((pattern) =>
      [...code.matchAll(pattern)].map(([, specifier]) => specifier as string),
    );
  });
  return [...new Set(specifiers.filter((specifier) => !specifier.startsWith(".")))].toSorted();
}

function runningFiles(folder: string): string[] {
  if (!runsFromSources(folder)) {
    return filesBelow(join(root, folder, "dist")).filter((file) => file.endsWith(".js"));
  }
  const parent = join(root, folder);
  return filesBelow(parent).filter(
    (file) => /(?<!\.d)\.[jt]s$/.test(file) && !file.startsWith(join(parent, "test/")),
  );
}

/** All files, without what is installed: its links lead through the whole workspace. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== "node_modules")
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : [path];
    });
}
