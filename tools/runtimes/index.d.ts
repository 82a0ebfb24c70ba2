/** Path of the Node 22 executable that npm installed for this platform, or undefined where npm has none. */
export declare const node22: string | undefined;
/** Like {@link node22}, of Node 24. */
export declare const node24: string | undefined;
/** Like {@link node22}, of Node 26. */
export declare const node26: string | undefined;
/** Like {@link node22}, of Bun. */
export declare const bun: string | undefined;
/** Like {@link node22}, of Deno. */
export declare const deno: string | undefined;
/** Like {@link node22}, of workerd, which Cloudflare Workers run on. */
export declare const workerd: string | undefined;
/** Path of a Chromium that is installed on this machine, or undefined. */
export declare const chromium: string | undefined;
