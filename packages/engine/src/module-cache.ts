/** Values by key, the least recently used forgotten first. What failed is not kept. */
export class ModuleCache<T> {
  readonly #entries = new Map<string, Promise<T>>();
  readonly #maxEntries: number;

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  /** The value of `key`, made once however many ask for it at the same time. */
  get(key: string, make: () => Promise<T>): Promise<T> {
    const entry = this.#entries.get(key) ?? make();
    // The first key of a Map is the one that was set longest ago.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    entry.catch(() => this.#entries.get(key) === entry && this.#entries.delete(key));
    if (this.#entries.size > this.#maxEntries) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    return entry;
  }
}
