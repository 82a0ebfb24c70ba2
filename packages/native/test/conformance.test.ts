import { conformanceTests } from "@guardhost/conformance/vitest";
import { native } from "@guardhost/native";
import { describe } from "vitest";

describe("on the caller's thread", () => conformanceTests(native({ thread: "caller" })));

describe("on worker threads", () => {
  describe("that are kept for another guard", () =>
    conformanceTests(native({ thread: "worker" }), { besideAnotherGuard: true }));
  describe("that end with the guard", () =>
    conformanceTests(native({ thread: "worker" }), { only: ["close", "isolation"] }));
});
