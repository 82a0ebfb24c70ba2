import { UserError } from "../user-error.js";
import type { OutputStream } from "./standard-streams.js";

/**
 * Writes a result and waits until it is out. A reader that has seen enough and went away is no failure.
 *
 * @throws UserError when the output cannot be written, for instance to a full disk
 */
export function writeOutput(stream: OutputStream, output: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(output, (error) => {
      const code = (error as NodeJS.ErrnoException | null | undefined)?.code;
      if (error == null || code === "EPIPE") resolve();
      else reject(new UserError(`the output could not be written: ${error.message}`, { cause: error }));
    });
  });
}
