// Run by session/process-exit.test.ts in a process of its own: it must end without help, although every deadline is
// days away and nothing is closed.
import { loadGuard } from "../../../dist/index.js";

const DAYS = 1e9;
const later = (value) => new Promise((resolve) => setTimeout(resolve, 1, value));
const answers = {
  label_agent: { difc_mode: "filter" },
  label_resource: { resource: {} },
  label_response: null,
};

/** Takes a moment for everything, and asks the backend in each call. */
const engine = {
  name: "script",
  capabilities: { interruptible: true, asyncBackend: true, timeSliced: false, linearMemory: true },
  compile: async () => ({
    open: async (host) => {
      await later();
      return {
        call: async (operation) => {
          await host.callBackend("tool", null, { signal: new AbortController().signal });
          await later();
          return new TextEncoder().encode(JSON.stringify(answers[operation]));
        },
        close: async () => undefined,
      };
    },
    close: async () => undefined,
  }),
};

const controller = new AbortController();
const options = { signal: controller.signal, timeoutMs: DAYS };
const guard = await loadGuard(later(new Uint8Array(8)), {
  engine,
  timeoutMs: DAYS,
  loadTimeoutMs: DAYS,
  signal: controller.signal,
  policySchema: { "~standard": { version: 1, vendor: "script", validate: (value) => later({ value }) } },
});
const session = guard.session({ backend: () => later(null) });
const outcomes = Promise.allSettled([
  session.labelAgent({}, options),
  session.labelResource({ name: "n" }, options),
  session.labelResource({ name: "n" }, { timeoutMs: 1 }),
  session.labelResponse({ name: "n" }, null, options),
]);
const aborted = session
  .labelResource({ name: "n" }, { signal: AbortSignal.abort("stop"), timeoutMs: DAYS })
  .catch((reason) => reason);
console.log((await outcomes).map(({ status, reason }) => reason?.code ?? status).join(), await aborted);
