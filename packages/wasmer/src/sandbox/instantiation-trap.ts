/**
 * What the instantiation of a prepared guard traps with, as by a segment that lies beyond its memory. In a process it would cost every guard
 * the client that they share. Nothing of the guard runs here: rewriting has made its start function an export.
 *
 * @returns undefined where it does not trap, or cannot be tried for want of memory
 */
export async function instantiationTrap(prepared: Uint8Array): Promise<WebAssembly.RuntimeError | undefined> {
  try {
    const module = await WebAssembly.compile(prepared as BufferSource);
    await WebAssembly.instantiate(module, anyImports(module));
    return undefined;
  } catch (error) {
    // Whatever else there is, the sandbox meets as well.
    return error instanceof WebAssembly.RuntimeError ? error : undefined;
  }
}

function anyImports(module: WebAssembly.Module): WebAssembly.Imports {
  const imports: Record<string, Record<string, () => number>> = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    imports[from] ??= {};
    imports[from][name] = () => 0;
  }
  return imports;
}
