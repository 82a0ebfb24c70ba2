/**
 * What a prepared module and its host have to know of each other.
 *
 * A guest pays for what it does from a countdown, in units of about one instruction. When the countdown does not cover
 * what comes next, the guest calls `check`. What that returns, n, decides:
 *
 * - n > 0: go on, with a countdown of n from which nothing is taken for what comes next
 * - n = 0: call `pause`, a second import, that may suspend the guest. It returns n > 0, or 0 or less to stop
 * - n < 0: stop, by a trap
 *
 * So the host never throws: a guest can catch what a host throws, but not a trap. Both imports have the type
 * `() -> i32`. Neither is called while the countdown lasts, which is 0 in a fresh instance.
 */

/** The module that `check` and `pause` are imported from. No module that is not prepared may import from it. */
export const INTERRUPT_MODULE = "guardhost";
/** `check: () -> i32`, called when the countdown is used up. */
export const CHECK_IMPORT = "check";
/** `pause: () -> i32`, called when `check` returned 0. */
export const PAUSE_IMPORT = "pause";
/** What the names of our own exports begin with. No export of a module that is not prepared may. */
export const INTERRUPT_EXPORT_PREFIX = "guardhost.";
/** A mutable i32 global: the countdown. The host may lower it at any time, to 0 for a check at the next chance. */
export const COUNTDOWN_EXPORT = "guardhost.countdown";
/** The start function of the module, if it has one: `() -> ()`. It is for the host to call, once and first. */
export const START_FUNCTION_EXPORT = "guardhost.start";
/** The custom section at the end of a prepared module. JSON, for information: version and caps. */
export const PREPARED_SECTION = "guardhost.prepared";
/** The custom section behind it that may hold the module as it was, by which `restore` verifies the rest. */
export const ORIGINAL_SECTION = "guardhost.original";
