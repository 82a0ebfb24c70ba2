import { AsyncLocalStorage } from "node:async_hooks";
import type { BackendCall, BackendScope } from "./backend-scope.js";

const storage = new AsyncLocalStorage<BackendCall>();

/** Follows backend calls through every `await`. */
export const asyncScope: BackendScope = {
  run: (call, callback) => storage.run(call, callback),
  current: () => storage.getStore(),
};
