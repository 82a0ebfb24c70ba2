import { Label } from "../labels/label.js";
import { type BuiltInGuard, emptyLabels } from "./built-in-guard.js";
import type { WriteSinkPolicy } from "./write-sink-policy.js";

/**
 * The guard of a server that only takes data in: agents may write to it if it accepts all the secrecy that they carry. A
 * public sink accepts none, whatever its policy says. Results of a sink are acknowledgements, and are delivered as such.
 */
export function writeSinkGuard({ accept, sinkVisibility }: WriteSinkPolicy): BuiltInGuard {
  const isPublic = sinkVisibility === "public";
  const secrecy = isPublic ? Label.none : accept;
  const title = isPublic ? "write-sink:public" : "write-sink";
  return Object.freeze<BuiltInGuard>({
    name: "write-sink",
    labelAgent: () => ({ agent: emptyLabels, mode: "filter" }),
    labelResource: ({ name }) => ({
      resource: { description: `${title} (${name})`, secrecy, integrity: Label.none },
      operation: "write",
      writeResult: "delivered",
    }),
    labelResponse: () => ({ kind: "unlabeled" }),
  });
}
