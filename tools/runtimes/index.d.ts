/** Path of the Node 26 executable that npm installed for this platform, or undefined where npm has none. */
export declare const node26: string | undefined;
