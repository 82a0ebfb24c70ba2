import fc from "fast-check";

/** How a call goes once it is in the guard, and how each replay of its policy goes. */
export type Outcome =
  | "answer"
  | "nonsense"
  | "guest error"
  | "loss"
  | "engine error"
  | "given up"
  | "hang"
  | "differs";

/** A call that a test makes. */
export interface CallStep {
  readonly kind: "call";
  readonly session: number;
  readonly agent: boolean;
  readonly outcome: Outcome;
  /** How its policy is answered when it comes again, one after the other; as at first, when there are no more. */
  readonly replays: readonly Outcome[];
  /** Microtasks that the guard takes for it. */
  readonly microtasks: number;
}

/** What a test does next. */
export type FuzzStep =
  | CallStep
  | { readonly kind: "abort"; readonly who: number }
  | { readonly kind: "microtasks"; readonly count: number }
  | { readonly kind: "open fails"; readonly microtasks: number }
  | { readonly kind: "time"; readonly ms: number }
  | { readonly kind: "close"; readonly session: number }
  | { readonly kind: "settle" };

/** Sessions that steps are about. */
export const FUZZ_SESSIONS = 3;

const session = fc.nat(FUZZ_SESSIONS - 1);
const microtasks = fc.nat(4);

/** One of several, as often as it says. */
function oneOf<T>(...weighed: readonly [weight: number, value: T][]): fc.Arbitrary<T> {
  return fc.oneof(...weighed.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })));
}

const failures = (["nonsense", "guest error", "loss", "engine error", "given up", "hang"] as const).map(
  (failure): [number, Outcome] => [1, failure],
);
const call = { kind: fc.constant("call" as const), session, microtasks };
const replays = fc.array(oneOf<Outcome>([20, "answer"], [1, "differs"], ...failures), { maxLength: 3 });

/** Steps of every kind. */
export const fuzzStep: fc.Arbitrary<FuzzStep> = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.record({
      ...call,
      agent: fc.constant(false),
      outcome: oneOf<Outcome>([6, "answer"], ...failures),
      replays: fc.constant([]),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      ...call,
      agent: fc.constant(true),
      outcome: oneOf<Outcome>([20, "answer"], ...failures),
      replays,
    }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("abort" as const), who: fc.nat() }) },
  {
    weight: 16,
    arbitrary: fc.record({ kind: fc.constant("microtasks" as const), count: fc.nat(12) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("open fails" as const), microtasks }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("time" as const),
      ms: oneOf([4, 1], [2, 20], [1, 60], [1, 150]),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("close" as const), session }) },
  { weight: 8, arbitrary: fc.constant({ kind: "settle" as const }) },
);
