import type { GuardSession } from "@guardhost/core";
import { equal, rejects } from "../assertions.js";
import { ask, countEntries, write } from "../guest/program.js";
import type { Requirement } from "../requirement.js";
import { markingPolicy, readMark, runIn } from "../session-programs.js";
import { trackChannels } from "../track-channels.js";
import { deferred, underWay } from "../waiting.js";

/** Where there are more sessions than instances, those that nobody uses are put away. */
export const hibernationRequirements: readonly Requirement[] = [
  {
    id: "hibernation:same-policy",
    behaviour: "An instance that was put away is made anew for the next call, under the same policy",
    source: "W37, design 3",
    async check(context) {
      const { engine, mostOpen } = trackChannels(context.engine);
      const guard = await context.load({ engine, maxLiveInstances: 1 });
      const sessions = { mine: guard.session(), ours: guard.session() };
      for (const [mark, session] of Object.entries(sessions)) await session.labelAgent(markingPolicy(mark));
      for (let i = 0; i < 2; i++) {
        for (const [mark, session] of Object.entries(sessions)) {
          equal(await runIn(session, readMark), mark, "what the session's policy has left");
          equal(await runIn(session, countEntries), "3;", "how often its guest was entered");
        }
      }
      equal(mostOpen(), 1, "instances that were open at the same time");
    },
  },
  {
    id: "hibernation:least-recently-used",
    behaviour: "Beyond maxLiveInstances the instance that was not used for longest is put away",
    source: "design 3",
    async check(context) {
      const guard = await context.load({ maxLiveInstances: 2, policyRequired: false });
      const [one, two, three] = [guard.session(), guard.session(), guard.session()];
      for (const session of [one, two, one, three]) await runIn(session, countEntries);
      equal(two.health, "hibernated", "the health of the session that was not used for longest");
      equal(await runIn(one, countEntries), "3;", "how often the guest of the other was entered");
    },
  },
  {
    id: "hibernation:never-in-a-call",
    behaviour:
      "An instance in a call is not put away: a call that its backend makes to another session gets one more",
    source: "W36, design 3",
    async check(context) {
      const guard = await context.load({ maxLiveInstances: 1, policyRequired: false });
      const other = guard.session();
      const inner: Promise<string>[] = [];
      const session: GuardSession = guard.session({
        backend() {
          inner.push(underWay(runIn(other, write("inner"))));
          return 7;
        },
      });
      equal(await runIn(session, ask()), "1;7", "the answer of the call that was running");
      equal(await Promise.all(inner), ["inner"], "the answers of the calls that its backend has made");
      equal(guard.stats().liveInstances, 1, "live instances when both are over");
    },
  },
  {
    id: "hibernation:backend-waits-for-another-session",
    behaviour: "A backend may wait for a call of another session though there is no room for its instance",
    source: "W36, design 3",
    needs: ["asyncBackend", "asyncContext"],
    async check(context) {
      const guard = await context.load({ maxLiveInstances: 1, policyRequired: false });
      const other = guard.session();
      const called = deferred<void>();
      const session = guard.session({
        async backend() {
          await called.promise;
          return (await runIn(other, write("inner"))).length;
        },
      });
      const running = underWay(runIn(session, ask()));
      // Nobody's call: it waits for room, and the backend's waits for its turn behind it.
      const waiting = underWay(runIn(other, write("waiting")));
      called.resolve();
      equal(await running, "1;5", "the answer of the call whose backend waits");
      equal(await waiting, "waiting", "the answer of the call that waited for room");
    },
  },
  {
    id: "hibernation:waiting-for-room",
    behaviour: "Where all instances are in calls a further call waits, at most until its deadline: TIMEOUT",
    source: "W35, design 3",
    needs: ["asyncBackend"],
    async check(context) {
      const guard = await context.load({ maxLiveInstances: 1, policyRequired: false });
      const answer = deferred<number>();
      const asked = deferred<void>();
      const session = guard.session({
        backend() {
          asked.resolve();
          return answer.promise;
        },
      });
      const running = underWay(runIn(session, ask()));
      await asked.promise;
      const late = guard.session().labelResource({ name: "plain" }, { timeoutMs: 20 });
      const inCalls = { code: "TIMEOUT", lost: false, says: "in calls" } as const;
      await rejects(late, inCalls, "a call that cannot wait for long");
      const patient = underWay(runIn(guard.session(), countEntries));
      answer.resolve(7);
      equal(await running, "1;7", "the answer of the call that was running");
      equal(await patient, "1;", "how often the guest of the call that waited was entered");
    },
  },
];
