import type { Page } from "playwright-core";

/** A page that Vite has built, and a browser to look at it. */
export interface Site {
  /** Serves the page on a port of its own and opens it. `isolated` says whether with the headers of cross-origin isolation. */
  open(options: { readonly isolated: boolean }): Promise<Page>;
  /** Ends the browser and the servers, and deletes what was built. */
  close(): Promise<void>;
}

/** Builds the page in a folder, by the configuration of Vite in it, and starts the Chromium of this machine, which has to be there. */
export declare function buildSite(root: URL): Promise<Site>;
