// The bits of the features. Compiled twice, like failure-kinds.ts; ../features.ts says what they mean.

export const SIGN_EXTENSION = 0x1;
export const SATURATING_FLOAT_TO_INT = 0x2;
export const BULK_MEMORY = 0x4;
export const REFERENCE_TYPES = 0x8;
export const MULTI_VALUE = 0x10;
export const SIMD = 0x20;
export const RELAXED_SIMD = 0x40;
export const TAIL_CALLS = 0x80;
export const LEGACY_EXCEPTIONS = 0x100;
export const EXCEPTIONS = 0x200;
export const EXTENDED_CONST = 0x400;
export const MUTABLE_GLOBALS = 0x800;
export const GC = 0x1000;
export const TYPED_FUNCTION_REFERENCES = 0x2000;
export const MEMORY64 = 0x4000;
export const MULTI_MEMORY = 0x8000;
export const THREADS = 0x10000;
/** Tags and throw: resolved to one of the two forms of exception handling at the end. */
export const EITHER_EXCEPTIONS = 0x20000;
