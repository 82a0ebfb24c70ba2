import type { GuardChannel, GuardEngine, GuardSession } from "@guardhost/core";
import { equal, rejects } from "../assertions.js";
import { POLICY } from "../check-context.js";
import { ask, countEntries, trap, write } from "../guest/program.js";
import { RecordingHost } from "../open-guard.js";
import type { Requirement } from "../requirement.js";
import { busySession, callRunning, runIn } from "../session-programs.js";
import { deferred, later } from "../waiting.js";

const CLOSED = { code: "CLOSED" } as const;

/** An engine that counts the channels which are open. */
function counting(engine: GuardEngine): { readonly engine: GuardEngine; readonly open: () => number } {
  const channels = new Set<GuardChannel>();
  const track = (channel: GuardChannel): GuardChannel => {
    channels.add(channel);
    return {
      call: (operation, input, options) => channel.call(operation, input, options),
      close() {
        channels.delete(channel);
        return channel.close();
      },
    };
  };
  const compile: GuardEngine["compile"] = async (module, limits) => {
    const compiled = await engine.compile(module, limits);
    return { open: async (host) => track(await compiled.open(host)), close: () => compiled.close() };
  };
  const { name, capabilities } = engine;
  return { engine: { name, capabilities, compile }, open: () => channels.size };
}

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
      const running = runIn(session, ask()).then((result) => order.push(`call ${result}`));
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
      const session = await context.labeledSession();
      const running = runIn(session, write("running"));
      const waiting = [1, 2].map(() =>
        rejects(session.labelResource(callRunning()), CLOSED, "a waiting call"),
      );
      await session.close();
      await Promise.all(waiting);
      equal(await running, "running", "the running call's answer");
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
      const { engine, open } = counting(context.engine);
      const session = await context.labeledSession({ engine });
      equal(open(), 1, "open instances of a session");
      await rejects(session.labelResource(callRunning(trap("unreachable"))), { code: "TRAPPED" }, "the call");
      await session.labelAgent(POLICY);
      equal(open(), 1, "open instances after a loss and a new policy");
      await session.close();
      equal(open(), 0, "open instances of a closed session");
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
];
