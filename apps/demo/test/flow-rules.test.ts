import { describe, expect, test } from "vitest";
import { mayCall, mayRead } from "../src/flow-rules.js";

const agent = { secrecy: ["internal"], integrity: ["staff"] };

describe("reading", () => {
  test.each([
    ["what is public and trusted", [], ["staff"], true],
    ["what it is cleared for", ["internal"], ["staff", "board"], true],
    ["what it is not cleared for", ["internal", "hr"], ["staff"], false],
    ["what nobody vouches for", [], [], false],
  ])("%s", (_, secrecy, integrity, allowed) => {
    expect(mayRead(agent, { secrecy, integrity })).toBe(allowed);
  });

  test("never keeps a call from the server", () => {
    expect(mayCall(agent, { secrecy: ["hr"], integrity: [] }, "read")).toBe(true);
  });
});

describe("writing", () => {
  test.each([
    ["where all readers may know what the agent knows", ["internal"], ["staff"], true, true],
    ["where more is demanded than the agent has", ["internal"], ["board"], false, false],
    ["where others read", [], ["staff"], false, false],
    ["where the agent cannot read", ["internal", "hr"], ["staff"], true, false],
    ["where nobody vouches for what stands there", ["internal"], [], true, false],
  ])("%s", (_, secrecy, integrity, write, readWrite) => {
    expect(mayCall(agent, { secrecy, integrity }, "write")).toBe(write);
    expect(mayCall(agent, { secrecy, integrity }, "read-write")).toBe(readWrite);
  });
});
