/** What to do about a module, by what is said of it when it is so. */
const HINTS: Readonly<Record<string, string>> = {
  "limits.allowDirectMemory": "--allow-direct-memory sets limits.allowDirectMemory",
  "without the one that it was made of":
    "it was prepared with --omit-original, and loads as a compiled module with prepared: true alone; give the guard that it was made of",
  'imports "env.abort"': "AssemblyScript imports env.abort unless it is compiled with --use abort=",
  'imports "gojs.':
    "it was built for JavaScript; build it with GOOS=wasip1 GOARCH=wasm and -buildmode=c-shared",
};

/** What may help with what `problem` says of a module. */
export function moduleHints(problem: string): string[] {
  return Object.entries(HINTS).flatMap(([sign, hint]) => (problem.includes(sign) ? [hint] : []));
}
