import { mergeConfig } from "vitest/config";
import base from "../../vitest.config.js";

export default mergeConfig(base, {
  test: {
    globalSetup: "test/support/make-project.ts",
    // The matrix takes what there is of processors by itself.
    fileParallelism: false,
  },
});
