import { styleText } from "node:util";
import type { OutputStream } from "./standard-streams.js";

/** Gives text a meaning that a terminal shows as colour or weight. */
export interface Style {
  heading(text: string): string;
  good(text: string): string;
  bad(text: string): string;
}

const plain: Style = { heading: String, good: String, bad: String };

// The stream is judged below, and need not be the process's own.
const always = { validateStream: false };

const coloured: Style = {
  heading: (text) => styleText("bold", text, always),
  good: (text) => styleText("green", text, always),
  bad: (text) => styleText("red", text, always),
};

/** Colours for a terminal that has them and whose user wants them; `hasColors` minds NO_COLOR and TERM. */
export function styleFor(stream: OutputStream): Style {
  return stream.isTTY === true && stream.hasColors?.() === true ? coloured : plain;
}
