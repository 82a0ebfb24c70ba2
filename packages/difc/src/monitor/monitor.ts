import { grant, labelsOf } from "../agent/agent-state.js";
import type { LabelStore } from "../agent/label-store.js";
import { MemoryLabelStore } from "../agent/memory-label-store.js";
import { DifcError } from "../error.js";
import { type FilteredResponse, filterResponse } from "../filter/filter-response.js";
import type { ResponseAccess } from "../filter/judge.js";
import type { SecrecyNotices } from "../flow/explain.js";
import { type DifcMode, effectiveMode, type ModeAuthority, parseMode } from "../flow/mode.js";
import { isOperation } from "../flow/operation.js";
import { unforgiven, violatedRules } from "../flow/rules.js";
import type { Labels } from "../labels/labels.js";
import { type LabelsInput, readLabels } from "../labels/read-labels.js";
import type { Denial } from "../notice/denial.js";
import { denyCall, denyOperation, denyResponse, denyUnknownAgent, denyUnlabelled } from "../notice/deny.js";
import { noticeOf } from "../notice/notice.js";
import type { ResponseLabels } from "../response/response-labels.js";
import type { AdmittedCall, CallRequest, DeniedCall, Outcome } from "./call.js";
import { accumulate, checkCoarsely, needsResponseLabels } from "./phases.js";
import { withNotice } from "./with-notice.js";

/** Settings of a {@link Monitor}. */
export interface MonitorOptions {
  /** Where the labels of agents live; a {@link MemoryLabelStore} unless given. */
  readonly store?: LabelStore | undefined;
  /** The operator's mode; `strict` unless given. */
  readonly mode?: DifcMode | undefined;
  /** Whose mode counts where a guard names one, too; `stricter` unless given (W18). */
  readonly modeAuthority?: ModeAuthority | undefined;
  /** What agents learn about what they are not cleared for; `count` unless given (W13). */
  readonly secrecyNotices?: SecrecyNotices | undefined;
  /** Members of documents that count the items beside them; {@link defaultCountKeys} unless given. */
  readonly countKeys?: readonly string[] | undefined;
}

/** What a guard says about an agent. What `@guardhost/core` decodes fits. */
export interface AgentAnswer {
  readonly agent: LabelsInput;
  readonly mode: DifcMode;
}

/** An agent that a guard has labelled. */
export interface LabelledAgent {
  /** All of its labels, those of other guards included. */
  readonly labels: Labels;
  /** The mode in force, by the guard and by the operator. */
  readonly mode: DifcMode;
}

/**
 * The reference monitor: every call of an agent passes {@link Monitor.before}, every result {@link Monitor.after}, error
 * results, prompts, resources and notifications included. Holds no state of its own beside the store.
 *
 * What guards, agents and servers send ends in a denial at worst. Rejections are the store's, or TypeErrors for uses that
 * make no sense. In both cases nothing may be delivered.
 */
export class Monitor {
  readonly #store: LabelStore;
  readonly #mode: DifcMode;
  readonly #authority: ModeAuthority;
  readonly #notices: SecrecyNotices;
  readonly #countKeys: readonly string[] | undefined;
  readonly #admitted = new WeakSet<AdmittedCall>();

  /** Throws a DifcError `INVALID_MODE` for a mode that is none. */
  constructor(options: MonitorOptions = {}) {
    this.#store = options.store ?? new MemoryLabelStore();
    this.#mode = parseMode(options.mode ?? "strict");
    this.#authority = options.modeAuthority ?? "stricter";
    this.#notices = options.secrecyNotices ?? "count";
    this.#countKeys = options.countKeys;
  }

  /**
   * Records what a guard says about an agent. Comes before the agent's first call, for every guard that it can reach: an
   * agent that nobody has labelled may do nothing (W61). Labels of several guards add up; integrity that the agent has
   * lost by what it has read does not come back (W17).
   *
   * @throws DifcError `INVALID_LABELS` or `INVALID_MODE`; nothing is recorded then
   */
  async labelAgent(agent: string, answer: AgentAnswer): Promise<LabelledAgent> {
    assertKey(agent);
    const labels = readLabels(answer?.agent);
    const mode = this.#effectiveMode(answer.mode);
    const state = await this.#store.join(agent, grant(labels));
    return { labels: labelsOf(state), mode };
  }

