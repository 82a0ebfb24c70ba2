import { anyObjectPolicy, parseAllowOnlyPolicy, type StandardSchema } from "@guardhost/core";

const ALLOW_ONLY = ["allow-only", "allowonly"];

/** Allow-only policies are checked and normalised; what a guard has of its own, only the guard can check. */
export const guardPolicy: StandardSchema<object> = {
  "~standard": {
    version: 1,
    vendor: "guardhost",
    validate: (value) => {
      const isAllowOnly =
        typeof value === "object" &&
        value !== null &&
        Object.keys(value).some((key) => ALLOW_ONLY.includes(key.toLowerCase()));
      if (!isAllowOnly) return anyObjectPolicy["~standard"].validate(value);
      // Limits of calls are counted around the guard, which does not see them.
      return { value: parseAllowOnlyPolicy(value).payload };
    },
  },
};
