import type { GuardOperation } from "../abi/abi.js";
import type { ChannelCallOptions, GuardChannel } from "../engine.js";
import { GuardError } from "../error.js";
import { AwaitedCalls } from "./awaited-calls.js";
import {
  answeredOtherwise,
  givenUp,
  interrupted,
  isGone,
  replayFailed,
  timeoutOf,
} from "./instance-failure.js";
import { type InstanceContext, InstanceOpener, type InstanceOwner } from "./instance-opener.js";
import type { InstanceHolder } from "./live-instances.js";
import type { SessionCall } from "./session-call.js";

/** Instances that are opened for one call at most, where the engine keeps giving them up. */
const MAX_OPENINGS = 3;

/** A policy that an instance was given, and what it answered: what every further one has to answer as well. */
interface GivenPolicy {
  readonly input: Uint8Array;
  readonly answer: Uint8Array;
}

/**
 * The instance of one session: there or not, and made anew when it is needed and gone. Remembers what that takes: the last
 * policy, to the byte. Serves one call at a time.
 */
export class SessionInstance implements InstanceHolder {
  inCall = false;
  lastUsed = 0;
  readonly nesting: AwaitedCalls = new AwaitedCalls();
  readonly #context: InstanceContext;
  readonly #owner: InstanceOwner;
  readonly #opener: InstanceOpener;
  /** Has the session's policy, if it has one. */
  #channel: GuardChannel | undefined;
  /** An instance that nobody else knows yet, while its guest runs. */
  #entered: GuardChannel | undefined;
  #policy: GivenPolicy | undefined;
  /** Why labelling is refused until there is another policy. */
  #refusal: { readonly cause: unknown } | undefined;
  #absence: "new" | "lost" | "hibernated" = "new";
  /** Why no call is made any more. */
  #interruption: GuardError | undefined;

  constructor(context: InstanceContext, owner: InstanceOwner) {
    this.#context = context;
    this.#owner = owner;
    this.#opener = new InstanceOpener(context, owner);
  }

  get isLive(): boolean {
    return this.#channel !== undefined;
  }

  /** How it is, as far as is known without asking it. */
  get health(): "new" | "ready" | "lost" | "hibernated" {
    return this.#channel === undefined ? this.#absence : "ready";
  }

