import { GUARDED_METHODS } from "@guardhost/mcp";
import * as z from "zod";

/** Names are part of tool names and of URLs, and `___` stands between a server's name and a tool's. */
const SERVER_NAME = /^(?!.*___)[A-Za-z0-9](?:[A-Za-z0-9_-]{0,38}[A-Za-z0-9])?$/;

export const serverName = z
  .string()
  .regex(
    SERVER_NAME,
    "a server's name has 1 to 40 letters, digits, - and _, ends with a letter or digit, and has no ___",
  )
  .describe("Name of the server, as it shows in tool names and URLs.");

/** What ends a text for the operating system. */
const processText = z.string().regex(/^[^\0]*$/, "a process can be given no text with a NUL in it");

const environment = z.record(
  z.string().regex(/^[^\0=]+$/, "a variable's name has a character at least, and neither = nor NUL"),
  processText,
);

/** The characters that HTTP has for names of headers, and for their values. */
const headers = z.record(
  z
    .string()
    .regex(/^[!#$%&'*+.^_`|~\w-]+$/, "a header's name has letters, digits and some signs, and no spaces"),
  z
    .string()
    .regex(
      /^[\t\x20-\x7e\x80-\xff]*$/,
      "a header's value has no line breaks or other control characters, and nothing beyond Latin-1",
    ),
);

/** What the gateway adds to a server as every MCP client writes it. */
const guardedFields = {
  guard: z
    .string()
    .optional()
    .describe("Name of the guard in `guards`. Every server has one, or says `unguarded: true`."),
  unguarded: z
    .literal(true)
    .optional()
    .describe(
      "The server is used without a guard: what it holds counts as public and vouched for by nobody, and every call as one that may write.",
    ),
  policy: z
    .record(z.string(), z.unknown())
    .optional()
    .describe("The guard's policy on this server; the guard's own `policy` unless given."),
  backendTools: z
    .array(z.string().min(1))
    .default([])
    .describe("Tools of this server that the guard may call by itself. None unless given."),
  readOnlyTools: z
    .array(z.string().min(1))
    .default([])
    .describe(
      "Tools that are known to change nothing. Only these are called although an agent may not read all that they touch, so that the rest can be filtered.",
    ),
  trustAnnotations: z
    .boolean()
    .default(false)
    .describe(
      "Whether the server's own readOnlyHint adds to readOnlyTools; never for tools with openWorldHint.",
    ),
  definitions: z
    .union(
      [
        z.literal("trusted"),
        z.strictObject({
          secrecy: z.array(z.string()).describe("Tags of who may read them."),
          integrity: z.array(z.string()).describe("Tags of who vouches for them."),
        }),
      ],
      { error: 'this is "trusted", or { "secrecy": […], "integrity": […] }' },
    )
    .optional()
    .describe(
      "What the server's own descriptions of tools, prompts and templates are worth. `trusted` is your word that agents may follow them; unless given they are public and nobody vouches for them, so agents that require integrity see no tools.",
    ),
  guardedMethods: z
    .array(z.enum(GUARDED_METHODS))
    .default([])
    .describe(
      "Requests beside tools/call that the guard understands, each as the call of a tool of that name. What is not here is refused.",
    ),
  timeoutMs: z
    .int()
    .min(1)
    .max(3_600_000)
    .default(60_000)
    .describe("Milliseconds for each request to the server."),
  connection: z
    .enum(["shared", "session"])
    .default("shared")
    .describe(
      "Whether all sessions share one connection to the server, or each has one of its own. Without sessions, each principal has one.",
    ),
  disabled: z.boolean().default(false).describe("Whether the gateway leaves the server out."),
  // What other MCP clients keep beside a server, and what says nothing to a gateway.
  description: z.string().optional().describe("For people. Not used."),
  autoApprove: z.array(z.string()).optional().describe("For other MCP clients. Not used."),
  alwaysAllow: z.array(z.string()).optional().describe("For other MCP clients. Not used."),
};

export const stdioServer = z
  .strictObject({
    type: z.literal("stdio").default("stdio").describe("May be left out."),
    command: processText.min(1).describe("The program to start."),
    args: z.array(processText).default([]).describe("Its arguments."),
    env: environment.default({}).describe("Environment variables, beside a few that every program needs."),
    cwd: processText.optional().describe("Its working directory; that of the gateway unless given."),
    ...guardedFields,
  })
  .describe("A server that the gateway starts as a child process.");

export const httpServer = z
  .strictObject({
    type: z
      .enum(["http", "streamable-http", "streamableHttp"])
      .default("http")
      .describe("Streamable HTTP, however it is spelt. May be left out."),
    url: z
      .url({
        protocol: /^https?$/,
        error: "the URL of a server begins with http:// or https://",
        abort: true,
      })
      .refine((url) => !/^[^/]*\/\/[^/?#]*@/.test(url), {
        error: "the URL of a server has no user and password: use headers, with Authorization",
      })
      .describe("Where the server is."),
    headers: headers.default({}).describe("Headers of every request, for instance Authorization."),
    ...guardedFields,
  })
  .describe("A server that the gateway reaches over Streamable HTTP.");

export type StdioServerConfig = z.output<typeof stdioServer>;
export type HttpServerConfig = z.output<typeof httpServer>;
export type ServerConfig = StdioServerConfig | HttpServerConfig;
