import { describe, expect, test } from "vitest";
import { BackendAnswers } from "../../src/exchange/backend-answers.js";

const bytes = (length: number, fill = 1) => new Uint8Array(length).fill(fill);

function answers(maxBytes = 100): BackendAnswers {
  const made = new BackendAnswers(maxBytes);
  made.nextAttempt();
  return made;
}

describe("BackendAnswers", () => {
  test("know nothing at first", () => {
    expect(answers().find("tool", "{}")).toBeUndefined();
  });

  test("give an answer again until it is delivered, in this attempt", () => {
    const made = answers();
    const kept = bytes(3);
    made.keep("tool", "{}", kept);
    expect(made.find("tool", "{}")).toBe(kept);
    expect(made.find("tool", "{}")).toBe(kept);
    made.delivered("tool", "{}");
    expect(made.find("tool", "{}")).toBeUndefined();
  });

  test("give what was delivered once more in the next attempt", () => {
    const made = answers();
    const kept = bytes(3);
    made.keep("tool", "{}", kept);
    made.delivered("tool", "{}");
    for (let attempt = 2; attempt < 4; attempt++) {
      made.nextAttempt();
      expect(made.find("tool", "{}")).toBe(kept);
      made.delivered("tool", "{}");
      expect(made.find("tool", "{}")).toBeUndefined();
    }
  });

  test("to one question asked several times come in the order in which they came", () => {
    const made = answers();
    const asked = [bytes(1, 1), bytes(1, 2), bytes(1, 3)];
    for (const answer of asked) {
      expect(made.find("tool", "{}")).toBeUndefined();
      made.keep("tool", "{}", answer);
      made.delivered("tool", "{}");
    }
    made.nextAttempt();
    for (const answer of asked) {
      expect(made.find("tool", "{}")).toBe(answer);
      made.delivered("tool", "{}");
    }
    expect(made.find("tool", "{}")).toBeUndefined();
  });

  test("are told apart by tool and arguments, however those are split", () => {
    const made = answers();
    made.keep("a", "b1", bytes(1));
    for (const [tool, args] of [
      ["ab", "1"],
      ["a", "b"],
      ["", "ab1"],
      ["ab1", ""],
      ["a:b1", ""],
      ["1:a", "b1"],
    ] as const) {
      expect(made.find(tool, args)).toBeUndefined();
    }
    expect(made.find("a", "b1")).toHaveLength(1);
  });

  test("are forgotten when the call is over", () => {
    const made = answers();
    made.keep("tool", "{}", bytes(100));
    made.delivered("tool", "{}");
    made.clear();
    made.nextAttempt();
    expect(made.find("tool", "{}")).toBeUndefined();
    // And so are their bytes.
    made.keep("tool", "{}", bytes(100));
    expect(made.find("tool", "{}")).toHaveLength(100);
  });

  test("beyond what may be kept in all are not kept, and take no room", () => {
    const made = answers(100);
    made.keep("a", "", bytes(60));
    made.keep("b", "", bytes(41));
    expect(made.find("b", "")).toBeUndefined();
    expect(made.find("a", "")).toHaveLength(60);
    made.keep("c", "", bytes(40));
    expect(made.find("c", "")).toHaveLength(40);
    made.keep("d", "", bytes(1));
    expect(made.find("d", "")).toBeUndefined();
    // Nothing to deliver, and no harm done.
    made.delivered("d", "");
    made.delivered("never asked", "");
  });

  test("after one that was not kept stay in their place", () => {
    const made = answers(10);
    const later = bytes(2);
    made.keep("a", "", bytes(11));
    made.delivered("a", "");
    made.keep("a", "", later);
    made.delivered("a", "");
    made.nextAttempt();
    // The first is asked for again; only then comes the second.
    expect(made.find("a", "")).toBeUndefined();
    made.keep("a", "", bytes(11));
    made.delivered("a", "");
    expect(made.find("a", "")).toBe(later);
  });
});
