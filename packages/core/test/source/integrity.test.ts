import { describe, expect, test, vi } from "vitest";
import { assertIntegrity, integrityOf } from "../../src/source/integrity.js";
import { bytesOf } from "../support/bytes.js";
import { messageOf, thrownBy } from "../support/thrown-by.js";

const abc = bytesOf("abc");

// Computed with openssl dgst.
const ABC = {
  sha256: "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=",
  sha384: "sha384-ywB1P0WjXou1oD1pmsZQBycsMqsO3tFjGotgWkP/W+2AhgcroefMI1i67KE0yCWn",
  sha512: "sha512-3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==",
};
const NOTHING = {
  sha256: "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
  sha384: "sha384-OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb",
  sha512: "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==",
};

describe("integrityOf", () => {
  test("is the SHA-256 in the format of Subresource Integrity", async () => {
    expect(await integrityOf(abc)).toBe(ABC.sha256);
    expect(await integrityOf(new Uint8Array(0))).toBe(NOTHING.sha256);
  });

  test("counts the bytes of a view alone", async () => {
    expect(await integrityOf(bytesOf("xabcx").subarray(1, 4))).toBe(ABC.sha256);
  });
});

describe("assertIntegrity accepts", () => {
  test.each<[what: string, integrity: string]>([
    ["SHA-256", ABC.sha256],
    ["SHA-384", ABC.sha384],
    ["SHA-512", ABC.sha512],
    ["blanks around", ` \n${ABC.sha256}\t`],
    ["one of several that matches", `${NOTHING.sha256} ${ABC.sha256}`],
    ["several of which the strongest matches", `${NOTHING.sha256} ${ABC.sha512} ${NOTHING.sha384}`],
    ["one of several of the strongest", `${ABC.sha512}  ${NOTHING.sha512}\n${NOTHING.sha256}`],
  ])("%s", async (_what, integrity) => {
    await expect(assertIntegrity(abc, integrity)).resolves.toBeUndefined();
  });
});

describe("assertIntegrity refuses", () => {
  test.each<[what: string, integrity: string]>([
    ["another digest", NOTHING.sha256],
    ["a match of all but the strongest", `${ABC.sha256} ${ABC.sha384} ${NOTHING.sha512}`],
    ["a digest of another algorithm", ABC.sha256.replace("sha256", "sha384")],
    ["a digest in other letter case", ABC.sha256.toLowerCase()],
    ["a digest without its padding", ABC.sha256.replace("=", "")],
    ["a digest that is cut off", ABC.sha256.slice(0, 20)],
  ])("%s", async (_what, integrity) => {
    expect(await thrownBy(() => assertIntegrity(abc, integrity))).toMatchObject({
      code: "INTEGRITY",
      lost: false,
    });
  });

  test.each([
    "",
    " ",
    "sha256",
    "sha256-",
    "sha256-=",
    "sha256:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=",
    "SHA256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=",
    "sha256-ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0=",
    `${ABC.sha256},${ABC.sha384}`,
    `${ABC.sha256}?options`,
    // Algorithms that are broken, or that nobody has heard of, are not passed over: the caller means them.
    "sha1-qZk+NkcGgWq6PiVxeFDCbJzQ2J0=",
    "md5-kAFQmDzST7DWlj99KOF/cg==",
    `${ABC.sha256} none`,
    // As sha256sum prints it.
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  ])("what is no integrity string: %j", async (integrity) => {
    expect(await messageOf(() => assertIntegrity(abc, integrity))).toContain("is not an integrity hash");
  });

  test("and tells what the bytes would have", async () => {
    expect(await messageOf(() => assertIntegrity(abc, NOTHING.sha384))).toBe(
      `the module has the integrity ${ABC.sha384}, not ${NOTHING.sha384}`,
    );
  });

  test("everything where the runtime has no crypto.subtle", async () => {
    vi.stubGlobal("crypto", {});
    expect(await thrownBy(() => assertIntegrity(abc, ABC.sha256))).toMatchObject({
      code: "INTEGRITY",
      message: expect.stringContaining("secure contexts"),
    });
    vi.unstubAllGlobals();
  });
});
