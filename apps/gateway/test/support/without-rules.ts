import type { StandardSchemaV1 } from "@modelcontextprotocol/server";

/** Takes parameters as they are. */
export const withoutRules: StandardSchemaV1<unknown, Record<string, unknown>> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value) => ({ value: value as Record<string, unknown> }),
  },
};
