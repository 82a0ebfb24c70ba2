import type { Place } from "./random-place.js";
import type { RandomProgram } from "./random-program.js";

/** A loop with up to two parameters. */
export function loopStatement(program: RandomProgram, place: Place): string {
  const name = program.name();
  const arity = program.random(3);
  const type = arity === 0 ? "" : `(param${" i32".repeat(arity)}) (result${" i32".repeat(arity)})`;
  return `${program.values(arity)} (loop ${name} ${type} ${program.store(arity)} ${program.burn(place, name)}
    ${program.inside(place, { name, arity })} ${program.values(arity)} (br_if ${name} ${program.condition()}))
    ${program.store(arity)}`;
}

/** A block with up to two results. */
export function blockStatement(program: RandomProgram, place: Place): string {
  const name = program.name();
  const arity = program.random(3);
  const type = arity === 0 ? "" : `(result${" i32".repeat(arity)})`;
  const body = program.inside(place, { name, arity });
  return `(block ${name} ${type} ${body} ${program.values(arity)}) ${program.store(arity)}`;
}

export function ifStatement(program: RandomProgram, place: Place): string {
  const label = { name: program.name(), arity: 0 };
  const otherwise = program.chance(2) ? `(else ${program.inside(place, label)})` : "";
  return `(if ${label.name} ${program.condition()} (then ${program.inside(place, label)}) ${otherwise})`;
}

/** A ladder of blocks, and a br_table that leads to the end of any of them. */
export function switchStatement(program: RandomProgram, place: Place): string {
  const rungs = Array.from({ length: 1 + program.random(5) }, () => ({ name: program.name(), arity: 0 }));
  const others = place.labels.filter(({ arity }) => arity === 0);
  const targets = [...rungs, ...others].map(({ name }) => name).join(" ");
  const inner = `(br_table ${targets} (i32.and (local.get $x) (i32.const 7)))`;
  return rungs.reduce((code, { name }, index) => {
    const behind = rungs.slice(index + 1);
    return `(block ${name} ${code}) ${program.inside(place, ...behind.toReversed())}`;
  }, inner);
}
