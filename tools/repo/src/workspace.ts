import { existsSync, readdirSync, readFileSync } from "node:fs";
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

/** Statements as the compiler writes them: at the beginning of a line, with double quotes. */
const IMPORTS = [
  /^(?:import|export)\b[^"'`;]*?\sfrom "([^"]+)"/gm,
  /^import "([^"]+)"/gm,
  /\bimport\("([^"]+)"\)/g,
];

/** What the built files of a package import from outside it when they run, each package once, sorted. */
export function runtimeImports(folder: string): string[] {
  const dist = join(root, folder, "dist");
  if (!existsSync(dist)) return [];
  const files = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".js"),
  );
  const specifiers = files.flatMap((file) => {
    const code = readFileSync(join(dist, file), "utf8");
    return IMPORTS.flatMap((pattern) =>
      [...code.matchAll(pattern)].map(([, specifier]) => specifier as string),
    );
  });
  return [...new Set(specifiers.filter((specifier) => !specifier.startsWith(".")))].toSorted();
}
