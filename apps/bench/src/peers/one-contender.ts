/**
 * Measures one contender in a process that does nothing else, and prints the figures as JSON.
 *
 *   node --expose-gc dist/peers/one-contender.js NAME coldStart|footprint|growth
 */
import { allContenders } from "./contenders.js";
import { type Measure, measures } from "./measures.js";

const [name, measure] = process.argv.slice(2);
const contender = (await allContenders()).find((candidate) => candidate.name === name);
if (contender === undefined || !Object.hasOwn(measures, measure ?? ""))
  throw new Error("name a contender and a measure");
console.log(JSON.stringify(await measures[measure as Measure](contender)));
// Some contenders keep the process alive for the rest of their time limits.
process.exit();
