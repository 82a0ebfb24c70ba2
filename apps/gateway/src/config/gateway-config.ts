import * as z from "zod";

/** The longest that timers can be set for; a longer one would end at once. */
const MAX_TIMER_SECONDS = 2_147_483;
const MAX_TIMEOUT_MS = 3_600_000;

/** A hundred years. */
const MAX_TTL_SECONDS = 3_153_600_000;

/** As URLs have it; requests for anything else never match. */
const hostName = z.string().refine(isHostName, {
  error: "this is the name of a host only, in small letters: no scheme, no port, and no path",
});

/** A host's, or all pages of a scheme that is none of the web's, as `app://*`. */
const originName = z.string().refine((name) => isHostName(name) || /^[a-z][a-z0-9+.-]*:\/\/\*$/.test(name), {
  error: "this is the name of a host only, in small letters: no scheme, no port, and no path; or app://*",
});

const seconds = (fallback: number, max: number) => z.number().positive().max(max).default(fallback);

/** How others write variables: `$NAME`, `%NAME%`, `{{NAME}}`. */
const FOREIGN_VARIABLE = /^(?:\$\w+|%\w+%|\{\{.*\}\})$/;

const key = z
  .strictObject({
    name: z
      .string()
      .regex(/^[\x21-\x7e]{1,128}$/, "a key's name has 1 to 128 visible ASCII characters")
      .describe("The principal: agents with the same name share what they have read."),
    key: z
      .string()
      .refine((secret) => !FOREIGN_VARIABLE.test(secret), {
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of the configuration
        error: "a key that looks like a variable would be that text itself; variables are written ${NAME}",
      })
      .optional()
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of the configuration
      .describe("The secret itself, from the environment: `${ALICE_KEY}`."),
    keyFile: z.string().optional().describe("A file with the secret; white space around it does not count."),
    admin: z.boolean().default(false).describe("Whether it opens /reflect and the reset of principals, too."),
  })
  .refine((entry) => (entry.key === undefined) !== (entry.keyFile === undefined), {
    error: "a key has either key or keyFile",
  });

const auth = z
  .union(
    [
      z.literal(false),
      z.strictObject({ keys: z.array(key).min(1).describe("The keys that let clients in.") }),
    ],
    {
      error: 'this is { "keys": […] }, or false for everybody on this machine',
    },
  )
  .describe(
    "Who may connect over HTTP. `false` lets everybody in, as one principal, on a loopback address only.",
  );

const store = z
  .strictObject({
    url: z
      .string()
      .regex(/^(?:memory:|rediss?:\/\/.+)$/, {
        error: "the store is memory:, redis://… or rediss://…",
        abort: true,
      })
      .refine(isStoreUrl, {
        error:
          "the store's URL has a host, a port if you like, and then nothing but the number of a database; a % in a name or password is written %25",
      })
      .default("memory:")
      .describe("`memory:` for one process, `redis://…` for replicas that share what agents have read."),
    prefix: z.string().default("guardhost:").describe("What keys in Redis begin with."),
    ttlSeconds: seconds(2_592_000, MAX_TTL_SECONDS).describe(
      "Seconds after which an agent that does nothing is forgotten, with all that it has read. Longer than any agent remembers.",
    ),
    timeoutMs: z
      .int()
      .min(1)
      .max(MAX_TIMEOUT_MS)
      .default(2_000)
      .describe("Milliseconds after which the store counts as unreachable."),
    replicas: z
      .int()
      .min(0)
      .default(0)
      .describe("Redis replicas that must have a taint before the data that causes it leaves."),
  })
  .describe("Where the labels of agents live.");

/** Settings of the gateway itself. */
export const gatewayConfig = z
  .strictObject({
    host: z.string().min(1).default("127.0.0.1").describe("Address to listen on."),
    port: z.int().min(0).max(65_535).default(8_080).describe("Port to listen on; 0 for any that is free."),
    routing: z
      .enum(["unified", "routed", "both"])
      .default("both")
      .describe("`unified` is /mcp with tools called server___tool, `routed` is /mcp/<server>."),
    mode: z
      .enum(["strict", "filter", "propagate"])
      .default("strict")
      .describe("What becomes of reads that a policy forbids. A guard can be stricter, never laxer."),
    enforcement: z
      .enum(["enforce", "audit"])
      .default("enforce")
      .describe("`audit` records every decision and enforces none."),
    auth: auth.optional(),
    principal: z
      .string()
      .regex(/^[\x21-\x7e]{1,128}$/)
      .default("local")
      .describe("Who connects over stdio, or without authentication."),
    allowedHosts: z
      .array(hostName)
      .optional()
      .describe(
        "Host names that requests may be for, without ports; `host` and the loopback names unless given.",
      ),
    allowedOrigins: z
      .array(originName)
      .optional()
      .describe("Host names of web pages that may connect; loopback names unless given."),
    maxBodyBytes: z.int().min(1_024).default(4_194_304).describe("Bytes of a request at most."),
    maxSessions: z.int().min(1).default(1_000).describe("Sessions over HTTP at the same time, on each path."),
    maxSessionsPerPrincipal: z
      .int()
      .min(1)
      .default(250)
      .describe("Sessions of one principal at the same time, on each path."),
    maxConcurrentCalls: z.int().min(1).default(1_000).describe("Calls at the same time; more are refused."),
    maxConcurrentCallsPerPrincipal: z
      .int()
      .min(1)
      .default(250)
      .describe("Calls of one principal at the same time, in all its sessions; more are refused."),
    sessionIdleSeconds: seconds(1_800, MAX_TIMER_SECONDS).describe(
      "Seconds after which a session that nobody uses ends.",
    ),
    drainSeconds: seconds(30, MAX_TIMER_SECONDS).describe("Seconds that calls have to end in after SIGTERM."),
    store: store.prefault({}),
    logLevel: z
      .enum(["debug", "info", "warn", "error"])
      .default("info")
      .describe("The least serious of what is logged."),
    logGuestMessages: z
      .boolean()
      .default(false)
      .describe(
        "Whether logs hold what guards say, reasons for refusals included: untrusted text, possibly with data of calls.",
      ),
  })
  .describe("The gateway itself.");

function isHostName(name: string): boolean {
  return URL.canParse(`http://${name}`) && new URL(`http://${name}`).hostname === name;
}

/** Whether the client of Redis can make something of it. */
function isStoreUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { pathname, username, password } = new URL(url);
  return url === "memory:" || (/^\/?\d*$/.test(pathname) && [username, password].every(isPercentEncoded));
}

function isPercentEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

export type GatewayConfig = z.output<typeof gatewayConfig>;
export type KeyConfig = z.output<typeof key>;