  /** Throws a GuardError `NO_POLICY` unless a labelling call may be made. */
  assertPolicy(isRequired: boolean): void {
    // Who gave a policy relies on it, required or not.
    if (this.#policy !== undefined || (!isRequired && this.#refusal === undefined)) return;
    const why = this.#refusal === undefined ? "" : "; the instance it was given to is gone";
    throw new GuardError("NO_POLICY", `the session has no policy${why}: call labelAgent`, this.#refusal);
  }

  /** Remembers a policy that the instance has just been given. */
  accept(input: Uint8Array, answer: Uint8Array): void {
    // Copies: both may be a small part of a buffer that others share, and would keep all of it.
    this.#policy = { input: new Uint8Array(input), answer: new Uint8Array(answer) };
    this.#refusal = undefined;
  }

  /** Ends the policy there is, because another one did not come through. */
  refuse(cause: unknown): void {
    this.#policy = undefined;
    this.#refusal = { cause };
    this.#letGo("lost");
  }

  /**
   * Makes a call on the instance there is, or on one that is opened for it. Not async: what an instance that is there
   * answers at once is there at once.
   */
  call(call: SessionCall): Uint8Array | Promise<Uint8Array> {
    const live = call.operation === "label_agent" ? undefined : this.#channel;
    if (live === undefined) return this.#callAnew(call);
    call.assertWanted();
    call.live = live;
    return live.call(call.operation, call.input, this.#channelOptions(call));
  }

  /**
   * Judges what a failed {@link call} has left behind, and throws why it failed; or makes it again, where the instance was
   * gone before the guest was entered.
   */
  callAgain(error: unknown, call: SessionCall): Promise<Uint8Array> {
    // What an instance had to be opened for is judged already, or was not made.
    if (call.live === undefined) throw error;
    this.#judge(error, call, call.live);
    return this.#callAnew(call);
  }

  hibernate(reason: "idle" | "room" | "engine"): void {
    this.#letGo("hibernated");
    this.#context.counters.hibernations++;
    this.#context.emit({ type: "hibernated", ...this.#owner.named, reason });
  }

  /** Ends the call that runs, which rejects with `reason`, or with what its engine says to the end of its instance. */
  interrupt(reason: GuardError): void {
    this.#interruption = reason;
    this.#context.live.refuse(this, reason);
    this.#owner.wait.interrupt(reason);
    const running = this.#entered ?? this.#channel;
    this.#channel = undefined;
    if (running !== undefined) void this.#opener.end(running);
  }

  /** Closes the instance for good. Rejects as its engine does. */
  async close(): Promise<void> {
    const channel = this.#channel;
    this.#channel = undefined;
    this.#policy = undefined;
    this.#context.live.leave(this);
    await channel?.close();
  }

  /** Makes a call on an instance that is opened for it, and has the session's policy. */
  async #callAnew(call: SessionCall): Promise<Uint8Array> {
    const { operation, input } = call;
    const isLabelling = operation !== "label_agent";
    // What a guard says to its policy, errors included, may be told: it must have seen nothing else.
    if (!isLabelling) this.#letGo("new");
    for (let opened = 1; ; opened++) {
      try {
        const channel = await this.#opener.open(this, call);
        if (isLabelling && this.#policy !== undefined) await this.#replay(channel, this.#policy, call);
        this.#channel = channel;
        if (isLabelling) this.#recovered();
        call.assertWanted();
        return await this.#enter(channel, operation, input, call);
      } catch (error) {
        this.#judge(error, call, undefined);
        if (opened === MAX_OPENINGS) throw givenUp(error);
      }
    }
  }

  /** Throws why a call has failed; or returns, where its instance was gone before the guest was entered. */
  #judge(error: unknown, call: SessionCall, live: GuardChannel | undefined): void {
    const entered = live ?? this.#entered;
    this.#entered = undefined;
    const aborted = call.isAbort(error);
    if (!aborted && isGone(error) && this.#interruption === undefined) {
      this.#givenUp(error, live);
      return;
    }
    let failure = error;
    if (!aborted && isGone(error)) failure = interrupted(this.#interruption as GuardError, error);
    if (!aborted && entered && GuardError.is(error, "TIMEOUT")) failure = timeoutOf(error, call);
    const says = !aborted && GuardError.is(error) ? error.lost : undefined;
    if (says ?? entered !== undefined) this.#lose(failure, aborted, entered);
    else if (entered !== undefined) call.probe?.survived();
    throw failure;
  }

  /** Gives a fresh instance the policy that the one before had. Throws if it does not answer as that one did. */
  async #replay(channel: GuardChannel, { input, answer }: GivenPolicy, call: SessionCall): Promise<void> {
    try {
      call.assertWanted();
      const replayed = await this.#enter(channel, "label_agent", input, call);
      if (!sameBytes(replayed, answer)) throw answeredOtherwise();
    } catch (error) {
      // What interrupts it ends the instance as well.
      if (this.#interruption === undefined) void this.#opener.end(channel);
      const isOfGuest = this.#entered !== undefined && !call.isAbort(error) && !isGone(error);
      throw isOfGuest ? replayFailed(error) : error;
    }
  }

  /** Makes a call on an instance that nobody else knows yet. */
  async #enter(
    channel: GuardChannel,
    operation: GuardOperation,
    input: Uint8Array,
    call: SessionCall,
  ): Promise<Uint8Array> {
    this.#entered = channel;
    const answer = await channel.call(operation, input, this.#channelOptions(call));
    this.#entered = undefined;
    return answer;
  }

  #channelOptions({ signal, left }: SessionCall): ChannelCallOptions {
    return { signal, timeoutMs: left, nesting: this.nesting };
  }

  #recovered(): void {
    const after = this.#absence;
    if (after === "new") return;
    this.#context.counters.recoveries++;
    this.#context.emit({ type: "recovered", ...this.#owner.named, after });
  }

  /** The engine has given an instance up, as it may: another will do, unless the guard's state went with it. */
  #givenUp(error: GuardError, live: GuardChannel | undefined): void {
    if (this.#context.recovers || live === undefined) this.hibernate("engine");
    else {
      this.#lose(error, false, live);
      this.assertPolicy(true);
    }
  }

  #lose(error: unknown, aborted: boolean, entered: GuardChannel | undefined): void {
    this.#letGo("lost");
    if (entered !== undefined && !this.#context.recovers) {
      this.#policy = undefined;
      this.#refusal = { cause: error };
    }
    this.#opener.report(error, { aborted, keptWaiting: this.#owner.host.keptGuestWaiting });
  }

  /** Lets go of an instance that must not be used again. */
  #letGo(absence: "new" | "lost" | "hibernated"): void {
    const channel = this.#channel;
    this.#channel = undefined;
    this.#absence = absence;
    if (channel !== undefined) void this.#opener.end(channel);
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
