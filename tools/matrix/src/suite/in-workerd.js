// Runs the suite in workerd, on modules that were prepared beforehand, and answers with what it found: `/?engine=…&thread=…`.
import { moduleKey } from "./module-key.js";
import { modules } from "./prepared/index.js";
import { runEngine } from "./run-engine.js";

/** What is not among the prepared modules has to be refused, so the engine is to see it. */
const prepared = (engine) => ({
  ...engine,
  async compile(source, limits, options) {
    const module = source instanceof Uint8Array ? modules[await moduleKey(source, limits)] : undefined;
    return module === undefined
      ? engine.compile(source, limits, options)
      : engine.compile(module, limits, { prepared: true });
  },
});

export default {
  async fetch({ url }) {
    const { engine, thread } = Object.fromEntries(new URL(url).searchParams);
    const runtime = { canCompile: false, lacks: ["asyncContext"], adapt: prepared };
    return Response.json(await runEngine({ engine, thread }, runtime));
  },
};
