import { equal, rejects } from "../assertions.js";
import { POLICY } from "../check-context.js";
import { ask, countEntries, trap } from "../guest/program.js";
import { RecordingHost } from "../open-guard.js";
import type { Requirement } from "../requirement.js";
import { busySession, callRunning, runIn } from "../session-programs.js";
import { trackChannels } from "../track-channels.js";
import { deferred, later, underWay } from "../waiting.js";

const CLOSED = { code: "CLOSED" } as const;

/** Ends that lose nothing and can be repeated. */
export const closeRequirements: readonly Requirement[] = [
  {
    id: "close:waits-for-the-running-call",
    behaviour: "Closing a session lets the running call finish first",
    source: "W42, design 3",
    async check(context) {
      const { session, running, release } = await busySession(context);
      const order: string[] = [];
      const closing = session.close().then(() => order.push("close"));
      const called = running.then(() => order.push("call"));
      await later(undefined);
      equal(order, [], "what has ended while the call runs");
      release();
      await Promise.all([closing, called]);
      equal(order, ["call", "close"], "what ended first");
    },
  },
  {
    id: "close:waits-for-the-backend",
    behaviour: "Closing a session lets a call that waits for its backend finish first",
    source: "W42, design 3",
    needs: ["asyncBackend"],
    async check(context) {
      const answer = deferred<number>();
      const asked = deferred<void>();
      const session = await context.labeledSession({
        backend() {
          asked.resolve();
          return answer.promise;
        },
      });
      const order: string[] = [];
      const running = underWay(runIn(session, ask()).then((result) => order.push(`call ${result}`)));
      await asked.promise;
      const closing = session.close().then(() => order.push("close"));
      answer.resolve(7);
      await Promise.all([running, closing]);
      equal(order, ["call 1;7", "close"], "what ended first");
    },
  },
  {
    id: "close:refuses-waiting-calls",
    behaviour: "Closing a session rejects the calls that wait for their turn with CLOSED",
    source: "W42, design 3",
    async check(context) {
      const { session, running, release } = await busySession(context);
      const waiting = [1, 2].map(() =>
        rejects(session.labelResource(callRunning()), CLOSED, "a waiting call"),
      );
      const closing = session.close();
      await Promise.all(waiting);
      release();
      await Promise.all([closing, running]);
    },
  },
  {
    id: "close:session-refuses-calls",
    behaviour: "A closed session refuses every call with CLOSED",
    source: "design 3",
    async check(context) {
      const session = await context.labeledSession();
      await session.close();
      await rejects(session.labelAgent(POLICY), CLOSED, "labelAgent");
      await rejects(session.labelResource(callRunning()), CLOSED, "labelResource");
      await rejects(session.labelResponse(callRunning(), null), CLOSED, "labelResponse");
    },
  },
  {
    id: "close:session-twice",
    behaviour: "A session may be closed twice, and unused",
    source: "spec 1.10, design 3",
    async check(context) {
      const session = await context.labeledSession();
      await Promise.all([session.close(), session.close()]);
      await session.close();
      await (await context.session()).close();
    },
  },
  {
    id: "close:ends-a-call-that-does-not",
    behaviour:
      "A call that goes on for longer than closeTimeoutMs is ended: it rejects with CLOSED, close resolves",
    source: "W42, design 3",
    needs: ["asyncBackend"],
    async check(context) {
      for (const what of ["session", "guard"] as const) {
        const asked = deferred<void>();
        // Ending threads counts as well.
        const guard = await context.load({ policyRequired: false, closeTimeoutMs: 300 });
        const session = guard.session({
          backend() {
            asked.resolve();
            return new Promise(() => undefined);
          },
        });
        const running = session.labelResource(callRunning(ask()), { timeoutMs: Number.POSITIVE_INFINITY });
        const ended = underWay(rejects(running, CLOSED, "the call"));
        await asked.promise;
        await (what === "session" ? session : guard).close();
        await ended;
      }
    },
  },
  {
    id: "close:guard-closes-sessions",
    behaviour: "Closing a guard closes its sessions and refuses new ones; it may be closed twice",
    source: "W41, W42, design 3",
    async check(context) {
      const guard = await context.load();
      const session = guard.session();
      await session.labelAgent(POLICY);
      await Promise.all([guard.close(), guard.close()]);
      await rejects(session.labelResource(callRunning()), CLOSED, "a call of its session");
      const opened = async () => guard.session();
      await rejects(opened(), CLOSED, "a new session");
    },
  },
  {
    id: "close:guard-waits-for-running-calls",
    behaviour: "Closing a guard lets the running calls of its sessions finish first",
    source: "W42, design 3",
    async check(context) {
      const { guard, running, release } = await busySession(context);
      const closing = guard.close();
      await later(undefined);
      release();
      equal(
        await running,
        { agent: { secrecy: [], integrity: [] }, mode: "filter" },
        "the running call's answer",
      );
      await closing;
    },
  },
  {
    id: "close:session-leaves-others",
    behaviour: "Closing a session leaves the other sessions of its guard alone",
    source: "W37, W42",
    async check(context) {
      const guard = await context.load();
      const [one, other] = [guard.session(), guard.session()];
      await Promise.all([one.labelAgent(POLICY), other.labelAgent(POLICY)]);
      await one.close();
      equal(await runIn(other, countEntries), "2;", "how often the other guest was entered");
    },
  },
  {
    id: "close:lost-instances-are-closed",
    behaviour: "An instance that a session has lost is closed, and so is the one of a session that is closed",
    source: "W41, design 3",
    async check(context) {
      const { engine, channels } = trackChannels(context.engine);
      const session = await context.labeledSession({ engine });
      equal(channels.size, 1, "open instances of a session");
      await rejects(session.labelResource(callRunning(trap("unreachable"))), { code: "TRAPPED" }, "the call");
      await session.labelAgent(POLICY);
      equal(channels.size, 1, "open instances after a loss and a new policy");
      await session.close();
      equal(channels.size, 0, "open instances of a closed session");
    },
  },
  {
    id: "close:channel-refuses-calls",
    behaviour: "A closed channel refuses calls with CLOSED, and may be closed twice",
    source: "spec 1.10, design 2",
    async check(context) {
      const guard = await context.open();
      await guard.run(countEntries);
      await guard.channel.close();
      await guard.channel.close();
      await rejects(guard.run(countEntries), CLOSED, "a call");
    },
  },
  {
    id: "close:compiled-guard-refuses-opening",
    behaviour: "A compiled guard that is closed ends its channels and opens no more; it may be closed twice",
    source: "W41, design 2",
    async check(context) {
      const compiled = await context.compile("guard");
      const guard = await context.openCompiled(compiled);
      await compiled.close();
      await compiled.close();
      await rejects(guard.run(countEntries), CLOSED, "a call");
      await rejects(compiled.open(new RecordingHost(() => null)), CLOSED, "opening");
    },
  },
  {
    id: "close:compiled-guard-refuses-opening-beside-another",
    behaviour:
      "A compiled guard that is closed ends its channels and opens no more, also while another one of its engine is open",
    source: "W41, design 2",
    async check(context) {
      const other = await context.open();
      const compiled = await context.compile("guard");
      const guard = await context.openCompiled(compiled);
      await compiled.close();
      await rejects(guard.run(countEntries), CLOSED, "a call");
      await rejects(compiled.open(new RecordingHost(() => null)), CLOSED, "opening");
      equal(await other.run(countEntries), "1;", "what the other one answers");
    },
  },
  {
    id: "close:compiled-guard-ends-an-opening",
    behaviour: "A compiled guard that is closed while it opens an instance refuses it with CLOSED",
    source: "W41, design 2",
    async check(context) {
      const other = await context.open();
      const compiled = await context.compile("guard");
      const opening = compiled.open(new RecordingHost(() => null));
      const closing = compiled.close();
      await rejects(opening, CLOSED, "opening");
      await closing;
      equal(await other.run(countEntries), "1;", "what the other one answers");
    },
  },
];
