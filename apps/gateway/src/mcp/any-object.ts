import type { StandardSchemaV1 } from "@modelcontextprotocol/client";

/** Takes results and answers as they are: what they mean is for whoever gets them to say. */
export const anyObject: StandardSchemaV1<unknown, Record<string, unknown>> = {
  "~standard": {
    version: 1,
    vendor: "guardhost",
    validate: (value) =>
      typeof value === "object" && value !== null
        ? { value: value as Record<string, unknown> }
        : { issues: [{ message: "an answer must be an object" }] },
  },
};
