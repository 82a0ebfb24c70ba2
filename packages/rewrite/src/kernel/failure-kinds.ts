// What the kernel can find wrong. Compiled twice: with the package, and with the kernel, which is in AssemblyScript.

/** Nothing: then a trap is a mistake of the kernel's own. */
export const NONE = 0;
export const OUT_OF_MEMORY = 1;
// What a BinaryReader says about the bytes when it is asked for the same.
export const BYTE = 2;
export const BYTE_UP_TO = 3;
export const SKIP = 4;
export const U32 = 5;
export const U64 = 6;
export const S32 = 7;
export const S33 = 8;
export const S64 = 9;
export const COUNT = 10;
export const U32_BELOW = 11;
export const END = 12;
export const VALUE_TYPE = 13;
export const HEAP_TYPE = 14;
// What is right as bytes, and wrong all the same.
export const ALIGNMENT = 15;
export const SELECT_TYPES = 16;
export const OPCODE = 17;
export const ARM = 18;
export const LOCALS = 19;
export const REFUSED = 20;
/** A function body that is longer than what is left of the section. */
export const BODY = 21;
/** A reference to a start function that nothing else declares: the export that is added would. */
export const UNDECLARED = 22;
