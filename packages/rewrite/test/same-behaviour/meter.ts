/** What `check` answers at each call: units to go on with, 0 to have `pause` asked, or a negative number to stop. */
export type Grants = (call: number) => number;

/** More than most tests use up. */
const PLENTY = 2_000_000_000;

/** The host's side of a prepared module: answers its checks, or lets it run and reads off what it was charged. */
export class Meter {
  /** Calls of `check`. */
  checks = 0;
  /** Calls of `pause`. */
  pauses = 0;
  /** Whether the guest was told to stop. It is told so again whenever it asks. */
  stopped = false;
  readonly #grants: Grants;
  readonly #pauseGrants: Grants;
  #countdown: WebAssembly.Global<"i32"> | undefined;
  #filled = 0;
  #spent = 0;

  constructor(grants: Grants, pauseGrants: Grants = () => 1) {
    this.#grants = grants;
    this.#pauseGrants = pauseGrants;
  }

  /** One that fills the countdown up and lets the guest run, so that what is charged can be read off. */
  static unlimited(): Meter {
    const meter = new Meter(() => {
      // What the check was about is charged for, and never seen.
      meter.#spent = meter.charged;
      return PLENTY;
    });
    meter.#filled = PLENTY;
    return meter;
  }

  readonly imports: WebAssembly.ModuleImports = {
    check: () => this.#answer(this.#grants(++this.checks)),
    pause: () => this.#answer(this.#pauseGrants(++this.pauses)),
  };

  /** Begins to look at a fresh instance. */
  attach(countdown: WebAssembly.Global<"i32">): void {
    countdown.value = this.#filled;
    this.#countdown = countdown;
  }

  /** Units charged so far, or less where the countdown did not suffice. Of a meter that is unlimited. */
  get charged(): number {
    return this.#spent + this.#filled - (this.#countdown?.value ?? this.#filled);
  }

  #answer(grant: number): number {
    if (this.stopped) return -1;
    this.stopped = grant < 0;
    return grant;
  }
}
