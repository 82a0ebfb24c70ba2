import { GuardError } from "../error.js";

/** Digests of Subresource Integrity, from weak to strong. */
const ALGORITHMS = { sha256: "SHA-256", sha384: "SHA-384", sha512: "SHA-512" } as const;
type Algorithm = keyof typeof ALGORITHMS;
const STRENGTH = Object.keys(ALGORITHMS) as Algorithm[];

const HASH = /^(sha256|sha384|sha512)-([A-Za-z0-9+/]+={0,2})$/;

/** The integrity string of `bytes` in the format of Subresource Integrity: `sha256-` and the digest in base64. */
export async function integrityOf(bytes: Uint8Array): Promise<string> {
  return `sha256-${await digest("sha256", bytes)}`;
}

/**
 * Checks `bytes` against `integrity`: one hash or several, separated by blanks, of which the strongest algorithm
 * counts and any match will do (Subresource Integrity, section 3.3).
 *
 * @throws GuardError `INTEGRITY` for a mismatch, and for an integrity string that cannot be checked
 */
export async function assertIntegrity(bytes: Uint8Array, integrity: string): Promise<void> {
  const hashes = integrity
    .trim()
    .split(/\s+/)
    .map((hash) => {
      const [, algorithm, base64] = HASH.exec(hash) ?? [];
      if (algorithm === undefined || base64 === undefined) {
        throw new GuardError(
          "INTEGRITY",
          `${JSON.stringify(hash)} is not an integrity hash: "sha256-" and a digest in base64, as \`guardhost inspect\` prints it`,
        );
      }
      return { algorithm: algorithm as Algorithm, base64 };
    });
  const strongest = Math.max(...hashes.map(({ algorithm }) => STRENGTH.indexOf(algorithm)));
  const algorithm = STRENGTH[strongest] as Algorithm;
  const actual = await digest(algorithm, bytes);
  if (hashes.some((hash) => hash.algorithm === algorithm && hash.base64 === actual)) return;
  throw new GuardError(
    "INTEGRITY",
    `the module has the integrity ${algorithm}-${actual}, not ${integrity.trim()}`,
  );
}

async function digest(algorithm: Algorithm, bytes: Uint8Array): Promise<string> {
  const { subtle } = globalThis.crypto;
  if (subtle === undefined) {
    throw new GuardError(
      "INTEGRITY",
      "integrity cannot be checked: crypto.subtle exists in secure contexts only",
    );
  }
  const hash = await subtle.digest(ALGORITHMS[algorithm], bytes as Uint8Array<ArrayBuffer>);
  return btoa(String.fromCharCode(...new Uint8Array(hash)));
}
