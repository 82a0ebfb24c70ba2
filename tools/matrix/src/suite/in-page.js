// Lets whoever drives the page run the suite in it.
import { runEngine } from "./run-engine.js";

globalThis.runSuite = (cell) => runEngine(cell, { lacks: ["asyncContext"] });
