import type { Guard, GuardSession } from "@guardhost/native";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { offlinePolicy, tags, textResult } from "./support/tag-policy.js";
import { RawTagGuard } from "./support/tag-raw-guard.js";
import { loadTagGuard, recordingBackend, tagGuards } from "./support/tag-sessions.js";

const MAX_PAGES = 512;
const call = { name: "list_issues", arguments: { repo: "hello", owner: "octo" } };
const request = { tool_name: "list_issues", tool_args: {}, capabilities: {} };
const isPublic = textResult('{"visibility":"public"}');
const isPrivate = textResult('{"name":"hello","visibility":"private"}');

const policyWith = (changes: object) => ({ tags: { ...tags, ...changes } });
const policyWithout = (name: keyof typeof tags) => ({
  tags: Object.fromEntries(Object.entries(tags).filter(([key]) => key !== name)),
});
const toolWith = (changes: object) => policyWith({ tools: [{ ...tags.tools[0], ...changes }] });

describe.each(tagGuards)("$title", ({ file, built }) => {
  describe.skipIf(!built)("as a guard", () => {
    const logs: string[] = [];
    const open: GuardSession[] = [];
    let guard: Guard;

    beforeAll(async () => {
      guard = await loadTagGuard(file, logs);
    });
    afterEach(async () => {
      await Promise.all(open.splice(0).map((session) => session.close()));
      logs.length = 0;
    });
    afterAll(() => guard?.close());

    async function session(policy: object, result: unknown = isPublic) {
      const { calls, backend } = recordingBackend(result);
      const opened = guard.session({ backend });
      open.push(opened);
      await opened.labelAgent(policy);
      return { session: opened, calls };
    }

    describe("label_agent", () => {
      it("answers with the agent's labels and the mode", async () => {
        const opened = guard.session();
        open.push(opened);
        const agent = { secrecy: ["a"], integrity: ["b", "c"] };
        expect(await opened.labelAgent(policyWith({ agent, mode: "strict" }))).toEqual({
          agent,
          mode: "strict",
        });
        expect(await opened.labelAgent(policyWith({ mode: "propagate" }))).toEqual({
          agent: tags.agent,
          mode: "propagate",
        });
      });

      it.each([
        ["no tags", {}, "whose only member is tags"],
        ["another root member", { ...policyWith({}), more: 1 }, "whose only member is tags"],
        ["tags of a wrong type", { tags: [] }, "whose only member is tags"],
        ["an unknown member", policyWith({ tols: [] }), "unknown member"],
        ["a member in other case", policyWith({ Mode: "filter" }), "unknown member"],
        ["no mode", policyWithout("mode"), "tags.mode"],
        ["an unknown mode", policyWith({ mode: "Filter" }), "tags.mode"],
        ["no agent", policyWithout("agent"), "tags.agent"],
        ["an agent without integrity", policyWith({ agent: { secrecy: [] } }), "tags.agent.integrity"],
        ["an agent with more", policyWith({ agent: { ...tags.agent, x: 1 } }), "tags.agent"],
        ["no tools", policyWithout("tools"), "tags.tools"],
        ["a tool that is no object", policyWith({ tools: ["list_issues"] }), "an entry of tags.tools"],
        ["a tool listed twice", policyWith({ tools: [tags.tools[0], tags.tools[0]] }), "twice"],
        ["a tool without name", toolWith({ name: "" }), "name"],
        ["an unknown operation", toolWith({ operation: "delete" }), "operation"],
        ["secrecy that is no list", toolWith({ secrecy: "private" }), "secrecy"],
        ["a tag that is no string", toolWith({ integrity: [1] }), "integrity"],
        ["a tag with a blank", toolWith({ secrecy: [" private"] }), "secrecy"],
        ["an empty tag", toolWith({ secrecy: [""] }), "secrecy"],
        ["the wildcard as a tag", toolWith({ secrecy: ["*"] }), "secrecy"],
        ["a visibility tool without private tag", policyWithout("privateTag"), "tags.privateTag"],
        ["a private tag that is none", policyWith({ privateTag: 7 }), "tags.privateTag"],
        ["a nameless visibility tool", policyWith({ visibilityTool: "" }), "tags.visibilityTool"],
        ["an attribute of a wrong type", policyWith({ privateAttribute: true }), "tags.privateAttribute"],
      ])("refuses a policy with %s, and says where", async (_title, policy, where) => {
        await expect(session(policy)).rejects.toMatchObject({
          code: "GUEST_ERROR",
          message: expect.stringContaining("code -4"),
        });
        expect(logs.join()).toContain(where);
      });

      it("writes no value of a refused policy into the log", async () => {
        await expect(session(policyWith({ mode: "hush-hush" }))).rejects.toThrow();
        expect(logs.join()).not.toContain("hush");
      });
    });

    describe("label_resource", () => {
      it.each([
        ["list_issues", { secrecy: ["private:octo", "internal"], integrity: ["approved"] }, "read"],
        ["add_comment", { secrecy: ["private:octo"], integrity: [] }, "write"],
        ["merge", { secrecy: ["release"], integrity: ["merged"] }, "read-write"],
      ])("labels %s as it is listed", async (name, resource, operation) => {
        const { session: opened } = await session(offlinePolicy());
        expect(await opened.labelResource({ name, arguments: {} })).toEqual({ resource, operation });
      });

      it("takes an unknown tool for a write to anything, without asking", async () => {
        const { session: opened, calls } = await session(policyWith({}));
        for (const name of ["rm", "", "List_issues", "list_issues\u0000"]) {
          expect(await opened.labelResource({ name, arguments: {} })).toEqual({
            resource: { secrecy: ["internal", "release", "private:octo"], integrity: [] },
            operation: "write",
          });
        }
        expect(calls).toEqual([]);
      });

      it("drops the private tag from what is public", async () => {
        const { session: opened } = await session(policyWith({}), isPublic);
        const { resource } = await opened.labelResource(call);
        expect(resource.secrecy).toEqual(["internal"]);
      });

      it("adds the private tag to what is private", async () => {
        const { session: opened } = await session(policyWith({}), isPrivate);
        const { resource } = await opened.labelResource({ ...call, name: "merge" });
        expect(resource.secrecy).toEqual(["release", "private:octo"]);
      });

      it("asks the backend once per call, with the call's arguments", async () => {
        const { session: opened, calls } = await session(policyWith({}));
        const argumentsWithEscapes = { owner: 'oct"o\n\u2028', nested: [1e21, null, { "\\": "😀" }] };
        await opened.labelResource({ name: "merge", arguments: argumentsWithEscapes });
        await opened.labelResource({ name: "merge" });
        expect(calls).toEqual([
          { name: "get_repository", arguments: argumentsWithEscapes },
          { name: "get_repository", arguments: {} },
        ]);
      });

      it("asks again for an answer that needs more room, which the host has kept", async () => {
        const text = JSON.stringify({ readme: "x".repeat(200_000), visibility: "public" });
        const { session: opened, calls } = await session(policyWith({}), textResult(text));
        expect((await opened.labelResource(call)).resource.secrecy).toEqual(["internal"]);
        expect(calls).toHaveLength(1);
      });

      it.each([
        ["an error result", { ...isPublic, isError: true }],
        ["an unwrapped answer", { visibility: "public" }],
        ["a third word", textResult('{"visibility":"internal"}')],
        ["a word in other case", textResult('{"visibility":"Public"}')],
        ["a member in other case", textResult('{"Visibility":"public"}')],
        ["two words", textResult('{"visibility":"private","visibility":"public"}')],
        ["two blocks", { content: [...isPublic.content, ...isPrivate.content] }],
        ["no block", { content: [] }],
        ["a block of another type", { content: [{ type: "image", text: isPublic.content[0]?.text }] }],
        ["text that is not JSON", textResult('{"visibility":"public"')],
        [
          "text that nests too deeply",
          textResult(`{"visibility":"public","x":${"[".repeat(64)}${"]".repeat(64)}}`),
        ],
        ["a list", textResult('["public"]')],
        ["null", null],
        ["more than a MiB", textResult(JSON.stringify({ visibility: "public", x: "x".repeat(1_048_576) }))],
      ])("fails when the backend answers with %s", async (_title, result) => {
        const { session: opened } = await session(policyWith({}), result);
        await expect(opened.labelResource(call)).rejects.toMatchObject({
          code: "GUEST_ERROR",
          message: expect.stringContaining("code -6"),
        });
        expect(logs.join()).toContain("visibility: ");
      });

      it("fails when the backend does, and goes on with the next call", async () => {
        let failing = true;
        const opened = guard.session({
          backend: () => {
            if (failing) throw new Error("unreachable");
            return isPublic;
          },
        });
        open.push(opened);
        await opened.labelAgent(policyWith({}));
        await expect(opened.labelResource(call)).rejects.toThrow("code -6");
        expect(logs.join()).toContain("the backend did not answer");
        failing = false;
        expect((await opened.labelResource(call)).resource.secrecy).toEqual(["internal"]);
      });
    });

    describe("label_response", () => {
      const asPrivate = { secrecy: ["internal", "private:octo"], integrity: ["approved"] };
      const asPublic = { secrecy: ["internal"], integrity: ["approved"] };

      it("labels items by their attribute; only false makes one public", async () => {
        const items = [
          ...[{ private: false }, { private: true }, {}, { private: 0 }, { Private: false }, 1, [], null],
          ...[{ n: { private: false } }, { private: false, title: '],[{"private":true}' }],
        ];
        const { session: opened } = await session(offlinePolicy());
        const labels = await opened.labelResponse(
          call,
          textResult(JSON.stringify({ total: 10, items }, null, 2)),
        );
        const expected = items.map((_, index) => (index === 0 || index === 9 ? asPublic : asPrivate));
        expect(labels).toEqual({
          kind: "paths",
          itemsPath: "/items",
          paths: expected.map((labels, index) => ({ path: `/items/${index}`, labels })),
        });
      });

      it("reads names through their escapes", async () => {
        const { session: opened } = await session(offlinePolicy());
        const text = '{"\\u0069tems":[{"priv\\u0061te":false}]}';
        expect(await opened.labelResponse(call, textResult(text))).toMatchObject({
          paths: [{ labels: asPublic }],
        });
      });

      it("labels no item of an empty list", async () => {
        const { session: opened } = await session(offlinePolicy());
        const labels = await opened.labelResponse(call, textResult('{"items":[]}'));
        expect(labels).toEqual({ kind: "paths", itemsPath: "/items", paths: [] });
      });

      it.each([
        ["of an unknown tool", "rm", textResult('{"items":[]}')],
        ["without content", "list_issues", { structuredContent: { items: [] } }],
        ["that is an error", "list_issues", { ...textResult('{"items":[]}'), isError: true }],
        [
          "of several blocks",
          "list_issues",
          { content: [1, 2].flatMap(() => textResult('{"items":[]}').content) },
        ],
        ["of plain text", "list_issues", textResult("two issues")],
        ["with more behind the JSON", "list_issues", textResult('{"items":[]} and so on')],
        ["without items", "list_issues", textResult('{"issues":[]}')],
        ["whose items are no list", "list_issues", textResult('{"items":{}}')],
        ["with items twice", "list_issues", textResult('{"items":[],"items":[1]}')],
        [
          "with an ambiguous item",
          "list_issues",
          textResult('{"items":[{},{"private":true,"private":false}]}'),
        ],
        ["that is null", "list_issues", null],
      ])("leaves a response %s to the labels of its resource", async (_title, name, result) => {
        const { session: opened } = await session(offlinePolicy());
        expect(await opened.labelResponse({ ...call, name }, result)).toEqual({ kind: "unlabeled" });
      });

      it("leaves every response to its resource when the policy names no attribute", async () => {
        const { session: opened } = await session(policyWithout("privateAttribute"));
        expect(await opened.labelResponse(call, textResult('{"items":[]}'))).toEqual({ kind: "unlabeled" });
      });

      it("gets a larger buffer for labels that do not fit", async () => {
        const { session: opened } = await session(offlinePolicy());
        const count = 60_000;
        const text = `{"items":[${Array(count).fill("{}").join()}]}`;
        const labels = await opened.labelResponse(call, textResult(text));
        expect(labels).toMatchObject({ kind: "paths" });
        expect(labels.kind === "paths" && labels.paths).toHaveLength(count);
        expect(labels.kind === "paths" && labels.paths.at(-1)?.path).toBe(`/items/${count - 1}`);
      });

      it("counts labels that fit no buffer without making them", async () => {
        const { session: opened } = await session(offlinePolicy());
        const text = `{"items":[${Array(1_000_000).fill(1).join()}]}`;
        const labelling = opened.labelResponse(call, textResult(text));
        // Go has no room for the largest buffer beside its own heap, and says so when it is asked for it.
        await expect(labelling).rejects.toMatchObject({
          code: expect.stringMatching(/^(OUTPUT_TOO_LARGE|OUT_OF_MEMORY)$/),
          lost: false,
        });
        await expect(opened.labelResponse(call, null)).resolves.toEqual({ kind: "unlabeled" });
      });
    });

    it("stays within its memory over 2,000 calls", async () => {
      const { session: opened } = await session(policyWith({}));
      const result = textResult(JSON.stringify({ items: [{ private: false, body: "x".repeat(2_000) }] }));
      for (let i = 0; i < 1_000; i++) {
        await opened.labelResource(call);
        await opened.labelResponse(call, result);
      }
    });

    it("survives the largest input that the host lets through", async () => {
      const { session: opened } = await session(offlinePolicy());
      const padding = "x".repeat(guard.limits.maxInputBytes - 400);
      const outcome = await opened.labelResponse(call, textResult(padding)).catch((error: unknown) => error);
      expect([{ kind: "unlabeled" }, expect.objectContaining({ lost: false })]).toContainEqual(outcome);
      expect((await opened.labelResource({ name: "rm" })).operation).toBe("write");
    });

    it("keeps two sessions apart", async () => {
      const first = await session(offlinePolicy());
      const second = await session(toolWith({ secrecy: ["other"] }), isPrivate);
      expect((await first.session.labelResource(call)).resource.secrecy).toEqual([
        "private:octo",
        "internal",
      ]);
      expect((await second.session.labelResource(call)).resource.secrecy).toEqual(["other", "private:octo"]);
      expect(first.calls).toEqual([]);
      expect(second.calls).toHaveLength(1);
    });
  });

  describe.skipIf(!built)("as a module", () => {
    function initialized(): RawTagGuard {
      const guard = new RawTagGuard(file);
      guard.exports._initialize();
      return guard;
    }

    it("fails on arguments that are no object", () => {
      const guard = initialized();
      guard.call("label_agent", policyWith({}));
      const input = { ...request, tool_name: "merge", tool_args: ["octo"] };
      expect(guard.call("label_resource", input).status).toBe(-3);
    });

    it("does not work before _initialize has run", () => {
      const guard = new RawTagGuard(file);
      let status = 0;
      try {
        status = guard.call("label_agent", policyWith({})).status;
      } catch (error) {
        expect(error).toBeInstanceOf(WebAssembly.RuntimeError);
        status = -1;
      }
      expect(status).toBeLessThan(0);
      expect(initialized().call("label_agent", policyWith({})).status).toBeGreaterThan(0);
    });

    it.each([
      ...[
        "",
        " ",
        "{",
        "[1,]",
        '{"a":1,}',
        '{"a" 1}',
        "{a:1}",
        "[01]",
        "[1.]",
        "[.5]",
        "[-]",
        "[1e]",
        "[+1]",
        "nul",
      ],
      ...[
        '["\t"]',
        '["\\x"]',
        '["\\u12g4"]',
        '["',
        '["\\',
        "[1] 2",
        "\ufeff[]",
        "[NaN]",
        "[1 2]",
        '["a":1]',
        "}",
      ],
      ...["[".repeat(65) + "]".repeat(65), "[".repeat(100), "\u00a0[]", "[1}"],
    ])("refuses %j, which is not JSON or nests too deeply", (input) => {
      const guard = initialized();
      guard.call("label_agent", policyWith({}));
      expect(guard.call("label_resource", input).status).toBe(-3);
      expect(guard.logs).toEqual(["request: it is not JSON, or nests too deeply"]);
      expect(guard.call("label_agent", input).status).toBe(-3);
    });

    it.each([
      [[0xc0, 0x80]],
      [[0xed, 0xa0, 0x80]],
      [[0xf5, 0x80, 0x80, 0x80]],
      [[0xe2, 0x82]],
      [[0x80]],
      [[0xff]],
    ])("refuses %j, which is not UTF-8", (bytes) => {
      const guard = initialized();
      expect(guard.call("label_agent", new Uint8Array([0x5b, 0x22, ...bytes, 0x22, 0x5d])).status).toBe(-3);
    });

    it.each([
      ...["[]", " [ ] ", "[".repeat(64) + "]".repeat(64), "[0,-0,1e5,-1.25E-3,true,false,null]"],
      ...['["\\u00e9\\ud83d\\ude00\\ud800é😀\\/"]', '{"":{"":[{}]}}', "1", '"\\""'],
    ])("takes %j for JSON, which is no policy", (input) => {
      expect(initialized().call("label_agent", input).status).toBe(-4);
    });

    it.each([[{}], [{ tool_name: 1 }], ['{"tool_name":"merge","tool_name":"rm"}'], ["[]"]])(
      "refuses %j as a request",
      (input) => {
        const guard = initialized();
        guard.call("label_agent", policyWith({}));
        expect(guard.call("label_resource", input).status).toBe(-3);
      },
    );

    it("has no policy before the first one and after one that was refused", () => {
      const guard = initialized();
      expect(guard.call("label_resource", request).status).toBe(-5);
      expect(guard.call("label_agent", offlinePolicy()).status).toBeGreaterThan(0);
      expect(guard.call("label_resource", request).status).toBeGreaterThan(0);
      expect(guard.call("label_agent", {}).status).toBe(-4);
      expect(guard.call("label_response", request).status).toBe(-5);
      expect(guard.call("label_agent", offlinePolicy()).status).toBeGreaterThan(0);
      expect(guard.call("label_agent", "{").status).toBe(-3);
      expect(guard.call("label_response", request).status).toBe(-5);
    });

    it("says how much room an answer needs, where four bytes have room", () => {
      const guard = initialized();
      const { status: length, bytes } = guard.call("label_agent", policyWith({}));
      const small = guard.call("label_agent", policyWith({}), length - 1);
      expect(small.status).toBe(-2);
      expect(new DataView(small.bytes.buffer).getUint32(0, true)).toBe(length);
      expect(guard.call("label_agent", policyWith({}), length)).toEqual({ status: length, bytes });
      expect(guard.call("label_agent", policyWith({}), 3).status).toBe(-2);
    });

    it("answers an allocation that is too large with 0", () => {
      const guard = initialized();
      expect(guard.exports.alloc(0xffff_ffff)).toBe(0);
      expect(guard.exports.alloc(1024)).not.toBe(0);
    });

    it("reaches a steady size", () => {
      const guard = initialized();
      guard.backendAnswer = new TextEncoder().encode(JSON.stringify(isPublic));
      guard.call("label_agent", policyWith({}));
      const result = textResult(JSON.stringify({ items: [{ private: false, body: "x".repeat(2_000) }] }));
      const run = (times: number) => {
        for (let i = 0; i < times; i++) {
          expect(guard.call("label_resource", request).status).toBeGreaterThan(0);
          expect(guard.call("label_response", { ...request, tool_result: result }).status).toBeGreaterThan(0);
        }
        return guard.pages;
      };
      const settled = run(3_000);
      expect(settled).toBeLessThanOrEqual(MAX_PAGES);
      expect(run(2_000)).toBe(settled);
    });
  });
});

