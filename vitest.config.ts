import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    reporters: ["default", ["json", { outputFile: "test-results.json" }]],
    // The suites compile modules and start processes on machines with two slow cores.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
