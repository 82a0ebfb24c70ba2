import { describe, expect, test } from "vitest";
import { initialState, taint } from "../../src/agent/agent-state.js";
import type { WriteResult } from "../../src/filter/judge.js";
import type { DifcMode } from "../../src/flow/mode.js";
import type { Operation } from "../../src/flow/operation.js";
import { Label } from "../../src/labels/label.js";
import { accumulate } from "../../src/monitor/phases.js";
import { labelsOf } from "../support/arbitraries.js";

const labels = labelsOf(["s"], ["i"]);
const withoutCost = { secrecy: labels.secrecy, integrity: Label.all };

// The coarse check and the need for labels stand in before.test.ts, filtering in filter-response.test.ts.
describe("accumulation (spec 3.8)", () => {
  test.each<[DifcMode, Operation, WriteResult, expected: unknown]>([
    ["strict", "read", "checked", initialState],
    ["filter", "read", "checked", initialState],
    ["filter", "read-write", "checked", initialState],
    ["filter", "write", "checked", initialState],
    ["propagate", "read", "checked", taint(labels)],
    ["propagate", "read-write", "delivered", taint(labels)],
    ["propagate", "write", "checked", taint(withoutCost)],
    ["propagate", "write", "delivered", initialState],
  ])("in mode %s, of a %s whose result is %s", (mode, operation, writeResult, expected) => {
    expect(accumulate({ mode, operation, writeResult }, labels)).toEqual(expected);
  });
});
