import { randomNumbers } from "../mutate.js";

/** Choices that are the same for the same seed. */
export class RandomSource {
  /** A number from 0 up to below a bound. */
  readonly random: (bound: number) => number;
  #names = 0;

  constructor(seed: number) {
    this.random = randomNumbers(seed * 2_654_435_761);
    // The first numbers of seeds that are close to each other are close as well.
    for (let i = 0; i < 8; i++) this.random(2);
  }

  /** True once in so many times. */
  chance(of: number): boolean {
    return this.random(of) === 0;
  }

  /** One of the items, or undefined where there are none. */
  pick<T>(items: readonly T[]): T {
    return items[this.random(items.length)] as T;
  }

  /** A number that was not there before. */
  next(): number {
    return this.#names++;
  }

  /** A label that was not there before. */
  name(): string {
    return `$l${this.next()}`;
  }
}
