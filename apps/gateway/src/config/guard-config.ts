import { defaultLimits, type GuardLimits } from "@guardhost/core";
import * as z from "zod";

type CountedLimit = Exclude<keyof GuardLimits, "allowDirectMemory">;

const counted = (name: CountedLimit) =>
  z
    .int()
    .min(0)
    .optional()
    .describe(`${defaultLimits[name].toLocaleString("en")} unless given.`);

const limits = z
  .strictObject({
    maxInputBytes: counted("maxInputBytes"),
    initialOutputBytes: counted("initialOutputBytes"),
    maxOutputBytes: counted("maxOutputBytes"),
    maxAttempts: counted("maxAttempts"),
    maxMemoryPages: counted("maxMemoryPages"),
    maxTableElements: counted("maxTableElements"),
    maxModuleBytes: counted("maxModuleBytes"),
    maxBackendCalls: counted("maxBackendCalls"),
    maxBackendArgsBytes: counted("maxBackendArgsBytes"),
    maxLogBytes: counted("maxLogBytes"),
    allowDirectMemory: z.boolean().optional().describe("Whether guards without an allocator are loaded."),
  } satisfies Record<keyof GuardLimits, z.ZodType>)
  .describe("Limits of the guard. What is not given is the host's default.");

const wasmGuard = z
  .strictObject({
    type: z.literal("wasm").default("wasm").describe("May be left out."),
    path: z.string().min(1).optional().describe("File of the module, from the directory of this file."),
    package: z
      .string()
      .regex(/^[^./\\]/, "this names a module in an npm package; a file is a guard's path")
      .optional()
      .describe("The module in an npm package, for instance `@guardhost/guards/filesystem.wasm`."),
    engine: z
      .enum(["native", "wasi"])
      .default("native")
      .describe("`wasi` for guards that need arguments, an environment or files."),
    args: z.array(z.string()).optional().describe("Arguments of the guard; engine wasi only."),
    env: z.record(z.string(), z.string()).optional().describe("Environment of the guard; engine wasi only."),
    files: z
      .record(z.string(), z.string())
      .optional()
      .describe("Files that the guard sees, by their paths, and where they are; engine wasi only."),
    integrity: z
      .string()
      .optional()
      .describe("What the module hashes to: `sha256-…`, as `guardhost inspect` prints it."),
    limits: limits.optional(),
    timeoutMs: z
      .number()
      .positive()
      .max(3_600_000)
      .optional()
      .describe("Milliseconds for each call of the guard; 10,000 unless given."),
    maxLiveInstances: z.int().min(1).optional().describe("Instances that live at the same time."),
    recovery: z
      .enum(["automatic", "never"])
      .optional()
      .describe("`never` for guards that keep state of their own."),
    policy: z
      .record(z.string(), z.unknown())
      .optional()
      .describe("Policy on servers without one of their own."),
  })
  .refine((guard) => (guard.path === undefined) !== (guard.package === undefined), {
    error: "a guard has either a path or a package",
  })
  .refine(
    ({ engine, args, env, files }) =>
      engine === "wasi" || (args === undefined && env === undefined && files === undefined),
    { error: 'only guards on the engine "wasi" have args, env or files' },
  );

const noopGuard = z.strictObject({
  type: z
    .literal("noop")
    .describe("What the server holds counts as public, and every call as one that may write."),
});

const writeSinkGuard = z.strictObject({
  type: z.literal("write-sink").describe("The server only takes data in."),
  policy: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('Which secrecy it accepts: `{ "write-sink": { "accept": ["private:octo/plans"] } }`.'),
});

export const guardConfig = z
  .union([wasmGuard, noopGuard, writeSinkGuard], {
    error: "a guard is an object with a path, a package, or another type",
  })
  .describe("A guard: a WebAssembly module, or one that is built in.");

export type WasmGuardConfig = z.output<typeof wasmGuard>;
