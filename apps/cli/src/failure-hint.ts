import { GuardError } from "@guardhost/core";
import { WasmFormatError } from "@guardhost/rewrite";
import { moduleHints } from "./module-hints.js";

/** What may help after `error`, where its message, which is for programs as well, does not say what to do here. */
export function failureHint(error: unknown): string | undefined {
  if (GuardError.is(error, "OUT_OF_MEMORY")) return error.cause === undefined ? undefined : ADDRESSES_HINT;
  if (!GuardError.is(error, "INVALID_MODULE")) return undefined;
  if (error.cause instanceof WasmFormatError && error.cause.offset === 0) return FORMAT_HINT;
  const hints = moduleHints(error.message);
  return hints.length === 0 ? undefined : hints.join("; ");
}

/** A guard whose own memory is used up has no cause. */
const ADDRESSES_HINT =
  "the runtime reserves about 10 GiB of addresses for each memory of WebAssembly; let this process have them (ulimit -v)";

const FORMAT_HINT = "give the .wasm file that a compiler writes; the text format has to be assembled first";
