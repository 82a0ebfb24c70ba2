import wabt from "wabt";

const tools = await wabt();
/** Every proposal that wabt knows, whether or not it is on by default. */
const allFeatures = {
  exceptions: true,
  threads: true,
  tail_call: true,
  memory64: true,
  multi_memory: true,
  extended_const: true,
  relaxed_simd: true,
};

/** Assembles the text format. Not validated: some tests want modules that no engine takes. */
export function wat(text: string): Uint8Array<ArrayBuffer> {
  const module = tools.parseWat("module.wat", text, allFeatures);
  try {
    return new Uint8Array(module.toBinary({ write_debug_names: true }).buffer);
  } finally {
    module.destroy();
  }
}

export const preamble: readonly number[] = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** Section ids. */
export const id = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
  tag: 13,
} as const;

/** A whole number as unsigned LEB128. */
export function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value % 0x80) | 0x80, ...leb(Math.floor(value / 0x80))];
}

/** One section. */
export function section(sectionId: number, ...content: number[]): number[] {
  return [sectionId, ...leb(content.length), ...content];
}

/** A module of these sections. */
export function assemble(...sections: readonly (readonly number[])[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([...preamble, ...sections.flat()]);
}

/** A type section with one function type, without parameters and results. */
export const typeSection: readonly number[] = section(id.type, 1, 0x60, 0, 0);

/** A module with one function of these instructions, without the closing `end`, and perhaps other sections. */
export function withCode(
  code: readonly number[],
  ...before: readonly (readonly number[])[]
): Uint8Array<ArrayBuffer> {
  const body = [0, ...code, 0x0b];
  return assemble(
    typeSection,
    section(id.function, 1, 0),
    ...before,
    section(id.code, 1, ...leb(body.length), ...body),
  );
}

/** A module with this content in its type section. */
export function withTypes(...content: number[]): Uint8Array<ArrayBuffer> {
  return assemble(section(id.type, ...content));
}

/** The UTF-8 bytes of `text`, with their number in front. */
export function name(text: string): number[] {
  const bytes = [...Buffer.from(text)];
  return [...leb(bytes.length), ...bytes];
}
