import { type BackendScope, SynchronousScope } from "./backend-scope.js";

/**
 * Where the runtime has no asynchronous context: a backend that calls its own session after an `await` is not
 * recognised, waits for the call it is part of, and ends with that call's deadline.
 */
export const asyncScope: BackendScope = new SynchronousScope();
