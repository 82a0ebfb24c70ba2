import { equal, holds, rejects } from "../assertions.js";
import type { CheckContext } from "../check-context.js";
import { type ModuleName, moduleBytes } from "../guest/module-bytes.js";
import { growMemory, program, spin } from "../guest/program.js";
import type { OpenGuard } from "../open-guard.js";
import type { Requirement } from "../requirement.js";

/** What `guardhost prepare` marks its output with, for those who look. Anyone can write it. */
const MARKER = "guardhost.prepared";

/** What the marker says of a module that was prepared for limits like those below. */
const CLAIM = { maxMemoryPages: 20, maxTableElements: 100_000 };

const LIMITS = { maxMemoryPages: 20 } as const;

/** A module that claims to have interrupt checks, and has none. */
interface Forgery {
  readonly name: string;
  /** "A module that …". */
  readonly that: string;
  readonly module: () => Uint8Array;
}

const forgeries: readonly Forgery[] = [
  {
    name: "marker",
    that: "carries the marker of prepared modules, with garbage",
    module: () => withCustomSection(moduleBytes("guard"), MARKER, new Uint8Array([0xff, 0x00, 0x7b])),
  },
  {
    name: "marker-with-caps",
    that: "carries the marker of prepared modules, as it should be",
    module: () => marked("guard"),
  },
  {
    name: "marker-twice",
    that: "carries the marker of prepared modules twice",
    module: () => withMarker(marked("guard"), CLAIM),
  },
  {
    name: "countdown",
    that: "exports a countdown like that of interrupt checks",
    module: () => moduleBytes("forgedCountdown"),
  },
  {
    name: "marker-and-countdown",
    that: "carries the marker, and exports a countdown",
    module: () => marked("forgedCountdown"),
  },
  {
    name: "marker-and-imports",
    that: "carries the marker, exports a countdown, and imports interrupt checks that it never makes",
    module: () => marked("forgedChecks"),
  },
];

function marked(module: ModuleName, claim: typeof CLAIM = CLAIM): Uint8Array {
  return withMarker(moduleBytes(module), claim);
}

function withMarker(module: Uint8Array, caps: typeof CLAIM): Uint8Array {
  const content = JSON.stringify({ version: 1, caps });
  return withCustomSection(module, MARKER, new TextEncoder().encode(content));
}

/** Adds a custom section at the end. Name and content must be shorter than 128 bytes together. */
function withCustomSection(module: Uint8Array, name: string, content: Uint8Array): Uint8Array {
  const nameBytes = new TextEncoder().encode(name);
  const length = 1 + nameBytes.length + content.length;
  return new Uint8Array([...module, 0, length, nameBytes.length, ...nameBytes, ...content]);
}

/** An instance; undefined where the module is refused, as it may be. */
async function openUnlessRefused(context: CheckContext, module: Uint8Array): Promise<OpenGuard | undefined> {
  try {
    return await context.openCompiled(await context.compile(module, LIMITS));
  } catch (error) {
    await rejects(Promise.reject(error), { code: "INVALID_MODULE", lost: false }, "compiling");
    return undefined;
  }
}

/** What modules say of themselves proves nothing. */
export const forgedRequirements: readonly Requirement[] = [
  ...forgeries.map(
    ({ name, that, module }): Requirement => ({
      id: `validation:forged-${name}`,
      behaviour: `A module that ${that}, is refused with INVALID_MODULE, or stopped like any other`,
      source: "design 4, 5, 8",
      needs: ["interruptible", "compilation"],
      async check(context) {
        const guard = await openUnlessRefused(context, module());
        const call = guard?.call("label_resource", program(spin), { timeoutMs: 30 });
        if (call !== undefined) await rejects(call, { code: "TIMEOUT", lost: true }, "the call");
      },
    }),
  ),
  {
    id: "validation:forged-marker-lifts-no-cap",
    behaviour: "A module that claims other caps than its host's, is refused with INVALID_MODULE, or capped",
    source: "design 4, 5, 8",
    async check(context) {
      const claim = { maxMemoryPages: 65_536, maxTableElements: 10_000_000 };
      const guard = await openUnlessRefused(context, marked("guard", claim));
      if (guard !== undefined) equal(await guard.run(growMemory(20)), "-1;", "growth beyond maxMemoryPages");
    },
  },
  {
    id: "validation:compiled-module",
    behaviour:
      "A compiled WebAssembly.Module, which cannot be checked, is refused with NOT_PREPARED; the error names both ways out",
    source: "design 4",
    needs: ["compilation"],
    async check(context) {
      const module = await WebAssembly.compile(marked("forgedCountdown") as Uint8Array<ArrayBuffer>);
      const { message } = await rejects(context.compile(module), { code: "NOT_PREPARED" }, "compiling");
      for (const way of ["bytes", "prepared"]) {
        holds(message.includes(way), `the error to mention ${way}: ${message}`);
      }
    },
  },
  {
    id: "validation:vouched-without-checks",
    behaviour: "A compiled module that its caller vouches for by mistake, is refused with NOT_PREPARED",
    source: "design 4",
    needs: ["compilation"],
    async check(context) {
      const module = await WebAssembly.compile(moduleBytes("guard") as Uint8Array<ArrayBuffer>);
      const compiling = context.compile(module, {}, { prepared: true });
      await rejects(compiling, { code: "NOT_PREPARED", lost: false }, "compiling");
    },
  },
  {
    id: "validation:vouched-bytes",
    behaviour: "To vouch for bytes says nothing: they are checked, and refused or capped, like any others",
    source: "design 4, 5",
    needs: ["compilation"],
    async check(context) {
      const invalid = context.compile("noAllocator", {}, { prepared: true });
      await rejects(invalid, { code: "INVALID_MODULE", lost: false }, "compiling what is no guard");
      const compiled = await context.compile("guard", LIMITS, { prepared: true });
      const guard = await context.openCompiled(compiled);
      equal(await guard.run(growMemory(20)), "-1;", "growth beyond maxMemoryPages");
    },
  },
];
