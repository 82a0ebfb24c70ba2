import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** Where a link of Markdown leads, without the part of the page. */
const LINKS = /\]\(([^)#\s]+)/g;

/** Relative links in the Markdown files below `folder`, each with its file, that lead out of it or to nothing. */
export function deadLinks(folder: string): string[] {
  return markdownFiles(folder).flatMap((file) => {
    const targets = [...readFileSync(join(folder, file), "utf8").matchAll(LINKS)].map(([, to = ""]) => to);
    return targets
      .filter((target) => !/^\w+:/.test(target) && !leadsInside(folder, join(folder, dirname(file), target)))
      .map((target) => `${file}: ${target}`);
  });
}

function markdownFiles(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(".md") && !name.split("/").includes("node_modules"));
}

function leadsInside(folder: string, path: string): boolean {
  return !relative(folder, path).startsWith("..") && existsSync(path);
}
