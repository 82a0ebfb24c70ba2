import { conformanceTests } from "@guardhost/conformance/vitest";
import { native } from "@guardhost/native";
import { describe } from "vitest";

describe.each(["caller", "worker"] as const)("on the %s thread", (thread) => {
  conformanceTests(native({ thread }));
});
