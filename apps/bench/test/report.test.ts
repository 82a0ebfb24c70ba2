import { expect, test } from "vitest";
import { duration, size } from "../src/peers/report.js";

test.each([
  [0.4291, "0.429 µs"],
  [12.5, "12.5 µs"],
  [999.4, "999 µs"],
  [999.6, "1.00 ms"],
  [1_320, "1.32 ms"],
  [999_600, "1.00 s"],
  [1_320_000, "1.32 s"],
  [12_345_678, "12.3 s"],
])("%d µs are written as %s", (microseconds, text) => {
  expect(duration(microseconds)).toBe(text);
});

test.each([
  [200, "200 B"],
  [1024, "1 KiB"],
  [8 * 1024 * 1024, "8 MiB"],
])("%d bytes are written as %s", (bytes, text) => {
  expect(size(bytes)).toBe(text);
});
