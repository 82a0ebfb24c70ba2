import type { GuardErrorCode } from "../error.js";
import { failSafely } from "./logger.js";

/** Whose instance an event is about. */
export interface SessionEvent {
  /** `id` of the session. */
  readonly session: number;
  /** The session's principal, as it was given. */
  readonly principal: string | undefined;
}

/** A session has lost its instance, or one that was being opened for it. */
export interface LostEvent extends SessionEvent {
  readonly type: "lost";
  /** What it was lost to; undefined for an abort, and for an error that is no GuardError. */
  readonly code: GuardErrorCode | undefined;
  /** Whether the caller's abort cost it. */
  readonly aborted: boolean;
}

/** A session has its instance anew, under the same policy. */
export interface RecoveredEvent extends SessionEvent {
  readonly type: "recovered";
  /** What had become of the one before. */
  readonly after: "lost" | "hibernated";
}

/** A session's instance was closed while nobody used it. */
export interface HibernatedEvent extends SessionEvent {
  readonly type: "hibernated";
  /** Nobody used it for a while, others needed the room, or the engine gave it up. */
  readonly reason: "idle" | "room" | "engine";
}

/** A principal has lost so many instances that its calls are refused for a while. */
export interface TrippedEvent {
  readonly type: "tripped";
  readonly principal: string | undefined;
  /** Milliseconds until one call is let through. */
  readonly pauseMs: number;
}

/** A call of a principal went well again: its calls are not refused any more. */
export interface RestoredEvent {
  readonly type: "restored";
  readonly principal: string | undefined;
}

/** What happens to a guard's instances. Holds nothing of arguments, results or policies. */
export type GuardEvent = LostEvent | RecoveredEvent | HibernatedEvent | TrippedEvent | RestoredEvent;

/** Gets events as they happen. What it throws, or its promise rejects with, is dropped. */
export type GuardEventListener = (event: GuardEvent) => void;

/** A listener that a failure of `listener` cannot leave. */
export function failSafeListener(listener: GuardEventListener | undefined): GuardEventListener {
  return (event) => failSafely(() => listener?.(event));
}
