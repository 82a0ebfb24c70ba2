import type { Guard, GuardSession, ToolCall } from "@guardhost/core";
import { equal, holds, rejects, rejectsWith } from "../assertions.js";
import { type CheckContext, POLICY } from "../check-context.js";
import type { ModuleName } from "../guest/module-bytes.js";
import { countEntries, runForEver } from "../guest/program.js";
import type { Ability, Requirement } from "../requirement.js";
import { callRunning, runIn } from "../session-programs.js";
import { abortOnTick } from "../waiting.js";

/** A guest that never ends of its own accord. */
interface Endless {
  readonly name: string;
  /** "A guest that …". */
  readonly that: string;
  readonly guest: ModuleName;
  /** Its way of running for ever, by the table of its guest. */
  readonly way: number;
  readonly needs?: readonly Ability[];
  /** Whether its stack may come to an end before its deadline does. */
  readonly mayOverflow?: boolean;
}

/** Ways of `endless.wat`, in the order of its table. */
const PLAIN: readonly (readonly [name: string, that: string])[] = [
  ["jumps", "loops through deep blocks and branch tables"],
  ["recursion", "calls itself without end"],
  ["call-tree", "makes 2^60 calls without a loop"],
  ["growth", "grows its memory and a table as far as it may, and goes on trying"],
  ["memory-fills", "fills its memory, all of it each time"],
  ["memory-copies", "copies its memory, all of it each time"],
  ["table-fills", "fills and copies its table"],
  ["logs", "logs all of its memory"],
  ["prints", "prints 1,024 buffers at a time, each of them its whole memory"],
  ["randomness", "asks for 65,536 random bytes at a time"],
  ["clock", "does nothing but read the clock"],
  ["polls", "waits for 1,024 clocks at a time"],
  ["backend-calls", "loops between backend calls, and goes on when none is left"],
];

/** Ways of `endless-catching.wat` and `endless-catching-references.wat`, in the order of their tables. */
const CATCHING: readonly (readonly [name: string, that: string])[] = [
  ["caught-loop", "catches everything around a loop"],
  ["caught-recursion", "catches everything around an endless recursion"],
  ["caught-frames", "catches everything in every frame of an endless recursion"],
  ["caught-backend-calls", "catches everything around its backend calls"],
  [
    "caught-host-calls-in-every-frame",
    "calls its host in every frame of an endless recursion, and catches everything",
  ],
  ["kept-exceptions-in-frames", "keeps exceptions as large as they may be in the frames of a deep recursion"],
];

const endless: readonly Endless[] = [
  ...PLAIN.map(
    ([name, that], way): Endless => ({
      name,
      that,
      guest: "endless",
      way,
      mayOverflow: name === "recursion",
    }),
  ),
  ...CATCHING.map(
    ([name, that], way): Endless => ({
      name,
      that: `${that} (older exception handling)`,
      guest: "endlessCatching",
      way,
      needs: ["exceptions"],
      mayOverflow: /recursion|frame/.test(name),
    }),
  ),
  ...CATCHING.map(
    ([name, that], way): Endless => ({
      name: `${name}-by-reference`,
      that: `${that} (exception references)`,
      guest: "endlessCatchingReferences",
      way,
      needs: ["exceptionReferences"],
      mayOverflow: /recursion|frame/.test(name),
    }),
  ),
  {
    name: "tail-calls",
    that: "calls in a cycle of tail calls",
    guest: "endlessTailCalls",
    way: 0,
    needs: ["tailCalls"],
  },
];

/** A guard, one session of which is to run for ever, and what came out of it meanwhile. */
interface Running {
  readonly guard: Guard;
  readonly session: GuardSession;
  readonly output: { questions: number; characters: number };
}

async function load(context: CheckContext, guest: ModuleName): Promise<Running> {
  const output = { questions: 0, characters: 0 };
  const count = ({ guest = "" }: { readonly guest?: string }) => {
    output.characters += guest.length;
  };
  const logger = { debug: count, info: count, warn: count, error: count };
  const guard = await context.load({ guest, policyRequired: false, logger, logGuestMessages: true });
  return { guard, session: guard.session({ backend: () => output.questions++ }), output };
}

/** Lets a guest run for ever next to another one, and looks at both when its call has ended as it must. */
async function runBeside(
  context: CheckContext,
  { guest, way }: Endless,
  assertEnded: (session: GuardSession, call: ToolCall) => Promise<void>,
): Promise<void> {
  const { guard, session, output } = await load(context, guest);
  const other = guard.session();
  await other.labelAgent(POLICY);
  // Opens the instance, which takes some engines longer than a short deadline.
  await runIn(session, countEntries);
  await assertEnded(session, callRunning(runForEver(way)));
  holds(output.questions <= 50, `at most 50 backend calls, not ${output.questions}`);
  // The logger gets six characters for each that could do harm.
  holds(output.characters <= 400_000, `at most 64 KiB of log text, not ${output.characters} characters`);
  equal(await runIn(session, countEntries), "1;", "how often a fresh guest was entered");
  equal(await runIn(other, countEntries), "2;", "how often the other guest was entered");
}

function endsAtItsDeadline(one: Endless): Requirement {
  const { name, that, needs = [], mayOverflow } = one;
  const code = mayOverflow ? (["TIMEOUT", "TRAPPED"] as const) : "TIMEOUT";
  const end = mayOverflow ? "its stack or its deadline" : "its deadline";
  return {
    id: `endless:${name}`,
    behaviour: `A guest that ${that} ends with ${end}, and harms no other`,
    source: "W22, W35, design 4, 8",
    needs: ["interruptible", ...needs],
    check: (context) =>
      runBeside(context, one, async (session, call) => {
        const labelled = session.labelResource(call, { timeoutMs: 100 });
        await rejects(labelled, { code }, "the call");
      }),
  };
}

function endsWithAnAbort(one: Endless): Requirement {
  const { name, that, needs = [] } = one;
  return {
    id: `endless:${name}-aborted`,
    behaviour: `A guest that ${that} lets timers fire, and ends with an abort that comes from one`,
    source: "W22, W35, design 4, 8",
    needs: ["interruptible", "timeSliced", ...needs],
    check: (context) =>
      runBeside(context, one, async (session, call) => {
        const { signal, reason } = abortOnTick(4);
        await rejectsWith(session.labelResource(call, { signal, timeoutMs: 5000 }), reason, "the call");
      }),
  };
}

/** Guests that run for ever once their label function is called. */
export const endlessRequirements: readonly Requirement[] = [
  ...endless.map(endsAtItsDeadline),
  ...endless.filter(({ mayOverflow }) => !mayOverflow).map(endsWithAnAbort),
];
