import "@guardhost/runtimes/watchdog";
import {
  type ChannelCallOptions,
  type CompiledGuard,
  type GuardChannel,
  type GuardEngine,
  GuardError,
  type GuardHost,
  native,
} from "@guardhost/native";
import { wasi } from "@guardhost/wasi";
import { wasmer } from "@guardhost/wasmer";
import { expect } from "vitest";

const engines: readonly GuardEngine[] = [native(), wasi(), wasmer()];

/** What a guard asked and said, and what it was told. */
interface Talk {
  readonly questions: { readonly tool: string; readonly args: unknown; readonly answer: Promise<unknown> }[];
  readonly logs: string[];
}

/** How a call ended: with an answer, or with the code of an error. */
type Ending = { readonly answer: Uint8Array } | { readonly error: unknown };

/**
 * Runs each call on all engines, one after the other, and expects the same bytes, the same questions to the backend and the same
 * logs of all of them. The backend is asked once: the others are told what the first one was.
 */
export function everyEngine(): GuardEngine {
  const [first] = engines as [GuardEngine];
  return {
    name: "every engine",
    // Nobody is faster than the slowest.
    capabilities: { ...first.capabilities, linearMemory: false },
    maxLiveInstances: 8,
    async compile(module, limits, options) {
      const compiled = await Promise.all(engines.map((engine) => engine.compile(module, limits, options)));
      return {
        open: (host, openOptions) => openAll(compiled, host, openOptions),
        async close() {
          await Promise.all(compiled.map((guard) => guard.close()));
        },
      };
    },
  };
}

async function openAll(
  compiled: readonly CompiledGuard[],
  host: GuardHost,
  options?: ChannelCallOptions,
): Promise<GuardChannel> {
  const talks = compiled.map((): Talk => ({ questions: [], logs: [] }));
  const hosts = talks.map((talk, index) =>
    index === 0 ? recording(talk, host) : replaying(talk, talks[0] as Talk),
  );
  const channels = await Promise.all(
    compiled.map((guard, index) => guard.open(hosts[index] as GuardHost, options)),
  );
  return {
    async call(operation, input, callOptions) {
      const endings: Ending[] = [];
      for (const channel of channels) endings.push(await endingOf(channel, operation, input, callOptions));
      const [ending, ...others] = endings.map(comparable);
      for (const other of others) expect(other).toEqual(ending);
      const [talk, ...otherTalks] = talks.map(({ questions, logs }) => ({
        questions: questions.map(({ tool, args }) => ({ tool, args })),
        logs: [...logs],
      }));
      for (const other of otherTalks) expect(other).toEqual(talk);
      for (const { questions, logs } of talks) questions.length = logs.length = 0;
      const [outcome] = endings as [Ending];
      if ("error" in outcome) throw outcome.error;
      return outcome.answer;
    },
    async close() {
      await Promise.all(channels.map((channel) => channel.close()));
    },
  };
}

async function endingOf(channel: GuardChannel, ...call: Parameters<GuardChannel["call"]>): Promise<Ending> {
  try {
    return { answer: (await channel.call(...call)).slice() };
  } catch (error) {
    return { error };
  }
}

/** Messages may say where a guard was when it trapped, which not every engine knows. */
function comparable(ending: Ending): unknown {
  if ("answer" in ending) return Buffer.from(ending.answer).toString();
  const { error } = ending;
  return GuardError.is(error) ? { code: error.code, lost: error.lost } : error;
}

function recording({ questions, logs }: Talk, host: GuardHost): GuardHost {
  return {
    callBackend(tool, args, options) {
      const answer = (async () => host.callBackend(tool, args, options))();
      answer.catch(() => undefined);
      questions.push({ tool, args, answer });
      return answer;
    },
    log(level, message) {
      logs.push(`${level} ${message}`);
      host.log(level, message);
    },
  };
}

function replaying({ questions, logs }: Talk, first: Talk): GuardHost {
  return {
    callBackend(tool, args) {
      const answer = Promise.resolve(first.questions[questions.length]?.answer);
      questions.push({ tool, args, answer });
      return answer;
    },
    log(level, message) {
      logs.push(`${level} ${message}`);
    },
  };
}
