import type { Page } from "playwright-core";

/** Path of the Chromium that is installed, or undefined where there is none on the PATH. */
export declare const chromium: string | undefined;

/** A page that Vite has built, and a browser to look at it. */
export interface Site {
  /** Serves the page on a port of its own and opens it. `isolated` says whether with the headers of cross-origin isolation. */
  open(options: { readonly isolated: boolean }): Promise<Page>;
  /** Ends the browser and the servers, and deletes what was built. */
  close(): Promise<void>;
}

/** Builds the page in a folder, by the configuration of Vite in it, and starts {@link chromium}, which has to be there. */
export declare function buildSite(root: URL): Promise<Site>;
