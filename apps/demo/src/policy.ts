/**
 * What the filesystem guard is told about the sample files: who may see what is where, and how far it can be trusted.
 *
 * The agent is an assistant of the engineering department. It may know what is internal, though not what only hr or
 * legal may know; and it may only be told what staff wrote, so that nobody outside can give it instructions.
 */
export const policy = {
  filesystem: {
    mode: "filter",
    agent: { secrecy: ["internal"], integrity: ["staff"] },
    paths: [
      { prefix: ".", secrecy: ["internal"], integrity: ["staff"] },
      { prefix: "public", secrecy: [], integrity: ["staff"], writable: true },
      { prefix: "engineering", secrecy: ["internal"], integrity: ["staff"], writable: true },
      { prefix: "hr", secrecy: ["internal", "hr"], integrity: ["staff"] },
      { prefix: "legal", secrecy: ["internal", "legal"], integrity: ["staff"] },
      { prefix: "inbox", secrecy: ["internal"], integrity: [] },
    ],
  },
} as const;
