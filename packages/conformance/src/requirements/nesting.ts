import type { Guard, GuardSession } from "@guardhost/core";
import { equal } from "../assertions.js";
import type { CheckContext } from "../check-context.js";
import { ask, write } from "../guest/program.js";
import type { Requirement } from "../requirement.js";
import { runIn } from "../session-programs.js";
import { type Deferred, deferred, later, underWay } from "../waiting.js";

/** Pairs of sessions, more than engines run at a time on most machines. */
const PAIRS = 8;

/** Turns of the event loop after which calls wait for whatever it is that they wait for. */
const TURNS = 10;

/** What the pairs of a check have in common. */
interface Meeting {
  readonly guard: Guard;
  readonly asked: Deferred<void>;
  readonly released: Deferred<void>;
}

/** A session whose backend calls `inner` once the meeting is released. */
function outerOf(inner: GuardSession, { guard, asked, released }: Meeting): GuardSession {
  return guard.session({
    async backend() {
      asked.resolve();
      await released.promise;
      return (await runIn(inner, write("inner"))).length;
    },
  });
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await later(undefined);
}

/** Lets backends wait for sessions that have a call waiting already, which nobody waited for when it was made. */
async function awaitWhatWaits(context: CheckContext, isOpen: boolean): Promise<void> {
  const guard = await context.load({ policyRequired: false });
  const meeting = { guard, asked: deferred<void>(), released: deferred<void>() };
  const inner = Array.from({ length: PAIRS }, () => guard.session());
  if (isOpen) for (const session of inner) await runIn(session, write("opens the instance"));
  const outer = inner.map((session) => underWay(runIn(outerOf(session, meeting), ask())));
  await meeting.asked.promise;
  await turns();
  const waiting = inner.map((session) => underWay(runIn(session, write("waiting"))));
  await turns();
  meeting.released.resolve();
  equal(await Promise.all(outer), Array(PAIRS).fill("1;5"), "the answers of the calls whose backends wait");
  equal(await Promise.all(waiting), Array(PAIRS).fill("waiting"), "the answers of the calls that waited");
}

/** Calls that somebody in a call comes to wait for when they are on their way already. */
export const nestingRequirements: readonly Requirement[] = [
  {
    id: "nesting:a-waiting-call-becomes-nested",
    behaviour: "A call that waits already gets on when the backend of another call comes to wait for it",
    source: "W36, design 4",
    needs: ["asyncBackend", "asyncContext"],
    check: (context) => awaitWhatWaits(context, true),
  },
  {
    id: "nesting:a-waiting-opening-becomes-nested",
    behaviour: "So does one that waits for its instance to be opened",
    source: "W36, design 4",
    needs: ["asyncBackend", "asyncContext"],
    check: (context) => awaitWhatWaits(context, false),
  },
];
