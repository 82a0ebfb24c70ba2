import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import type { IncomingHttpHeaders } from "node:http";
import { resolve } from "node:path";
import type { Config } from "../config/config.js";
import type { KeyConfig } from "../config/gateway-config.js";
import type { Logger } from "../telemetry/logger.js";

/** Who has authenticated. */
export interface Principal {
  /** The name of the key. */
  readonly name: string;
  readonly isAdmin: boolean;
}

/** Fewer could be guessed. */
const MIN_KEY_LENGTH = 16;

/** What can stand in a header behind `Bearer`. */
const KEY = /^[\x21-\x7e]*$/;

/** Permission of a file: everybody reads it. */
const READ_BY_ALL = 0o004;

/** The secrets that clients authenticate with. Only their hashes are kept. */
export class Keys {
  /** By the hashes of their keys. */
  readonly #principals: ReadonlyMap<string, Principal>;

  private constructor(principals: ReadonlyMap<string, Principal>) {
    this.#principals = principals;
  }

  /**
   * Reads the secrets of a configuration.
   *
   * @throws ConfigError for a file that cannot be read, and for a secret that is short, that no header can hold, or that is
   *   another's as well
   */
  static async load(config: Config, keys: readonly KeyConfig[], logger: Logger): Promise<Keys> {
    const principals = new Map<string, Principal>();
    for (const [index, key] of keys.entries()) {
      const path = ["gateway", "auth", "keys", index];
      const secret = await secretOf(config, key, { path, logger });
      if (!KEY.test(secret)) {
        throw config.errorAt(path, "a key has visible ASCII characters only: no client could send another");
      }
      if (secret.length < MIN_KEY_LENGTH) {
        throw config.errorAt(path, `a key has ${MIN_KEY_LENGTH} characters or more`);
      }
      const digest = digestOf(secret);
      if (principals.has(digest)) throw config.errorAt(path, "another name has the same key");
      principals.set(digest, { name: key.name, isAdmin: key.admin });
    }
    return new Keys(principals);
  }

  /**
   * Whose secret a request carries, in `Authorization: Bearer …` or in `X-API-Key`; undefined for nobody's. Looks at one header only
   * where both are there. What its time could tell is a part of a hash, from which a key that is random enough cannot be found.
   */
  authenticate(headers: IncomingHttpHeaders): Principal | undefined {
    const secret = secretFrom(headers);
    return secret === undefined ? undefined : this.#principals.get(digestOf(secret));
  }
}

async function secretOf(
  { directory, errorAt }: Config,
  { key, keyFile = "" }: KeyConfig,
  { path, logger }: { readonly path: readonly (string | number)[]; readonly logger: Logger },
): Promise<string> {
  if (key !== undefined) return key;
  const file = resolve(directory, keyFile);
  try {
    const secret = (await readFile(file, "utf8")).trim();
    // Windows has other permissions, which do not show here.
    if (process.platform !== "win32" && ((await stat(file)).mode & READ_BY_ALL) !== 0) {
      logger.warn({ file }, "a file with a key can be read by every user of this machine: use chmod 600");
    }
    return secret;
  } catch (cause) {
    throw errorAt([...path, "keyFile"], `the file cannot be read: ${(cause as Error).message}`);
  }
}

function secretFrom({ authorization, "x-api-key": apiKey }: IncomingHttpHeaders): string | undefined {
  if (authorization !== undefined) return /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  return typeof apiKey === "string" ? apiKey : undefined;
}

function digestOf(secret: string): string {
  return createHash("sha256").update(secret).digest("base64");
}
