import type { Label, Place } from "./random-place.js";
import type { RandomProgram } from "./random-program.js";

/** How a program uses exceptions: not at all, with `try` and `catch`, or with `try_table`. No engine takes both in a module. */
export type Dialect = "none" | "legacy" | "try_table";

/** A statement around which exceptions fly, or a plain one in a program without them. */
export function exceptionStatement(program: RandomProgram, place: Place): string {
  switch (program.dialect) {
    case "none":
      return program.statements({ ...place, depth: place.depth - 1 });
    case "legacy":
      return legacyStatement(program, place);
    case "try_table":
      return tableStatement(program, place);
  }
}

function legacyStatement(program: RandomProgram, place: Place): string {
  const name = program.name();
  const label = { name, arity: 0 };
  const caught = { ...label, caught: true };
  const handler = () =>
    `${program.stretch()} ${program.inside({ ...place, depth: place.depth - 1 }, caught)}`;
  const body = `${program.inside(place, label)} ${mayThrow(program)}`;
  if (program.chance(4)) {
    const outer = program.target(place)?.name ?? place.labels.length;
    return `(try ${name} (do ${body}) (delegate ${program.chance(2) ? outer : place.labels.length}))`;
  }
  const clauses = [
    `(catch $host (local.set $x) ${handler()})`,
    `(catch $loaded (local.set $x) (local.set $y) ${handler()})`,
    `(catch $empty ${handler()})`,
    `(catch_all ${handler()})`,
  ];
  return `(try ${name} (do ${body}) ${clauses.slice(program.random(clauses.length)).join(" ")})`;
}

function tableStatement(program: RandomProgram, place: Place): string {
  const [handler, past, name] = [program.name(), program.name(), program.name()];
  const table = { name, arity: 0 };
  const around = (arity: number | undefined) => ({ name: handler, arity });
  /** The part that is guarded, by its clause. */
  const guarded = (clause: string, ...labels: Label[]) =>
    `(try_table ${name} (${clause} ${handler}) ${program.inside(place, ...labels, table)} ${mayThrow(program)})`;
  switch (program.random(5)) {
    case 0:
      return `(block ${handler} ${guarded("catch_all", around(0))})`;
    case 1:
      return `(block ${handler} (result i32) ${guarded("catch $host", around(1))} ${program.values(1)}) ${program.store(1)}`;
    case 2:
      return `(block ${handler} (result i32 i32) ${guarded("catch $loaded", around(2))} ${program.values(2)}) ${program.store(2)}`;
    case 3:
      return `(${program.again} ${handler} ${program.burn(place, handler)} ${guarded("catch_all", around(0))})`;
    default:
      return `(block ${past} (block ${handler} (result exnref)
        ${guarded("catch_all_ref", { name: past, arity: 0 }, around(undefined))} (br ${past}))
        ${program.pick(["throw_ref", "drop"])})`;
  }
}

/** Something that costs, and then something that throws every other time. */
function mayThrow(program: RandomProgram): string {
  const thrown = program.pick(["(call $throw (i32.and (local.get $x) (i32.const 1)))", "(call $thrower)"]);
  return `${program.stretch()} ${program.chance(2) ? `(if ${program.condition()} (then ${thrown}))` : ""}`;
}
