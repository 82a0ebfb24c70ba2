/** What the kernel exports: see assembly/index.ts. Offsets count from the start of the module, addresses are in its memory. */
export interface KernelExports {
  readonly memory: WebAssembly.Memory;
  exchanged(): number;
  begin(length: number, maxLocals: number): number;
  enter(offset: number, end: number): void;
  next(): number;
  readBodies(offset: number, end: number, count: number, index: number): number;
  setGuest(
    importedFunctions: number,
    functions: number,
    types: number,
    globals: number,
    refused: number,
  ): void;
  setAdditions(
    shift: number,
    check: number,
    pause: number,
    ask: number,
    buy: number,
    charge: number,
    countdown: number,
  ): void;
  functionFacts(): number;
  typeParameters(): number;
  prepareBodies(offset: number, end: number, bodies: number): number;
  prepareNoBodies(bodies: number): void;
}

/** The fields of what is exchanged, by their place in words of 32 bits: see assembly/exchange.ts. */
export const Exchange = {
  features: 0,
  failure: 1,
  what: 2,
  offset: 3,
  end: 4,
  argument: 5,
  functionIndex: 6,
  instructionOpcode: 7,
  instructionOffset: 8,
  instructionImmediates: 9,
  instructionEnd: 10,
  depth: 11,
  enclosing: 12,
  output: 13,
  outputLength: 14,
  locals: 15,
  typedBlocks: 16,
  nesting: 17,
} as const;

/** How many of them there are. */
export const EXCHANGE_WORDS = 18;

/** What the kernel knows of a function, in words. JavaScript writes the first one, the number of its parameters. */
export const FUNCTION_FACTS_WORDS = 6;
// In that word:
/** Something else than a call can reach the function. */
export const REFERENCED = 0x8000_0000;
/** Only as an export that it has not had: `ref.func` must not name it. */
export const UNDECLARED = 0x4000_0000;
