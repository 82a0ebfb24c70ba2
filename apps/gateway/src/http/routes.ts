import type { IncomingMessage, ServerResponse } from "node:http";
import type { Principal } from "./keys.js";

/** What a path is for. */
export interface Route {
  readonly methods: readonly string[];
  /** Who may use it: everybody, who has authenticated, or whose key says `admin`. */
  readonly access: "open" | "principal" | "admin";
  /** Answers. `principal` is undefined for who has not authenticated, which only open routes see. */
  readonly handle: (exchange: Exchange) => void | Promise<void>;
}

/** A request, its answer, and who asks. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly principal: Principal | undefined;
  /** What stands in the path for the parts of it that vary. */
  readonly params: readonly string[];
}

/** Routes by patterns of paths. */
export class Routes {
  readonly #routes: (Route & { readonly pattern: RegExp })[] = [];

  /** Adds a route. `*` in a path is any one segment. */
  add(path: string, route: Route): void {
    const source = path
      .split("/")
      .map((segment) => (segment === "*" ? "([^/]+)" : segment))
      .join("/");
    this.#routes.push({ ...route, pattern: new RegExp(`^${source}$`) });
  }

  /** The route of a path, and what varies in it; undefined for none, and for a path that is not well-formed. */
  find(path: string): { readonly route: Route; readonly params: readonly string[] } | undefined {
    for (const route of this.#routes) {
      const match = route.pattern.exec(path);
      if (match === null) continue;
      try {
        return { route, params: match.slice(1).map(decodeURIComponent) };
      } catch {
        return undefined;
      }
    }
    return undefined;
  }
}
