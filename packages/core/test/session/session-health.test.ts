import { expect, test } from "vitest";
import { GuardError } from "../../src/error.js";
import type { GuardSession, SessionHealth } from "../../src/session/guard-session.js";
import type { EngineCall } from "../support/fake-engine.js";
import { call, loadFake, policy } from "../support/load-fake.js";
import { expectNoUnhandledRejections } from "../support/unhandled-rejections.js";

expectNoUnhandledRejections();

const lost = new GuardError("TRAPPED", "gone", { lost: true });

function losing({ text }: EngineCall): undefined {
  if (text.includes("lose")) throw lost;
}

type Step = (session: GuardSession, others: () => GuardSession) => Promise<unknown>;

const label: Step = (session) => session.labelAgent(policy);
const lose: Step = (session) => session.labelResource({ name: "lose" });
const use: Step = (session) => session.labelResource(call);
const crowd: Step = (_session, others) => others().labelAgent(policy);
const refuse: Step = (session) => session.labelAgent({});

test.each<[what: string, steps: readonly Step[], health: SessionHealth]>([
  ["nothing", [], "new"],
  ["a call that was refused for want of a policy", [use], "new"],
  ["a policy", [label], "ready"],
  ["a loss", [label, lose], "lost"],
  ["a call after a loss", [label, lose, use], "ready"],
  ["a policy after a loss", [label, lose, label], "ready"],
  ["a policy that was refused", [refuse], "lost"],
  ["a policy that was refused after another", [label, refuse], "lost"],
  ["the instances of others", [label, crowd], "hibernated"],
  ["the instances of others after a loss", [label, lose, crowd], "lost"],
  ["a call after those", [label, crowd, use], "ready"],
  ["two losses", [label, lose, lose], "unhealthy"],
  ["its end", [label, (session) => session.close()], "closed"],
  ["its end after two losses", [label, lose, lose, (session) => session.close()], "closed"],
])("after %s a session is %3$s", async (_what, steps, health) => {
  const { session, guard } = await loadFake(
    { answer: losing },
    { maxLiveInstances: 1, breaker: { maxLosses: 2 } },
  );
  for (const step of steps) await step(session, () => guard.session()).catch(() => undefined);
  expect(session.health).toBe(health);
});

test("a session is closed as soon as it is being closed", async () => {
  const { session } = await loadFake();
  const closing = session.close();
  expect(session.health).toBe("closed");
  await closing;
});

test("sessions are numbered from 1 up, within their guard", async () => {
  const { session, guard } = await loadFake();
  expect([session.id, guard.session().id, guard.session().id]).toEqual([1, 2, 3]);
  expect((await loadFake()).session.id).toBe(1);
});
