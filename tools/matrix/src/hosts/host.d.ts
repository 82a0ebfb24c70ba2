import type { ConformanceReport } from "@guardhost/conformance";
import type { Consumer } from "@guardhost/consumer";

/** One engine, on one of its threads where it takes an option for that. */
export interface Cell {
  readonly engine: string;
  readonly thread?: "caller" | "worker";
}

/** What the suite found, or why it could not run. */
export type Outcome = ConformanceReport | { readonly unavailable: string };

/** A runtime that is ready to run the suite. */
export interface Host {
  /** The runtime's version, as it states it. */
  readonly version: string;
  /** Rejects when the run itself breaks down, which is a failure of the matrix. */
  run(cell: Cell): Promise<Outcome>;
  close(): Promise<void>;
}

/** Makes a runtime ready. `consumer` has the packages, and the files of `suite/`. */
export type OpenHost = (consumer: Consumer) => Promise<Host>;
