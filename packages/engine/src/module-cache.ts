interface Entry<T> {
  readonly bytes: Uint8Array;
  readonly settings: string;
  readonly value: Promise<T>;
}

/**
 * What is made of bytes under some settings, the least recently used forgotten first. What failed is not kept. Bytes are compared with
 * each other: in a fresh Node process a digest costs more than all of rewriting, and it exists in secure contexts only.
 */
export class ModuleCache<T> {
  /** The least recently used first. */
  #entries: readonly Entry<T>[] = [];
  readonly #maxEntries: number;

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  /** What `make` makes of a copy of the bytes, once however many ask for it at the same time. */
  get(bytes: Uint8Array, settings: string, make: (bytes: Uint8Array) => Promise<T>): Promise<T> {
    const found = this.#entries.find((entry) => entry.settings === settings && isSame(entry.bytes, bytes));
    // Not by slice(): a Buffer's shares its bytes.
    const entry = found ?? newEntry(new Uint8Array(bytes), settings, make);
    const entries = [...this.#entries.filter((other) => other !== entry), entry];
    this.#entries = entries.slice(Math.max(0, entries.length - this.#maxEntries));
    entry.value.catch(() => {
      this.#entries = this.#entries.filter((other) => other !== entry);
    });
    return entry.value;
  }
}

function newEntry<T>(bytes: Uint8Array, settings: string, make: (bytes: Uint8Array) => Promise<T>): Entry<T> {
  return { bytes, settings, value: make(bytes) };
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let at = 0; at < left.length; at++) if (left[at] !== right[at]) return false;
  return true;
}
