import type { GuardOperation } from "@guardhost/core";
import { equal, rejects } from "./assertions.js";
import { type CheckContext, POLICY } from "./check-context.js";
import { write } from "./guest/program.js";
import type { Requirement } from "./requirement.js";
import { callRunning, policyRunning } from "./session-programs.js";

/** What a guard answers, and what the public API makes of it. */
export interface PayloadCase {
  readonly id: string;
  readonly behaviour: string;
  readonly source: string;
  /** Pairs of the guard's answer and the labels. */
  readonly accepts?: readonly (readonly [answer: string, labels: unknown])[];
  /** Answers that are refused. */
  readonly refuses?: readonly (string | Uint8Array)[];
  /** The code of the refusal; INVALID_OUTPUT unless given. */
  readonly code?: "INVALID_OUTPUT" | "GUEST_ERROR";
  /** What the refusal must mention: a JSON pointer, for instance. */
  readonly says?: string;
}

/** Room for the largest answer of the suite. */
const ANSWER_LIMITS = { maxOutputBytes: 2_097_152 } as const;

/** What the public API makes of `answer`, in a session of its own. */
export async function labelsFor(
  context: CheckContext,
  operation: GuardOperation,
  answer: string | Uint8Array,
): Promise<unknown> {
  const session = await context.session({ policyRequired: false, limits: ANSWER_LIMITS });
  const command = write(answer);
  switch (operation) {
    case "label_agent":
      return session.labelAgent(policyRunning(command));
    case "label_resource":
      return session.labelResource(callRunning(command));
    case "label_response":
      return session.labelResponse(callRunning(command), null);
  }
}

/** The requirement that `operation`'s answers are read as `payload` says. */
export function payloadRequirement(operation: GuardOperation, payload: PayloadCase): Requirement {
  const { id, behaviour, source, accepts = [], refuses = [], code = "INVALID_OUTPUT", says } = payload;
  return {
    id,
    behaviour,
    source,
    async check(context) {
      for (const [answer, labels] of accepts) {
        equal(await labelsFor(context, operation, answer), labels, `the labels for ${answer}`);
      }
      for (const answer of refuses) {
        const expected = { code, lost: false, ...(says === undefined ? {} : { says }) } as const;
        await rejects(labelsFor(context, operation, answer), expected, `the answer ${answer}`);
      }
    },
  };
}

/** A session for checks of what reaches the guard, and what its guard logged at level info. */
export async function listeningSession(
  context: CheckContext,
  policy: unknown = POLICY,
): Promise<{ readonly session: Awaited<ReturnType<CheckContext["session"]>>; readonly heard: string[] }> {
  const heard: string[] = [];
  const ignore = () => undefined;
  const session = await context.session({
    logGuestMessages: true,
    logger: {
      debug: ignore,
      info: (fields) => void heard.push((fields as { readonly guest: string }).guest),
      warn: ignore,
      error: ignore,
    },
  });
  await session.labelAgent(policy);
  return { session, heard };
}
