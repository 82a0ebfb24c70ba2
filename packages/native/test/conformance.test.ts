import { conformanceTests } from "@guardhost/conformance/vitest";
import { native } from "@guardhost/native";

conformanceTests(native());
