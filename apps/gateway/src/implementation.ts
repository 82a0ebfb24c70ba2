import { readFileSync } from "node:fs";

const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  readonly version: string;
};

/** What the gateway calls itself, to clients and to servers. */
export const implementation = { name: "guardhost-gateway", version: manifest.version };