const allBuilt = tagGuards.every(({ built }) => built);
const missing = allBuilt ? "" : " (skipped: one of them is not built)";

describe.skipIf(!allBuilt)(`the tag guards${missing}`, () => {
  const names = ["list_issues", "add_comment", "merge", "rm", 'tool \ud800 \u0000 "', "é😀"];
  const texts = [
    '{"items":[{"private":false},{"private":true,"x":[[[]]]},7]}',
    '{"items":[{"private":false,"private":false}]}',
    '{"total":1e3,"items":[]}',
    '{"items":[{"x":"\\ud83d\\ude00\\\\","private":false}],"\\u0000":0}',
    "not JSON",
  ];
  const policies = [
    policyWith({}),
    offlinePolicy(),
    policyWithout("privateAttribute"),
    policyWith({ tools: [] }),
  ];

  it("give the same answers, byte by byte", () => {
    const [first, second] = tagGuards.map(({ file }) => {
      const guard = new RawTagGuard(file);
      guard.exports._initialize();
      return guard;
    }) as [RawTagGuard, RawTagGuard];
    const inputs: [string, unknown][] = policies.flatMap((policy) => [
      ["label_agent", policy],
      ...names.map((tool_name): [string, unknown] => ["label_resource", { ...request, tool_name }]),
      ...names.flatMap((tool_name) =>
        texts.map((text): [string, unknown] => [
          "label_response",
          { ...request, tool_name, tool_result: textResult(text) },
        ]),
      ),
    ]);
    for (const answer of [isPublic, isPrivate, textResult("?")]) {
      const bytes = new TextEncoder().encode(JSON.stringify(answer));
      for (const guard of [first, second]) guard.backendAnswer = bytes;
      for (const [operation, input] of inputs) {
        expect(first.call(operation, input), `${operation} ${JSON.stringify(input)}`).toEqual(
          second.call(operation, input),
        );
      }
    }
    expect(first.logs).toEqual(second.logs);
    expect(first.logs.length).toBeGreaterThan(0);
  });
});
