import { compileModule } from "./compile-module.js";

/**
 * Checks the types of a module, which are the runtime's business.
 *
 * @param problem what it means that the module is not valid
 * @throws GuardError as {@link compileModule} does
 */
export async function assertValid(module: Uint8Array, problem?: string): Promise<void> {
  if (!WebAssembly.validate(module as BufferSource)) await compileModule(module, problem);
}
