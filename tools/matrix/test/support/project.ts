import { type Consumer, consumerAt } from "@guardhost/consumer";
import { inject } from "vitest";

/** The project that has the packages as users get them. */
export const project: Consumer = consumerAt(inject("projectFolder"));
