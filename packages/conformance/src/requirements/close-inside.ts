import type { GuardSession } from "@guardhost/core";
import { equal, rejects } from "../assertions.js";
import { ask } from "../guest/program.js";
import type { Requirement } from "../requirement.js";
import { callRunning, runIn } from "../session-programs.js";
import { deferred, later } from "../waiting.js";

const CLOSED = { code: "CLOSED" } as const;

/** Ends that a backend waits for. */
export const closeInsideRequirements: readonly Requirement[] = [
  {
    id: "close:inside-the-backend",
    behaviour:
      "Closing a session or its guard inside the session's backend resolves at once, and happens afterwards",
    source: "W36, W42, design 3",
    async check(context) {
      for (const what of ["session", "guard"] as const) {
        const guard = await context.load({ policyRequired: false });
        const closings: Promise<void>[] = [];
        const session: GuardSession = guard.session({
          backend() {
            closings.push((what === "session" ? session : guard).close());
            return 7;
          },
        });
        equal(await runIn(session, ask()), "1;7", `the answer of the call that closes its ${what}`);
        await Promise.all(closings);
        await rejects(session.labelResource(callRunning()), CLOSED, `a call after closing the ${what}`);
        await guard.close();
      }
    },
  },
  {
    id: "close:inside-a-waiting-backend",
    behaviour: "A backend may wait for the close of its own session or guard: nothing hangs",
    source: "W36, W42, design 3",
    needs: ["asyncBackend", "asyncContext"],
    async check(context) {
      for (const what of ["session", "guard"] as const) {
        const guard = await context.load({ policyRequired: false });
        const session: GuardSession = guard.session({
          async backend() {
            await later(undefined);
            await (what === "session" ? session : guard).close();
            return 7;
          },
        });
        equal(await runIn(session, ask()), "1;7", `the answer of the call that closes its ${what}`);
        await guard.close();
      }
    },
  },
  {
    id: "close:inside-another-backend",
    behaviour: "A backend may wait for the close of a session that waits for it through another one",
    source: "W36, W42, design 3",
    needs: ["asyncBackend", "asyncContext"],
    async check(context) {
      const guard = await context.load({ policyRequired: false });
      const other = guard.session({
        async backend() {
          await first.close();
          return 8;
        },
      });
      const first: GuardSession = guard.session({
        backend: async () => (await runIn(other, ask())).length,
      });
      equal(await runIn(first, ask()), "1;3", "the answer of the call whose session is closed");
      await rejects(first.labelResource(callRunning()), CLOSED, "a call after that");
    },
  },
  {
    id: "close:mutual",
    behaviour: "Backends may wait for the close of each other's sessions: nothing hangs",
    source: "W36, W42, design 3",
    needs: ["asyncBackend", "asyncContext"],
    async check(context) {
      const guard = await context.load({ policyRequired: false });
      const asked = [deferred<void>(), deferred<void>()] as const;
      const sessions: readonly GuardSession[] = [0, 1].map((own) =>
        guard.session({
          async backend() {
            asked[own]?.resolve();
            await Promise.all(asked.map(({ promise }) => promise));
            await sessions[1 - own]?.close();
            return 7;
          },
        }),
      );
      const answers = await Promise.all(sessions.map((session) => runIn(session, ask())));
      equal(answers, ["1;7", "1;7"], "the answers of both");
    },
  },
];
