import { BinaryReader } from "./binary-reader";
import { exchange, source } from "./exchange";
import { passBody } from "./function-body";
import { FunctionFacts, guest } from "./guest";
import { allocate, releaseAll } from "./heap";
import { locals, readLocals } from "./locals";
import { writeCode } from "./prepare-code";
import { enterSequence, forgetSequence, nextInstruction, skipSequence } from "./sequence";

/**
 * Reads and writes function bodies and constant expressions, for JavaScript to do the rest: its exports. Where anything is wrong with
 * them it traps, with the reason in what {@link exchanged} gives.
 */

let sequence = changetype<BinaryReader>(0);

/** Where JavaScript finds what is exchanged, see exchange.ts. */
export function exchanged(): usize {
  return changetype<usize>(exchange);
}

/** Begins an operation on a module of so many bytes, which JavaScript writes to the address that is returned. */
export function begin(length: u32, maxLocals: u32): usize {
  releaseAll();
  forgetSequence();
  const start = allocate(length);
  source.start = start;
  source.end = start + length;
  source.maxLocals = maxLocals;
  sequence = BinaryReader.create();
  exchange.failure = 0;
  return start;
}

/** Goes to the instruction sequence from `offset` on, which ends before `end`. */
export function enter(offset: u32, end: u32): void {
  sequence.at = source.start + offset;
  sequence.end = source.start + end;
  enterSequence();
}

/** Reads its next instruction, see {@link nextInstruction}. */
export function next(): bool {
  return nextInstruction(sequence);
}

/** Reads so many function bodies, from `offset` on, and returns where they end. The first of them is that of the function `index`. */
export function readBodies(offset: u32, end: u32, count: u32, index: u32): u32 {
  const reader = BinaryReader.create(source.start + offset, source.start + end);
  const body = BinaryReader.create();
  exchange.forgetBodies();
  for (let i: u32 = 0; i < count; i++) {
    passBody(reader, index + i, body);
    readLocals(body);
    exchange.addLocals(locals.count);
    skipSequence(body);
    body.finish();
  }
  return <u32>(reader.at - source.start);
}

/** Says how many of each kind the guest has, and the bits of features that are refused. */
export function setGuest(importedFunctions: u32, functions: u32, types: u32, globals: u32, refused: u32): void {
  guest.importedFunctions = importedFunctions;
  guest.functions = functions;
  guest.types = types;
  guest.globals = globals;
  guest.refused = refused;
  guest.functionFacts = allocate(<u64>functions * offsetof<FunctionFacts>());
  guest.typeParameters = allocate((<u64>types) << 2);
}

/** Says which indices what is added has, and by how much those of the guest's own functions rise. */
export function setAdditions(
  shift: u32,
  check: u32,
  pause: u32,
  ask: u32,
  buy: u32,
  charge: u32,
  countdown: u32,
): void {
  guest.shift = shift;
  guest.check = check;
  guest.pause = pause;
  guest.ask = ask;
  guest.buy = buy;
  guest.charge = charge;
  guest.countdown = countdown;
}

/** Where JavaScript writes {@link FunctionFacts.parameters} of all functions. */
export function functionFacts(): usize {
  return guest.functionFacts;
}

/** Where JavaScript writes how many parameters each type has. */
export function typeParameters(): usize {
  return guest.typeParameters;
}

/** Writes a code section of so many bodies, whose first ones are made of those from `offset` on. Returns where these end. */
export function prepareBodies(offset: u32, end: u32, bodies: u32): u32 {
  const reader = BinaryReader.create(source.start + offset, source.start + end);
  writeCode(reader, bodies);
  return <u32>(reader.at - source.start);
}

/** Writes a code section of so many bodies, of which the guest has none. */
export function prepareNoBodies(bodies: u32): void {
  writeCode(null, bodies);
}
