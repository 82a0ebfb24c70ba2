import { GuardError, type GuardLimits } from "@guardhost/core";
import { COUNTDOWN_EXPORT, PREPARED_SECTION, REWRITER_VERSION, readMarker } from "@guardhost/rewrite";

/**
 * Accepts a compiled module that its caller vouches for. JavaScript sees neither its code nor its limits; what can be seen
 * is looked at, so that a mistake shows.
 *
 * @throws GuardError `NOT_PREPARED` when nobody vouches for it, when it obviously was not prepared, and when it was, by
 *   another version or for larger limits
 */
export function acceptModule(module: WebAssembly.Module, limits: GuardLimits, prepared: boolean): void {
  if (!prepared) {
    throw notPrepared("cannot be checked or limited");
  }
  const [section] = WebAssembly.Module.customSections(module, PREPARED_SECTION);
  const marker = section && readMarker(new Uint8Array(section));
  const hasCountdown = WebAssembly.Module.exports(module).some(({ name }) => name === COUNTDOWN_EXPORT);
  if (marker === undefined || !hasCountdown) throw notPrepared("is not what `guardhost prepare` writes");
  const { version, caps } = marker;
  if (version !== REWRITER_VERSION) {
    throw new GuardError(
      "NOT_PREPARED",
      `the module was prepared by another version (${version}, this is ${REWRITER_VERSION}): prepare it again`,
    );
  }
  for (const name of ["maxMemoryPages", "maxTableElements"] as const) {
    if (caps[name] <= limits[name]) continue;
    throw new GuardError(
      "NOT_PREPARED",
      `the module was prepared for a ${name} of ${caps[name]}, above the limit of ${limits[name]}: raise limits.${name}, ` +
        "or prepare it with a lower one",
    );
  }
}

function notPrepared(why: string): GuardError {
  return new GuardError(
    "NOT_PREPARED",
    `this compiled WebAssembly.Module ${why}: pass the bytes it was compiled from, or compile what \`guardhost prepare\` ` +
      "wrote and vouch for it with the option prepared: true",
  );
}
