/** How often each kind of command comes in a scenario: as its theme has it, or as it is drawn, with some kinds off and some favoured. */
import fc from 'fast-check';

/** How often each kind of command comes where nothing is favoured. Half of them lead deeper, the others are wrong on purpose. */
const WEIGHTS = {
  live: 24,
  create: 4,
  answer: 12,
  again: 4,
  spoiled: 8,
  wild: 12,
  change: 4,
  report: 5,
  advance: 3,
  release: 3,
  leap: 1,
  ask: 1,
  write: 2,
};

/** Branches that delete, by the user and by root; each with one that only stops or fails. */
const DELETIONS = [1, 5, 1, 5, 0, 7];

export type Kind = keyof typeof WEIGHTS;
type Weights = Readonly<Record<Kind, number>>;

export const KINDS = Object.keys(WEIGHTS) as Kind[];

const only = (kinds: Partial<Weights>): Weights => ({
  ...(Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Weights),
  ...kinds,
});

export interface Theme {
  readonly weights: Weights;
  /** What happens to requests, where that is part of it. */
  readonly branches?: readonly number[];
}

const HEALTHY: Theme = { weights: only({ live: 12, create: 1, answer: 8, advance: 1 }) };
/** VMs go, and their IPs come back, are given again, and are added while they are on their way. */
const LEAVING: Theme = {
  weights: only({ live: 8, create: 2, answer: 8, change: 4, release: 4 }),
  branches: DELETIONS,
};
/** What no call brought about, in a service and in the pools. */
const WRITTEN_SERVICE: Theme = { weights: only({ live: 10, create: 1, answer: 8, write: 4, wild: 2 }) };
const WRITTEN_POOLS: Theme = { weights: only({ change: 8, live: 6, create: 2, answer: 4, write: 4, release: 2 }) };

const METRICS: Theme = { weights: only({ report: 10, advance: 1, ask: 1, leap: 1, write: 1 }) };

/** What some scenarios are all about: as often as they are there. */
const THEMES: readonly Theme[] = [
  HEALTHY,
  LEAVING,
  LEAVING,
  { weights: only({ change: 8, wild: 1, advance: 1 }) },
  { weights: only({ wild: 12, create: 1, live: 1, again: 1 }) },
  METRICS,
  METRICS,
  { weights: only({ live: 8, create: 1, answer: 5, spoiled: 8, again: 2 }) },
  WRITTEN_SERVICE,
  WRITTEN_POOLS,
];

const weighed = (factors: Weights): Weights => {
  const all = KINDS.map((kind): readonly [Kind, number] => [kind, WEIGHTS[kind] * factors[kind]]);
  return only(Object.fromEntries(all));
};

/** Off, as usual, favoured. */
const FACTORS = [0, 1, 1, 4];
/** What no scenario comes to anything without is seldom left out: the themes do. */
const NEEDED_FACTORS = [1, 1, 1, 4];

const swarm: fc.Arbitrary<Theme> = fc
  .record(
    Object.fromEntries(
      KINDS.map((kind) => [
        kind,
        fc.constantFrom(...(kind === 'live' || kind === 'create' ? NEEDED_FACTORS : FACTORS)),
      ]),
    ) as Record<Kind, fc.Arbitrary<number>>,
  )
  .map((factors) => ({ weights: weighed(factors) }));

/** Half of the scenarios have a theme, the others whatever is drawn. */
export const themes: fc.Arbitrary<Theme> = fc.oneof(swarm, fc.constantFrom(...THEMES));
