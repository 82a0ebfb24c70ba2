import type { AdmittedCall, Monitor } from "@guardhost/difc";
import { McpError } from "../protocol/mcp-error.js";
import type { McpNotification, McpRequest } from "../protocol/messages.js";
import { isClientQuestion, notificationKind } from "../protocol/server-messages.js";
import { type DecisionContext, decide } from "./decide.js";
import { admitQuestion } from "./question.js";
import { refusalOf } from "./refusal.js";
import type { RelayJudge } from "./relay.js";

interface JudgeContext extends DecisionContext {
  readonly monitor: Monitor;
}

/**
 * What belongs to a request has the labels of that request's resource: notifications that the agent may not have are
 * dropped, and questions are asked only of agents that may read them and write the answer.
 */
export class CallRelayJudge implements RelayJudge {
  readonly #context: JudgeContext;
  readonly #admitted: AdmittedCall;

  constructor(context: JudgeContext, admitted: AdmittedCall) {
    this.#context = context;
    this.#admitted = admitted;
  }

  async notification(notification: McpNotification): Promise<McpNotification | undefined> {
    const { isEnforced } = this.#context;
    switch (notificationKind(notification.method)) {
      case "signal":
        return { method: notification.method };
      case "content":
        return (await this.#isPassed(notification)) || !isEnforced ? notification : undefined;
      default:
        return isEnforced ? undefined : notification;
    }
  }

  async question(request: McpRequest): Promise<void> {
    const { monitor, recorder } = this.#context;
    const phase = "server-request";
    try {
      await decide(this.#context, { phase, isExecuted: false }, async () => {
        if (!isClientQuestion(request.method))
          throw McpError.of("methodNotFound", "The client cannot be asked this.");
        const { params = {} } = request;
        const question = await admitQuestion(monitor, this.#admitted);
        const outcome = await monitor.after(question, params, { kind: "unlabeled" });
        if (!outcome.isDelivered) throw refusalOf(outcome.denial, outcome.withheld);
        recorder.allowed(phase, question.mode);
      });
    } catch (cause) {
      // To the server, which may not know the reason either.
      throw McpError.of("denied", "The policy does not let this server ask the client this.", {}, { cause });
    }
  }

  async #isPassed({ params = {} }: McpNotification): Promise<boolean> {
    const { monitor, recorder } = this.#context;
    const phase = "notification";
    try {
      const passed = await decide(this.#context, { phase, isExecuted: false }, async () => {
        const outcome = await monitor.after(this.#admitted, params, { kind: "unlabeled" });
        if (!outcome.isDelivered) throw refusalOf(outcome.denial, outcome.withheld);
        recorder.allowed(phase, this.#admitted.mode);
        return true;
      });
      return passed === true;
    } catch {
      // The refusal is on record. After an abort nobody waits for notifications either.
      return false;
    }
  }
}

/** Lets everything through, in an audit that goes on with what it would have refused. */
export const openRelayJudge: RelayJudge = {
  notification: async (notification) => notification,
  question: async () => undefined,
};
