import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { anyObjectPolicy, GuardError, loadGuard, native } from "@guardhost/native";

const policy = {
  filesystem: {
    mode: "filter",
    agent: { secrecy: ["staff"], integrity: [] },
    paths: [
      { prefix: ".", secrecy: [], integrity: [] },
      { prefix: "hr", secrecy: ["hr"], integrity: [] },
    ],
  },
};
const answers = {
  list_allowed_directories: { content: [{ type: "text", text: "Allowed directories:\n/home/ada" }] },
};
let guard;

before(async () => {
  const wasm = await readFile(process.env.GUARD ?? "guard.wasm");
  guard = await loadGuard(wasm, {
    engine: native({ clock: "real", random: "real" }),
    // Answers do not fit at first: the guard has to say so, and to begin anew.
    limits: { initialOutputBytes: 16, maxAttempts: 20 },
    // A session has to make room for the next one, and gets a fresh instance for its next call.
    maxLiveInstances: 1,
    policySchema: anyObjectPolicy,
  });
});
after(() => guard?.close());

/** A session with its policy, whose backend throws where it has no answer. */
async function open(answersOfBackend = answers) {
  const backend = ({ name }) => answersOfBackend[name] ?? assert.fail(`there is no answer of ${name}`);
  const session = guard.session({ backend });
  await session.labelAgent(policy);
  return session;
}

const reading = (path) => ({ name: "read_text_file", arguments: { path } });

test("whoever reads a file of HR has to be cleared for it", async () => {
  const session = await open();
  const { resource, operation } = await session.labelResource(reading("public/../hr/pay.csv"));
  assert.deepEqual([resource.secrecy, operation], [["hr"], "read"]);
});

test("each of many files that were found has its labels", async () => {
  const session = await open();
  const folders = Array.from({ length: 10_000 }, (_, index) => (index < 5_000 ? "public" : "hr"));
  const text = folders.map((folder, index) => `/home/ada/${folder}/${index}.csv`).join("\n");
  const call = { name: "search_files", arguments: { path: "/home/ada", pattern: "*.csv" } };
  const { items } = await session.labelResponse(call, { content: [{ type: "text", text }] });
  assert.deepEqual(
    items.map(({ labels }) => labels.secrecy),
    folders.map((folder) => (folder === "hr" ? ["hr"] : [])),
  );
});

test("what cannot be judged is refused, not guessed", async () => {
  const isRefusal = (error) => GuardError.is(error, "GUEST_ERROR");
  const session = await open();
  await assert.rejects(session.labelResource(reading(undefined)), isRefusal);
  const alone = await open({});
  await assert.rejects(alone.labelResource(reading("hr/pay.csv")), isRefusal);
});

test("a fresh instance answers the policy with the same bytes", async () => {
  const sessions = [await open(), await open()];
  for (let i = 0; i < 20; i++) await sessions[i % 2].labelResource(reading("hr/pay.csv"));
  assert.ok(guard.stats().recoveries >= 20);
});
