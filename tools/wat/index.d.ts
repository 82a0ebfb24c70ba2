/** Bytes of a module in text format. Throws an Error that says what is wrong with the text, and where. */
export declare function wat(text: string): Uint8Array<ArrayBuffer>;
