/** An object that passes for a promise, and does `then` when somebody waits for it. */
export function thenable<T>(then: (resolve: (value: T) => void) => void): PromiseLike<T> {
  return { then } as PromiseLike<T>;
}

/** An object whose `then` cannot even be read. */
export const unreadableThenable: object = new Proxy(
  {},
  {
    get: () => {
      throw new Error("no");
    },
  },
);
