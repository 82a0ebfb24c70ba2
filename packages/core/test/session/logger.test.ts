import { describe, expect, test, vi } from "vitest";
import { GuardError } from "../../src/error.js";
import { failSafe, type GuardLogger, silentLogger } from "../../src/session/logger.js";
import type { EngineCall } from "../support/fake-engine.js";
import { call, loadFake, policy } from "../support/load-fake.js";
import { thrownBy } from "../support/thrown-by.js";
import { expectNoUnhandledRejections, nextTurn } from "../support/unhandled-rejections.js";

expectNoUnhandledRejections();

const levels = ["debug", "info", "warn", "error"] as const;

/** A logger that writes down what it gets. */
function recording() {
  const lines: [level: string, fields: object, message: string][] = [];
  const write = (level: string) => (fields: object, message: string) =>
    void lines.push([level, fields, message]);
  const logger: GuardLogger = {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
  };
  return { logger, lines };
}

describe("failSafe", () => {
  test("passes everything on, to the logger's own methods", () => {
    class Own implements GuardLogger {
      readonly lines: unknown[] = [];
      debug(...line: unknown[]) {
        this.lines.push(["debug", ...line]);
      }
      info(...line: unknown[]) {
        this.lines.push(["info", ...line]);
      }
      warn(...line: unknown[]) {
        this.lines.push(["warn", ...line]);
      }
      error(...line: unknown[]) {
        this.lines.push(["error", ...line]);
      }
    }
    const own = new Own();
    const safe = failSafe(own);
    for (const level of levels) safe[level]({ level }, "message");
    expect(own.lines).toEqual(levels.map((level) => [level, { level }, "message"]));
  });

  test.each<[how: string, write: () => void]>([
    [
      "throws",
      () => {
        throw new Error("disk full");
      },
    ],
    // A method that is async is a valid logger to TypeScript.
    [
      "rejects",
      async () => {
        throw new Error("disk full");
      },
    ],
  ])("keeps in what a logger %s", async (_how, write) => {
    const safe = failSafe({ debug: write, info: write, warn: write, error: write });
    for (const level of levels) expect(safe[level]({}, "message")).toBeUndefined();
    await nextTurn();
  });

  test("keeps in that a method is missing", () => {
    expect(() => failSafe({} as GuardLogger).warn({}, "message")).not.toThrow();
  });
});

test("silentLogger is", () => {
  for (const level of levels) expect(silentLogger[level]({}, "message")).toBeUndefined();
});

describe("what a session logs", () => {
  const talking = ({ host }: EngineCall) => {
    host.log("info", "line\nbreak \u001b[31m \u202e");
    host.log("error", "é");
  };

  test("holds nothing of the guard's unless asked for", async () => {
    const { logger, lines } = recording();
    const { session } = await loadFake({ answer: talking }, { logger });
    await session.labelAgent(policy);
    expect(lines).toEqual([]);
  });

  test("holds it escaped and marked as untrusted when asked for", async () => {
    const { logger, lines } = recording();
    const { session } = await loadFake({ answer: talking }, { logger, logGuestMessages: true });
    await session.labelAgent(policy);
    expect(lines).toEqual([
      ["info", { untrusted: true, guest: "line\\u000abreak \\u001b[31m \\u202e" }, "message of the guard"],
      ["error", { untrusted: true, guest: "é" }, "message of the guard"],
    ]);
  });

  test("tells of an instance that was lost, by its code alone", async () => {
    const { logger, lines } = recording();
    const { session } = await loadFake(
      {
        answer: () => {
          throw new GuardError("TRAPPED", "with details", { lost: true });
        },
      },
      { logger },
    );
    await thrownBy(() => session.labelAgent(policy));
    expect(lines).toEqual([["warn", { code: "TRAPPED" }, "an instance of the guard was lost"]]);
  });

  test("tells of an instance that could not be closed", async () => {
    const { logger, lines } = recording();
    const failure = new Error("cannot close");
    const { session } = await loadFake(
      { answer: () => Promise.reject(new Error("engine")), close: () => Promise.reject(failure) },
      { logger },
    );
    await thrownBy(() => session.labelAgent(policy));
    await nextTurn();
    expect(lines).toEqual([["error", { err: failure }, "an instance of the guard could not be closed"]]);
  });

  test("holds no arguments, results or policies, whatever happens", async () => {
    const { logger, lines } = recording();
    const secret = "s3cr3t";
    const answers = ["{", { [secret]: 1 }, { resource: { secrecy: secret } }, undefined];
    const { session } = await loadFake(
      { answer: ({ operation }) => (operation === "label_agent" ? undefined : answers.shift()) },
      { logger },
    );
    await session.labelAgent({ "allow-only": { repos: [`o/${secret}`], "min-integrity": "none" } });
    for (let i = 0; i < 4; i++) {
      await session.labelResource({ name: secret, arguments: { secret } }).catch(() => undefined);
      await session.labelResponse(call, secret).catch(() => undefined);
    }
    await session.labelAgent({ [secret]: 1 }).catch(() => undefined);
    expect(JSON.stringify(lines)).not.toContain(secret);
  });

  test("does not decide what becomes of a call", async () => {
    const logger = Object.fromEntries(
      levels.map((level) => [
        level,
        vi.fn(() => {
          throw new Error("disk full");
        }),
      ]),
    ) as unknown as GuardLogger;
    let calls = 0;
    const { session } = await loadFake(
      {
        answer: (running) => {
          talking(running);
          if (++calls === 1) throw new GuardError("TRAPPED", "gone", { lost: true });
        },
      },
      { logger, logGuestMessages: true },
    );
    await expect(session.labelAgent(policy)).rejects.toMatchObject({ code: "TRAPPED" });
    await expect(session.labelAgent(policy)).resolves.toMatchObject({ mode: "filter" });
    expect(logger.warn).toHaveBeenCalled();
    expect(logger.info).toHaveBeenCalled();
  });
});
