import { readFileUrl } from "#file-source";
import { GuardError } from "../error.js";
import type { WasmModule } from "../runtime/web-assembly.js";
import { moduleTooLarge } from "./module-too-large.js";

/** Where a guard may come from. `file:` URLs are read where there is a file system, others are fetched. */
export type GuardSource = Uint8Array | ArrayBuffer | URL | Response | WasmModule;

/** Settings of {@link readModule}. */
export interface ReadModuleOptions {
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/**
 * The module of `source`, as a private copy of its bytes that nobody else can change, or as the compiled module that
 * was passed in.
 *
 * @throws GuardError `INVALID_MODULE` when it cannot be read, or has more than `maxBytes`
 */
export async function readModule(
  source: GuardSource | PromiseLike<GuardSource>,
  options: ReadModuleOptions,
): Promise<Uint8Array | WasmModule> {
  const resolved = await source;
  if (resolved instanceof WebAssembly.Module) return resolved;
  if (resolved instanceof URL) return readUrl(resolved, options);
  if (isBytes(resolved)) return copyOf(resolved, options.maxBytes);
  // Looked for last: Node takes 15 ms to have the class.
  if (resolved instanceof Response) return readResponse(resolved, options);
  throw new TypeError("a guard is loaded from bytes, a URL or a Response");
}

async function readUrl(url: URL, options: ReadModuleOptions): Promise<Uint8Array> {
  if (url.protocol === "file:") return readFileUrl(url, options.maxBytes);
  if (url.username !== "" || url.password !== "") {
    // fetch refuses it as well, but its error quotes the password.
    throw new GuardError(
      "INVALID_MODULE",
      `${printable(url)} has credentials in it; pass a Response instead`,
    );
  }
  let response: Response;
  try {
    response = await fetch(url, { signal: options.signal });
  } catch (cause) {
    if (options.signal.aborted) throw options.signal.reason;
    throw new GuardError("INVALID_MODULE", `the module could not be fetched from ${printable(url)}`, {
      cause,
    });
  }
  return readResponse(response, options);
}

/** Reads no more than it may: the server decides how much it sends. */
async function readResponse(
  response: Response,
  { maxBytes, signal }: ReadModuleOptions,
): Promise<Uint8Array> {
  if (!response.ok) {
    await response.body?.cancel();
    throw new GuardError("INVALID_MODULE", `the module could not be fetched: HTTP status ${response.status}`);
  }
  // Its bytes are gone; what is left would pass for an empty module.
  if (response.bodyUsed || response.body?.locked)
    throw new TypeError("the Response was read before; load the guard from its bytes");
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  const cancel = () => void reader?.cancel(signal.reason).catch(() => undefined);
  signal.addEventListener("abort", cancel);
  if (signal.aborted) cancel();
  try {
    for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
      length += part.value.length;
      if (length > maxBytes) {
        cancel();
        throw moduleTooLarge(length, maxBytes);
      }
      chunks.push(part.value);
    }
  } catch (cause) {
    if (GuardError.is(cause)) throw cause;
    throw new GuardError("INVALID_MODULE", "the module's response broke off", { cause });
  } finally {
    signal.removeEventListener("abort", cancel);
  }
  signal.throwIfAborted();
  return joined(chunks, length);
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

function copyOf(source: ArrayBufferView | ArrayBuffer, maxBytes: number): Uint8Array {
  if (source.byteLength > maxBytes) throw moduleTooLarge(source.byteLength, maxBytes);
  const view = ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
  // The constructor copies into a buffer that is neither shared nor resizable.
  return new Uint8Array(view);
}

function isBytes(value: unknown): value is ArrayBufferView | ArrayBuffer {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return true;
  return typeof SharedArrayBuffer !== "undefined" && value instanceof SharedArrayBuffer;
}

/** A URL without what may be secret in it, or data. */
function printable(url: URL): string {
  return url.origin === "null" ? `${url.protocol}…` : `${url.origin}${url.pathname}`;
}
