import { expect, test } from "vitest";
import { repeatedKey } from "../src/repeated-key.js";

test.each([
  ['{"a":1,"a":2}', "a"],
  ['{"a" : 1, "b": {}, "a"\n: 2}', "a"],
  ['[0, {"x": [{"a": {"b": 1}, "c": [{}], "a": 2}]}]', "a"],
  ['{"a":1,"\\u0061":2}', "a"],
  ['{"\\"":1,"\\u0022":2}', '"'],
  ['{"":1,"":2}', ""],
  ['{"__proto__":1,"__proto__":2}', "__proto__"],
  ['{"\\\\":"\\\\","\\\\":1}', "\\"],
])("%s has a key twice", (text, key) => {
  expect(JSON.parse(text)).toBeDefined();
  expect(repeatedKey(text)).toBe(key);
});

test.each([
  '{"a":{"a":1},"b":{"a":1}}',
  '[{"a":1},{"a":1}]',
  '{"a":"a","b":["a","a"]}',
  '{"a":"{\\"a\\":1,\\"a\\":2}","b":"\\\\","c":"\\"a\\":"}',
  '{"__proto__":1,"constructor":2,"toString":3}',
  '{"a":1,"A":2}',
  '"a"',
  "null",
])("%s has none", (text) => {
  expect(JSON.parse(text)).toBeDefined();
  expect(repeatedKey(text)).toBeUndefined();
});
