import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { anyObjectPolicy, GuardError, loadGuard, native } from "@guardhost/native";

const policy = {
  filesystem: {
    mode: "filter",
    agent: { secrecy: ["staff"], integrity: [] },
    paths: [{ prefix: "hr", secrecy: ["hr"], integrity: [] }],
  },
};
const answers = {
  list_allowed_directories: { content: [{ type: "text", text: "Allowed directories:\n/home/ada" }] },
};
let guard;

before(async () => {
  const wasm = await readFile(process.env.GUARD ?? "guard.wasm");
  // Most answers do not fit into so few bytes: the guard has to say so, and to begin anew.
  const limits = { initialOutputBytes: 16 };
  guard = await loadGuard(wasm, { engine: native(), limits, policySchema: anyObjectPolicy });
});
after(() => guard?.close());

/** A session, and what the guard has answered to the policy. Its backend throws where it has no answer. */
async function open(answersOfBackend = answers) {
  const backend = ({ name }) => answersOfBackend[name] ?? assert.fail(`there is no answer of ${name}`);
  const session = guard.session({ backend });
  return { session, agent: await session.labelAgent(policy) };
}

const reading = (path) => ({ name: "read_text_file", arguments: { path } });

test("whoever reads a file of HR has to be cleared for it", async () => {
  const { session } = await open();
  const { resource, operation } = await session.labelResource(reading("public/../hr/pay.csv"));
  assert.deepEqual([resource.secrecy, operation], [["hr"], "read"]);
});

test("what cannot be judged is refused, not guessed", async () => {
  const { session } = await open();
  const isRefusal = (error) => GuardError.is(error, "GUEST_ERROR");
  await assert.rejects(session.labelResource(reading(undefined)), isRefusal);
  const { session: alone } = await open({});
  await assert.rejects(alone.labelResource(reading("hr/pay.csv")), isRefusal);
});

test("a fresh instance answers the policy as the first one did", async () => {
  const [first, second] = [await open(), await open()];
  assert.deepEqual(second.agent, first.agent);
});
