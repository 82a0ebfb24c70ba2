import { asynchronousMutations } from "./asynchronous.js";
import { bufferMutations } from "./buffers.js";
import { endingMutations } from "./endings.js";
import { exchangeMutations } from "./exchange.js";
import { hostFunctionMutations } from "./host-functions.js";
import { interruptMutations } from "./interrupts.js";
import { moduleMutations } from "./module-rules.js";
import { nestingMutations } from "./nesting.js";
import { payloadMutations } from "./payloads.js";
import { recoveryMutations } from "./recovery.js";
import { wasiMutations } from "./wasi.js";

/**
 * Every rule of the protocol that has been broken on purpose.
 * @type {readonly import("../mutation.js").Mutation[]}
 */
export const mutations = [
  ...exchangeMutations,
  ...bufferMutations,
  ...hostFunctionMutations,
  ...wasiMutations,
  ...endingMutations,
  ...interruptMutations,
  ...recoveryMutations,
  ...moduleMutations,
  ...payloadMutations,
  ...asynchronousMutations,
  ...nestingMutations,
];
