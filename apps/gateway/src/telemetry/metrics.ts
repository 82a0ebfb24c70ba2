import type { Meter } from "@opentelemetry/api";
import { PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";

/** Reads when it is asked to, and not before. */
class RequestedReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** Measurements of this process, for Prometheus. They hold names of servers, tools and guards, and nothing of calls. */
export class Metrics {
  readonly #reader = new RequestedReader();
  readonly #provider = new MeterProvider({ readers: [this.#reader] });
  readonly #serializer = new PrometheusSerializer();
  readonly meter: Meter = this.#provider.getMeter("guardhost-gateway");

  /** Adds a number that is looked up when somebody asks. */
  gauge(
    name: string,
    description: string,
    read: () => Iterable<readonly [number, Record<string, string>]>,
  ): void {
    this.meter.createObservableGauge(name, { description }).addCallback((result) => {
      for (const [value, attributes] of read()) result.observe(value, attributes);
    });
  }

  /** All of it in the text format of Prometheus. */
  async text(): Promise<string> {
    const { resourceMetrics } = await this.#reader.collect();
    return this.#serializer.serialize(resourceMetrics);
  }

  close(): Promise<void> {
    return this.#provider.shutdown();
  }
}
