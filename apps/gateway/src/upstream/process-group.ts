import type { ChildProcess } from "node:child_process";
import { setTimeout } from "node:timers/promises";

/** Milliseconds for a server to end when its standard input has, and then when it has been asked to by a signal. */
const GRACE_MS = 1_000;
const LOOK_MS = 25;

/** Whether a process can lead a group of its own, and be signalled with all that it has started. */
export const HAS_GROUPS: boolean = process.platform !== "win32";

const alive = new Set<ProcessGroup>();

/** Ends all groups at once, for a process that ends itself. */
export function killProcessGroups(): void {
  for (const group of alive) group.signal("SIGKILL");
}

/** A child process that leads a group, with all that it has started: `npx` is one, and its server another one. */
export class ProcessGroup {
  readonly #leader: ChildProcess;

  /** @param leader has been spawned, as leader of a group where there are any */
  constructor(leader: ChildProcess) {
    this.#leader = leader;
    alive.add(this);
  }

  /** Sends a signal to all of them. Whether there was somebody left; `0` only asks that. */
  signal(signal: NodeJS.Signals | 0): boolean {
    const { pid, exitCode, signalCode } = this.#leader;
    if (pid === undefined) return false;
    if (!HAS_GROUPS) return exitCode === null && signalCode === null && this.#leader.kill(signal);
    try {
      return process.kill(-pid, signal);
    } catch {
      return false;
    }
  }

  /** Has all of them end: by the end of standard input, or else by SIGTERM, or else by SIGKILL. */
  async end(): Promise<void> {
    this.#leader.stdin?.end();
    if (!(await this.#isGone())) {
      this.signal("SIGTERM");
      if (!(await this.#isGone())) this.signal("SIGKILL");
    }
    alive.delete(this);
  }

  async #isGone(): Promise<boolean> {
    for (let waited = 0; waited < GRACE_MS; waited += LOOK_MS) {
      if (!this.signal(0)) return true;
      await setTimeout(LOOK_MS);
    }
    return !this.signal(0);
  }
}
