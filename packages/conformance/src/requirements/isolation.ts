import { equal, rejects } from "../assertions.js";
import { POLICY } from "../check-context.js";
import {
  address,
  ask,
  countEntries,
  exit,
  fill,
  growMemory,
  peek,
  returnStatus,
  write,
} from "../guest/program.js";
import type { Requirement } from "../requirement.js";
import { callRunning, policyRunning, runIn } from "../session-programs.js";

/** Sessions share nothing, and neither do a session and the instances it had before. */
export const isolationRequirements: readonly Requirement[] = [
  {
    id: "isolation:globals",
    behaviour: "Two sessions of a guard share no globals",
    source: "W37, design 3",
    async check(context) {
      const guard = await context.load();
      const [one, other] = [guard.session(), guard.session()];
      await Promise.all([one.labelAgent(POLICY), other.labelAgent(POLICY)]);
      await runIn(one, countEntries);
      await runIn(one, countEntries);
      equal(await runIn(other, countEntries), "2;", "how often the other guest was entered");
    },
  },
  {
    id: "isolation:memory",
    behaviour: "Two instances of a module share no memory",
    source: "W37, design 3",
    async check(context) {
      const compiled = await context.compile("guard");
      const [one, other] = [await context.openCompiled(compiled), await context.openCompiled(compiled)];
      await one.run(fill(address.result, 0x41, 4));
      equal(await other.run(peek(address.result, 4)), "\0\0\0\0", "the other guest's memory");
    },
  },
  {
    id: "isolation:loads",
    behaviour: "A module that is loaded twice has instances of its own both times",
    source: "spec 1.12, W37",
    async check(context) {
      const [one, other] = [await context.labeledSession(), await context.labeledSession()];
      await runIn(one, countEntries);
      equal(await runIn(other, countEntries), "2;", "how often the other guest was entered");
    },
  },
  {
    id: "isolation:limits-of-loads",
    behaviour: "A module that is loaded twice has the limits of each time",
    source: "spec 1.12, design 2",
    async check(context) {
      const small = await context.open({ limits: { maxMemoryPages: 6 } });
      const large = await context.open({ limits: { maxMemoryPages: 60 } });
      equal(await small.run(growMemory(20)), "-1;", "growth beyond the small limit");
      equal(await large.run(growMemory(20)), "5;", "the same growth with the large limit");
    },
  },
  {
    id: "isolation:hosts",
    behaviour: "Each instance asks its own backend and writes its own log",
    source: "spec 1.5, W37",
    async check(context) {
      const compiled = await context.compile("guard");
      const one = await context.openCompiled(compiled, () => 1);
      const other = await context.openCompiled(compiled, () => 2);
      equal([await one.run(ask()), await other.run(ask())], ["1;1", "1;2"], "the results");
      equal(
        [one.host.questions.length, other.host.questions.length],
        [1, 1],
        "how often each backend was asked",
      );
    },
  },
  {
    id: "isolation:without-a-policy",
    behaviour:
      "A session that needs no policy, and was given none, goes on with a fresh instance after a loss",
    source: "W23, W24, design 3",
    async check(context) {
      const session = await context.session({ policyRequired: false });
      await rejects(session.labelResource(callRunning(exit(0))), { code: "EXITED", lost: true }, "the call");
      equal(await runIn(session, countEntries), "1;", "how often the fresh guest was entered");
    },
  },
  {
    id: "isolation:failed-label-agent",
    behaviour: "A label_agent that fails leaves the session without a policy, even where none is required",
    source: "W37, spec 5 (04-24)",
    async check(context) {
      for (const failure of [returnStatus(-1), write("not JSON"), write('{"difc_mode":"no mode"}')]) {
        const session = await context.session({ policyRequired: false });
        const failing = session.labelAgent(policyRunning(failure)).then(
          () => "succeeded",
          () => "failed",
        );
        equal(await failing, "failed", "labelAgent");
        await rejects(session.labelResource(callRunning()), { code: "NO_POLICY" }, "the next call");
      }
    },
  },
  {
    id: "isolation:relabelling-takes-a-fresh-instance",
    behaviour: "labelAgent may come again with another policy, and always to a fresh instance",
    source: "W37, design 3",
    async check(context) {
      const session = await context.labeledSession({ policyRequired: false });
      await runIn(session, countEntries);
      await session.labelAgent(POLICY);
      equal(
        await runIn(session, countEntries),
        "2;",
        "how often the guest was entered after a second policy",
      );
      const other = await context.session({ policyRequired: false });
      await runIn(other, countEntries);
      await other.labelAgent(POLICY);
      equal(await runIn(other, countEntries), "2;", "how often the guest was entered after a late policy");
    },
  },
  {
    id: "isolation:refused-policy-ends-the-one-before",
    behaviour:
      "A policy that is refused on the way to the guard leaves the session without one, even where none is required",
    source: "W7, W37, design 3",
    async check(context) {
      for (const policyRequired of [true, false]) {
        const session = await context.labeledSession({ policyRequired });
        await rejects(session.labelAgent({}), { code: "POLICY" }, "the second labelAgent");
        await rejects(session.labelResource(callRunning()), { code: "NO_POLICY" }, "the next call");
        await session.labelAgent(POLICY);
        equal(await runIn(session, countEntries), "2;", "how often the fresh guest was entered");
      }
    },
  },
];
