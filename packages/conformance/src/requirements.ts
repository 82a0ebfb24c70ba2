import type { Requirement } from "./requirement.js";
import { abortRequirements } from "./requirements/abort.js";
import { agentPayloadRequirements } from "./requirements/agent-payload.js";
import { asyncBackendRequirements } from "./requirements/async-backend.js";
import { backendRequirements } from "./requirements/backend.js";
import { backendBudgetRequirements } from "./requirements/backend-budget.js";
import { backendFailureRequirements } from "./requirements/backend-failures.js";
import { backendResultRequirements } from "./requirements/backend-results.js";
import { callRequirements } from "./requirements/call.js";
import { closeRequirements } from "./requirements/close.js";
import { closeInsideRequirements } from "./requirements/close-inside.js";
import { directMemoryRequirements } from "./requirements/direct-memory.js";
import { endlessRequirements } from "./requirements/endless.js";
import { endlessElsewhereRequirements } from "./requirements/endless-elsewhere.js";
import { forgedRequirements } from "./requirements/forged.js";
import { hibernationRequirements } from "./requirements/hibernation.js";
import { interruptRequirements } from "./requirements/interrupt.js";
import { isolationRequirements } from "./requirements/isolation.js";
import { jsonPayloadRequirements } from "./requirements/json-payload.js";
import { lateAnswerRequirements } from "./requirements/late-answers.js";
import { logRequirements } from "./requirements/log.js";
import { memoryRequirements } from "./requirements/memory.js";
import { memoryGrowthRequirements } from "./requirements/memory-growth.js";
import { nestingRequirements } from "./requirements/nesting.js";
import { orderRequirements } from "./requirements/order.js";
import { policyRequirements } from "./requirements/policy.js";
import { recoveryRequirements } from "./requirements/recovery.js";
import { reentranceRequirements } from "./requirements/reentrance.js";
import { resourcePayloadRequirements } from "./requirements/resource-payload.js";
import { responsePayloadRequirements } from "./requirements/response-payload.js";
import { retryRequirements } from "./requirements/retry.js";
import { statusRequirements } from "./requirements/status.js";
import { trapRequirements } from "./requirements/trap.js";
import { validationRequirements } from "./requirements/validation.js";
import { wasiRequirements } from "./requirements/wasi.js";

/** Everything that every engine must do, group by group. */
export const requirements: readonly Requirement[] = [
  ...callRequirements,
  ...retryRequirements,
  ...memoryRequirements,
  ...memoryGrowthRequirements,
  ...directMemoryRequirements,
  ...statusRequirements,
  ...trapRequirements,
  ...backendRequirements,
  ...backendFailureRequirements,
  ...backendBudgetRequirements,
  ...backendResultRequirements,
  ...asyncBackendRequirements,
  ...lateAnswerRequirements,
  ...logRequirements,
  ...wasiRequirements,
  ...abortRequirements,
  ...interruptRequirements,
  ...endlessRequirements,
  ...endlessElsewhereRequirements,
  ...orderRequirements,
  ...reentranceRequirements,
  ...nestingRequirements,
  ...isolationRequirements,
  ...recoveryRequirements,
  ...hibernationRequirements,
  ...closeRequirements,
  ...closeInsideRequirements,
  ...validationRequirements,
  ...forgedRequirements,
  ...agentPayloadRequirements,
  ...resourcePayloadRequirements,
  ...responsePayloadRequirements,
  ...jsonPayloadRequirements,
  ...policyRequirements,
];
