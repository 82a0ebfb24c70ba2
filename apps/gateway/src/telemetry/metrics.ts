import type { Counter, Meter, Observable } from "@opentelemetry/api";
import { PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import { implementation } from "../implementation.js";

export type { Counter };

/** Reads when it is asked to, and not before. */
class RequestedReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** Values now, each with its attributes. */
type Read = () => Iterable<readonly [number, Record<string, string>]>;

/** Measurements of this process, for Prometheus. They hold names of servers, tools and guards, and nothing of calls. */
export class Metrics {
  readonly #reader = new RequestedReader();
  readonly #provider = new MeterProvider({
    readers: [this.#reader],
    resource: resourceFromAttributes({
      "service.name": implementation.name,
      "service.version": implementation.version,
    }),
  });
  readonly #serializer = new PrometheusSerializer();
  readonly meter: Meter = this.#provider.getMeter(implementation.name, implementation.version);

  /** Adds a number that is looked up when somebody asks. */
  gauge(name: string, description: string, read: Read): void {
    this.#observe(this.meter.createObservableGauge(name, { description }), read);
  }

  /** Adds a number that only grows, or begins anew, and is looked up when somebody asks. */
  observedCounter(name: string, description: string, read: Read): void {
    this.#observe(this.meter.createObservableCounter(name, { description }), read);
  }

  /** A number that only grows. */
  counter(name: string, description: string): Counter {
    return this.meter.createCounter(name, { description });
  }

  /** All of it in the text format of Prometheus. */
  async text(): Promise<string> {
    const { resourceMetrics } = await this.#reader.collect();
    return this.#serializer.serialize(resourceMetrics);
  }

  close(): Promise<void> {
    return this.#provider.shutdown();
  }

  #observe(instrument: Observable, read: Read): void {
    instrument.addCallback((result) => {
      for (const [value, attributes] of read()) result.observe(value, attributes);
    });
  }
}
