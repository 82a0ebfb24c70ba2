import type { EngineCapabilities } from "@guardhost/core";
import type { CheckContext } from "./check-context.js";

/**
 * Abilities that no engine states about itself. An engine has them unless the options say otherwise, or the runtime of the
 * suite refuses a module that shows it.
 */
export type NamedAbility =
  /** The runtime compiles exception handling in its older form (`try`, `catch_all`), as every browser and Node does. */
  | "exceptions"
  /** The runtime compiles exception handling as it was standardised (`try_table`, `throw_ref`). */
  | "exceptionReferences"
  /** The runtime compiles tail calls. */
  | "tailCalls"
  /** The runtime has AsyncLocalStorage, so that a backend is known by its session after an `await`. */
  | "asyncContext"
  /** The runtime compiles WebAssembly while it runs, which checking a module takes as well; Cloudflare Workers do not. */
  | "compilation";

/** Something that an engine, or the runtime below it, can do or not. */
export type Ability = keyof EngineCapabilities | NamedAbility;

/** One thing that every engine must do. */
export interface Requirement {
  /** Group and name, as in `retry:hint-is-followed`. Stays the same for as long as the requirement does. */
  readonly id: string;
  /** What is required, in one sentence. */
  readonly behaviour: string;
  /** Where it comes from: sections of the specification ("spec 1.8") and of its list of weaknesses ("W27"). */
  readonly source: string;
  /** Abilities without which the requirement makes no sense. */
  readonly needs?: readonly Ability[];
  /** Abilities with which the requirement makes no sense. */
  readonly needsNot?: readonly Ability[];
  /** Tries it. Rejects when the engine does otherwise. */
  readonly check: (context: CheckContext) => Promise<void>;
}

/** The group of a requirement: what its id begins with. */
export function groupOf({ id }: Pick<Requirement, "id">): string {
  return id.slice(0, id.indexOf(":"));
}
