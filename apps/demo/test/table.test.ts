import { expect, test } from "vitest";
import { Table } from "../src/table.js";

const table = new Table([
  { heading: "NAME", width: 8 },
  { heading: "TAGS", width: 6 },
]);

test.each([
  [["a", "b"], "a         b"],
  [["", "b"], "          b"],
  [["one two three", "b"], "one two   b\nthree"],
  [["  indented more", "b"], "  indent  b\n  ed\n  more"],
  [["abcdefghijkl", "x, y, z"], "abcdefgh  x, y,\nijkl      z"],
  [["a bc/defgh", "b"], "a         b\nbc/defgh"],
  [["abc/def/ghi", "b"], "abc/def/  b\nghi"],
  [["/abcdefghi", "n:abcde"], "/abcdefg  n:\nhi        abcde"],
])("%j", (cells, text) => {
  expect(table.row(cells)).toBe(text);
});

test("the header stands above", () => {
  expect(table.header()).toBe("NAME      TAGS");
});
