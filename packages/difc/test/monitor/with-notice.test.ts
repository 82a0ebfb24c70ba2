import { expect, test } from "vitest";
import { withNotice } from "../../src/monitor/with-notice.js";

const notice = { type: "text", text: "n" };

test.each<[result: unknown, noticed: unknown]>([
  [
    { content: [{ type: "image" }], isError: true },
    { content: [{ type: "image" }, notice], isError: true },
  ],
  [{ structuredContent: { items: [] } }, { structuredContent: { items: [] }, content: [notice] }],
  // What has not the shape of a tool result keeps its own.
  [{ content: "text" }, { content: "text" }],
  [[1], [1]],
  ["text", "text"],
  [null, null],
])("%j", (result, noticed) => {
  expect(withNotice(result, "n", "tool-result")).toEqual(noticed);
  expect(withNotice(result, "n", "document")).toBe(result);
});
