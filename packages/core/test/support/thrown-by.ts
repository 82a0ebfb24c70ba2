/** What `action` throws, or its promise rejects with. Throws when nothing is thrown. */
export async function thrownBy(action: () => unknown): Promise<unknown> {
  try {
    await action();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

/** The message of what `action` throws. */
export async function messageOf(action: () => unknown): Promise<string> {
  return ((await thrownBy(action)) as Error).message;
}
