import type { Command, Sandbox } from "@wasmer/sdk";
import type { PayloadLimits } from "../frames/frame-decoder.js";
import { explainExit } from "./explain-exit.js";
import type { InstantiationTrap } from "./instantiation-trap.js";
import { SandboxProcess } from "./sandbox-process.js";
import { type ClientUse, type SharedWasmer, sandboxUnavailable } from "./shared-wasmer.js";

/** What processes of a guard run. */
export interface GuardProgram {
  /** The guard, linked with its driver. */
  readonly linked: Uint8Array;
  readonly trap: InstantiationTrap;
}

/** A sandbox without network, in which processes of one guard are started. */
export class GuardSandbox {
  readonly #use: ClientUse;
  readonly #sandbox: Sandbox;
  readonly #command: Command;
  readonly #trap: InstantiationTrap;

  private constructor(use: ClientUse, sandbox: Sandbox, command: Command, trap: InstantiationTrap) {
    this.#use = use;
    this.#sandbox = sandbox;
    this.#command = command;
    this.#trap = trap;
  }

  /** Makes one for a guard. Rejects with a GuardError `ENGINE_UNAVAILABLE` or `OUT_OF_MEMORY`. */
  static async open(shared: SharedWasmer, { linked, trap }: GuardProgram): Promise<GuardSandbox> {
    const use = await shared.enter();
    try {
      const { packages, sandboxes } = use.client;
      const program = await packages.load(linked);
      const sandbox = await sandboxes.create({ packages: [program], network: { mode: "disabled" } });
      return new GuardSandbox(use, sandbox, sandbox.command(program), trap);
    } catch (cause) {
      use.giveUp();
      use.leave();
      throw sandboxUnavailable("cannot load the guard", cause);
    }
  }

  /**
   * Starts a process, which sends frames within `limits`. Rejects with a GuardError `ENGINE_UNAVAILABLE` or `OUT_OF_MEMORY`. No other
   * one is worth trying then, nor once `onFailure` has been called, which is later: a client that has lost one of its threads starts none
   * any more.
   */
  async start(limits: PayloadLimits, onFailure: () => void): Promise<SandboxProcess> {
    try {
      return await SandboxProcess.start(this.#command, limits, (exitCode) => {
        this.#use.giveUp();
        onFailure();
        return explainExit(exitCode, { workerError: this.#use.workerError(), trap: this.#trap });
      });
    } catch (cause) {
      this.#use.giveUp();
      throw sandboxUnavailable("cannot start a process", cause);
    }
  }

  /** Ends it, and what still runs in it. To be called once. */
  async close(): Promise<void> {
    try {
      await this.#sandbox.close();
    } finally {
      // Whether or not it ended well, nobody uses it any more.
      this.#use.leave();
    }
  }
}
