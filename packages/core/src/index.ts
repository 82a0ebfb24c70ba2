/// <reference lib="esnext.disposable" preserve="true" />

/**
 * The guard ABI and everything that two engines share.
 *
 * Gateways need `loadGuard`, its types and `GuardError`; every engine package re-exports this one. Engines need the rest.
 *
 * @module
 */

export * from "./abi/abi.js";
export { WASI_SIGNATURES, type WasiFunction } from "./abi/wasi-preview1.js";
export type {
  ChannelCallOptions,
  CompiledGuard,
  CompileOptions,
  EngineCapabilities,
  GuardChannel,
  GuardEngine,
  GuardHost,
  GuardLimits,
  GuardLogLevel,
  Nesting,
  OpenOptions,
  PartialLimits,
} from "./engine.js";
export { GuardError, type GuardErrorCode, type GuardErrorOptions } from "./error.js";
export {
  type BackendQuestionOptions,
  type BackendQuestions,
  createBackendQuestions,
} from "./exchange/backend-questions.js";
export { isAllocating } from "./exchange/buffers.js";
export { type ChannelParts, createChannel, failureOf } from "./exchange/channel.js";
export type { ExchangeRequest } from "./exchange/exchange.js";
export {
  allocatorTooSlow,
  answerBeyondBuffer,
  type BufferPurpose,
  bufferBeyondMemory,
  guestFailed,
  noPages,
  outOfMemory,
  outputTooLarge,
  overlappingBuffers,
  timedOut,
} from "./exchange/failures.js";
export { createHostFunctions, type HostFunctions } from "./exchange/host-functions.js";
export { ALLOCATOR_TIMEOUT_MS, type InterruptOptions, Interrupts } from "./exchange/interrupts.js";
export { Invocation } from "./exchange/invocation.js";
export { type JsonHost, jsonHostOf } from "./exchange/json-host.js";
export { type MemoryInstance, openMemoryChannel } from "./exchange/memory-channel.js";
export { suspendedGuests, tooManySuspended } from "./exchange/suspended-guests.js";
export { instanceWithoutMemory } from "./exchange/unwind.js";
export { defaultLimits, resolveLimits } from "./limits.js";
export { copyBytes } from "./memory/byte-pool.js";
export { GuestMemory, GuestMemoryError } from "./memory/guest-memory.js";
export { growthFor, pagesFor } from "./memory/pages.js";
export { recycle } from "./memory/recycled-bytes.js";
export type {
  CustomSectionDescription,
  ExportDescription,
  ExternalKind,
  FunctionSignature,
  ImportDescription,
  MemoryDescription,
  ModuleDescription,
  SizeLimits,
  TableDescription,
  TagDescription,
  ValueType,
  WasmFeature,
} from "./module/module-description.js";
export { assertGuardModule, formatSignature, moduleProblems } from "./module/module-problems.js";
export { assertNumber, type NumberRange } from "./number/assert-number.js";
export { decodeAgentAnswer, decodeResourceAnswer, decodeResponseAnswer } from "./payload/decode.js";
export { encodeAgentInput, encodeResourceInput, encodeResponseInput } from "./payload/encode.js";
export type {
  AgentLabels,
  DescribedLabels,
  DifcMode,
  Labels,
  PathLabels,
  ResourceLabels,
  ResourceOperation,
  ResponseLabels,
  ToolCall,
} from "./payload/labels.js";
export {
  type AllowOnlyPayload,
  type AllowOnlyPolicy,
  INTEGRITY_LEVELS,
  type IntegrityLevel,
  parseAllowOnlyPolicy,
} from "./policy/allow-only.js";
export { anyObjectPolicy } from "./policy/policy-schema.js";
export type { StandardIssue, StandardResult, StandardSchema } from "./policy/standard-schema.js";
export { assertWebAssembly } from "./runtime/assert-web-assembly.js";
export { assertEngine } from "./session/assert-engine.js";
export { assertKnownOptions } from "./session/assert-known-options.js";
export type { BreakerOptions } from "./session/breaker.js";
export type {
  GuardEvent,
  GuardEventListener,
  HibernatedEvent,
  LostEvent,
  RecoveredEvent,
  RestoredEvent,
  SessionEvent,
  TrippedEvent,
} from "./session/guard-event.js";
export type {
  Backend,
  BackendToolCall,
  CallOptions,
  GuardSession,
  SessionHealth,
  SessionOptions,
} from "./session/guard-session.js";
export type { GuardStats } from "./session/guard-stats.js";
export { loadGuard } from "./session/load-guard.js";
export type { LoadGuardOptions } from "./session/load-options.js";
export type { Guard } from "./session/loaded-guard.js";
export { failSafe, failSafely, type GuardLogger, silentLogger } from "./session/logger.js";
export { assertIntegrity, integrityOf } from "./source/integrity.js";
export type { GuardSource } from "./source/read-module.js";
export { assertSignal } from "./time/assert-signal.js";
export { assertTimeout } from "./time/assert-timeout.js";
export { nextTurn } from "./time/next-turn.js";
export { onAbort } from "./time/on-abort.js";
export { armTimer, type Timer } from "./time/timer.js";
export { waitFor } from "./time/wait-for.js";
