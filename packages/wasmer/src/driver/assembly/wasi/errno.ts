/** The error numbers of WASI preview 1 that a sealed guard can meet. */
export const SUCCESS: u32 = 0;
export const BADF: u32 = 8;
export const FAULT: u32 = 21;
export const INVAL: u32 = 28;
export const NOSYS: u32 = 52;
export const NOTDIR: u32 = 54;
export const NOTSOCK: u32 = 57;
export const PERM: u32 = 63;
export const SPIPE: u32 = 70;
