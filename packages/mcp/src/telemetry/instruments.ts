import { failSafely } from "@guardhost/core";
import type { Telemetry, TelemetryAttributes } from "./telemetry.js";

/** `SpanStatusCode.ERROR` of OpenTelemetry. */
const ERROR_STATUS = 2;

/** Milliseconds in a second, which is what durations are measured in by convention. */
const MS_PER_SECOND = 1_000;

/** Upper bounds in seconds, from a guard's answer to the slowest of servers. Those of OpenTelemetry are for milliseconds. */
const DURATION_BUCKETS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
];

/** Upper bounds in UTF-16 code units. */
const SIZE_BUCKETS = [64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304];

/** The spans and metrics of a gateway. A failure of theirs decides nothing, but a tracer runs the work that it traces. */
export class Instruments {
  readonly #tracer: Telemetry["tracer"];
  readonly #duration;
  readonly #decisions;
  readonly #withheld;
  readonly #requestSize;

  constructor({ tracer, meter }: Telemetry = {}) {
    this.#tracer = tracer;
    this.#duration = meter?.createHistogram("guardhost.phase.duration", {
      unit: "s",
      description: "How long a phase of a request takes",
      advice: { explicitBucketBoundaries: DURATION_BUCKETS },
    });
    this.#decisions = meter?.createCounter("guardhost.decisions", {
      unit: "{decision}",
      description: "Decisions of the monitor",
    });
    this.#withheld = meter?.createCounter("guardhost.withheld", {
      unit: "{part}",
      description: "Parts of results that were withheld",
    });
    this.#requestSize = meter?.createHistogram("guardhost.request.size", {
      unit: "{code_unit}",
      description: "Length of a request's parameters as JSON",
      advice: { explicitBucketBoundaries: SIZE_BUCKETS },
    });
  }

  /**
   * Does work under a span that is called like its phase, and measures how long it takes.
   *
   * @param outcome what is known of it at its end
   */
  span<T>(
    attributes: TelemetryAttributes,
    work: () => Promise<T>,
    outcome: () => TelemetryAttributes,
  ): Promise<T> {
    const { "guardhost.phase": phase = "request" } = attributes;
    const measured = () => this.#measure(attributes, work);
    if (this.#tracer === undefined) return measured();
    return this.#tracer.startActiveSpan(
      `guardhost.${phase}`,
      { attributes: { ...attributes } },
      async (span) => {
        try {
          return await measured();
        } catch (error) {
          // Without its message, which may quote data.
          failSafely(() => span.setStatus({ code: ERROR_STATUS }));
          throw error;
        } finally {
          failSafely(() => span.setAttributes({ ...outcome() }));
          failSafely(() => span.end());
        }
      },
    );
  }

  /** Counts a decision, and the parts that it withholds. */
  decided(attributes: TelemetryAttributes, withheld: number): void {
    failSafely(() => this.#decisions?.add(1, { ...attributes }));
    if (withheld > 0) failSafely(() => this.#withheld?.add(withheld, { ...attributes }));
  }

  /** Measures the parameters of a request. */
  received(attributes: TelemetryAttributes, size: number): void {
    failSafely(() => this.#requestSize?.record(size, { ...attributes }));
  }

  async #measure<T>(attributes: TelemetryAttributes, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      const seconds = (performance.now() - start) / MS_PER_SECOND;
      failSafely(() => this.#duration?.record(seconds, { ...attributes }));
    }
  }
}
