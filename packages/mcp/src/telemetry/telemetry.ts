import type { ToolLabel } from "./tool-labels.js";

/**
 * All that telemetry ever says. A closed list of numbers and of words that are the gateway's own or the operator's: there is
 * no place in it for arguments, results, tags or identities.
 */
export interface TelemetryAttributes {
  readonly "guardhost.server": string;
  readonly "guardhost.engine": string;
  readonly "guardhost.method"?: string;
  readonly "guardhost.tool"?: ToolLabel;
  readonly "guardhost.phase"?: string;
  readonly "guardhost.operation"?: string;
  readonly "guardhost.decision"?: string;
  readonly "guardhost.enforced"?: boolean;
}

type Attributes = Record<string, string | number | boolean>;

/** The part of a Span of OpenTelemetry that is used. */
export interface SpanLike {
  setAttributes(attributes: Attributes): unknown;
  setStatus(status: { code: number }): unknown;
  end(): void;
}

/** The part of a Tracer of OpenTelemetry that is used. */
export interface TracerLike {
  startActiveSpan<T>(name: string, options: { attributes: Attributes }, run: (span: SpanLike) => T): T;
}

/** The part of a Meter of OpenTelemetry that is used. */
export interface MeterLike {
  createHistogram(
    name: string,
    options: { unit: string; description: string; advice: { explicitBucketBoundaries: number[] } },
  ): { record(value: number, attributes: Attributes): void };
  createCounter(
    name: string,
    options: { unit: string; description: string },
  ): { add(value: number, attributes: Attributes): void };
}

/** `trace.getTracer(…)` and `metrics.getMeter(…)` of `@opentelemetry/api`, either or both. */
export interface Telemetry {
  readonly tracer?: TracerLike | undefined;
  readonly meter?: MeterLike | undefined;
}
