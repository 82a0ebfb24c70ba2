import type { Gateway } from "../lifecycle/gateway.js";
import { answerError, answerJson } from "./answers.js";
import { health } from "./health.js";
import type { Routes } from "./routes.js";

/** Routes for those who operate the gateway. */
export function addOperatorRoutes(routes: Routes, gateway: Gateway, sessions: () => number): void {
  const { logger, metrics } = gateway;
  metrics.gauge("guardhost.gateway.sessions", "Sessions over HTTP", () => [[sessions(), {}]]);

  routes.add("/health", {
    methods: ["GET", "HEAD"],
    access: "open",
    handle: ({ response, principal }) => {
      const { status, details } = health(gateway);
      const body = principal === undefined ? { status } : { status, ...details, sessions: sessions() };
      answerJson(response, status === "ok" || status === "degraded" ? 200 : 503, body);
    },
  });

  routes.add("/metrics", {
    methods: ["GET"],
    access: "principal",
    handle: async ({ response }) => {
      const text = await metrics.text();
      response.writeHead(200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" });
      response.end(text);
    },
  });

  routes.add("/reflect", {
    methods: ["GET"],
    access: "admin",
    handle: async ({ response }) => {
      try {
        const { time, ...reflection } = await gateway.guarded.reflect();
        answerJson(response, 200, { timestamp: new Date(time).toISOString(), ...reflection });
      } catch {
        answerError(response, 503, "The label store cannot be reached.");
      }
    },
  });

  routes.add("/principals/*/reset", {
    methods: ["POST"],
    access: "admin",
    handle: async ({ response, principal, params: [name = ""] }) => {
      try {
        const wasKnown = await gateway.resetPrincipal(name);
        // Whoever may read this log may know who did what to whom.
        logger.warn(
          { audit: "reset", principal: name, by: principal?.name, wasKnown },
          "a principal was reset",
        );
        answerJson(response, 200, { principal: name, wasKnown });
      } catch {
        answerError(response, 503, "The label store cannot be reached; nothing was reset.");
      }
    },
  });
}
