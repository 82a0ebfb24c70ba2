import type { Label, Place } from "./random-place.js";
import type { RandomProgram } from "./random-program.js";

/**
 * A loop that begins with a table of places to go on at, as Go's compiler makes them: its parts say by the local $place which of
 * them comes next, forward or backward, and mostly by a constant.
 */
export function dispatchStatement(program: RandomProgram, place: Place): string {
  const again = { name: program.name(), arity: 0 };
  const rungs = Array.from({ length: 1 + program.random(5) }, () => ({ name: program.name(), arity: 0 }));
  const others = place.labels.filter(({ arity }) => arity === 0);
  const entries = Array.from({ length: 1 + program.random(8) }, () =>
    program.pick([...rungs, ...rungs, ...rungs, ...others]),
  );
  const table = `(br_table ${entries.map(({ name }) => name).join(" ")} (local.get $place))`;
  const part = (behind: readonly Label[]): string => {
    const inside = { ...place, labels: [...place.labels, again, ...behind] };
    const go = () => jump(program, again.name, entries.length);
    return program.pick([
      `${program.inside(inside)} ${go()}`,
      `(if ${program.condition()} (then ${go()})) ${program.inside(inside)}`,
      `(block ${program.inside({ ...inside, labels: [...inside.labels, { name: "0", arity: undefined }] })} ${go()})`,
      `${program.inside(inside)}`,
    ]);
  };
  const code = rungs.reduce((inner, { name }, index) => {
    const behind = rungs.slice(index + 1).toReversed();
    const burn = program.burn(place, again.name, ...behind.map((rung) => rung.name));
    return `(block ${name} ${inner}) ${burn} ${part(behind)}`;
  }, table);
  return `(local.set $place (i32.and (local.get $x) (i32.const 7))) (loop ${again.name} ${code})`;
}

/** Goes on with another part. */
function jump(program: RandomProgram, again: string, entries: number): string {
  const next = `(i32.const ${program.random(entries + 3) - 1})`;
  return program.pick([
    `(local.set $place ${next}) (br ${again})`,
    `(local.set $place ${next}) (br ${again})`,
    `(local.set $place ${next}) (br_if ${again} ${program.condition()})`,
    `(local.set $place ${next}) (local.set $x (i32.const 3)) (br ${again})`,
    `(local.set $place (i32.and (local.get $y) ${next})) (br ${again})`,
    `${next} (drop) (br ${again})`,
  ]);
}
