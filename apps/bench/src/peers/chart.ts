import type { Latency } from "./echo-latency.js";
import { importPeer } from "./installed.js";

interface Vega {
  parse(spec: object): object;
  View: new (dataflow: object, options: { renderer: "none" }) => { toSVG(): Promise<string> };
}
interface VegaLite {
  compile(spec: object): { readonly spec: object };
}

/** Draws how the median grows with the payload, as SVG. */
export async function latencyChart(
  bySize: ReadonlyMap<number, ReadonlyMap<string, Latency>>,
): Promise<string> {
  const vega = await importPeer<Vega>("vega");
  const { compile } = await importPeer<VegaLite>("vega-lite");
  const values = [...bySize].flatMap(([bytes, latencies]) =>
    [...latencies].map(([host, { median }]) => ({ bytes, host, median })),
  );
  const { spec } = compile({
    width: 640,
    height: 400,
    background: "white",
    config: { legend: { labelLimit: 300 } },
    data: { values },
    mark: { type: "line", point: true },
    encoding: {
      x: { field: "bytes", type: "quantitative", scale: { type: "log", base: 2 }, title: "payload, bytes" },
      y: { field: "median", type: "quantitative", scale: { type: "log" }, title: "median of an echo, µs" },
      color: { field: "host", type: "nominal", sort: null, scale: { scheme: "tableau20" }, title: null },
    },
  });
  return new vega.View(vega.parse(spec), { renderer: "none" }).toSVG();
}