  /** Decides whether a call may be made (phases 1 and 2). */
  async before(request: CallRequest): Promise<AdmittedCall | DeniedCall> {
    assertKey(request.agent);
    const state = await this.#store.read(request.agent);
    if (state === undefined) return denied(denyUnknownAgent(false));
    if (!isOperation(request.operation)) return denied(denyOperation());
    try {
      return this.#admit(request, labelsOf(state));
    } catch (error) {
      if (DifcError.is(error)) return denied(denyUnlabelled(error));
      throw error;
    }
  }

  /**
   * Decides what of a result the agent gets (phases 5 and 6), as often as there is something to deliver: notifications that
   * belong to the call are results of their own. Resolves only when the taint of what is delivered is stored.
   *
   * @param labels what the guard says about the result; may be left out unless `call.needsResponseLabels`
   */
  async after<Result>(call: AdmittedCall, result: Result, labels?: ResponseLabels): Promise<Outcome<Result>> {
    if (!this.#admitted.has(call))
      throw new TypeError("the call must be one that before() of this monitor has admitted");
    if (labels === undefined && call.needsResponseLabels) {
      throw new TypeError(
        'the response of this call must be labelled; a guard that says nothing says "unlabeled"',
      );
    }
    const state = await this.#store.read(call.agent);
    if (state === undefined) return { isDelivered: false, denial: denyUnknownAgent(true), withheld: [] };
    const access: ResponseAccess = { ...call, agent: labelsOf(state) };
    let response: FilteredResponse;
    try {
      response = filterResponse(access, result, labels ?? { kind: "unlabeled" }, {
        format: call.format,
        countKeys: this.#countKeys,
      });
    } catch (error) {
      if (!DifcError.is(error)) throw error;
      return { isDelivered: false, denial: denyUnlabelled(error, call.operation), withheld: [] };
    }
    return this.#deliver<Result>(call, access, response);
  }

  #admit(request: CallRequest, agent: Labels): AdmittedCall | DeniedCall {
    const { operation, writeResult = "checked", format = "tool-result" } = request;
    const resource = readLabels(request.resource);
    const mode = this.#effectiveMode(request.mode ?? this.#mode);
    // Nothing else that happens to be truthy.
    const coarse = checkCoarsely(agent, resource, operation, mode, request.isReadOnly === true);
    if (coarse === "denied") {
      const rules = unforgiven(violatedRules(agent, resource, operation), mode);
      return denied(denyCall(agent, resource, rules, this.#notices));
    }
    const call: AdmittedCall = Object.freeze<AdmittedCall>({
      isAdmitted: true,
      agent: request.agent,
      tool: request.tool,
      resource: Object.freeze(resource),
      operation,
      mode,
      coarse,
      needsResponseLabels: needsResponseLabels(operation, mode),
      writeResult,
      format,
    });
    this.#admitted.add(call);
    return call;
  }

  async #deliver<Result>(
    call: AdmittedCall,
    access: ResponseAccess,
    response: FilteredResponse,
  ): Promise<Outcome<Result>> {
    const { withheld } = response;
    if (!response.isDelivered || isLostAnswer(call, response)) {
      return { isDelivered: false, denial: denyResponse(access, response, this.#notices), withheld };
    }
    // First of all, so that no byte leaves before its taint is known everywhere.
    if (call.mode === "propagate") {
      await this.#store.join(call.agent, accumulate(call, response.labels));
    }
    const notice = noticeOf(access.agent, withheld, this.#notices);
    if (notice === undefined) return { isDelivered: true, result: response.result as Result, withheld };
    const result = withNotice(response.result, notice, call.format) as Result;
    return { isDelivered: true, result, notice, withheld };
  }

  #effectiveMode(guard: DifcMode): DifcMode {
    return effectiveMode(this.#mode, parseMode(guard), this.#authority);
  }
}

/** Whether a call for one thing has found it, and it is withheld: a refusal says so better than an empty list (spec 3.10). */
function isLostAnswer({ tool }: AdmittedCall, { total, withheld }: FilteredResponse): boolean {
  return total === 1 && withheld[0]?.what === "item" && !/^(?:list|search)_/.test(tool);
}

function denied(denial: Denial): DeniedCall {
  return { isAdmitted: false, denial };
}

function assertKey(agent: string): void {
  if (typeof agent !== "string" || agent === "") {
    throw new TypeError("the key of an agent must be a string that is not empty");
  }
}
