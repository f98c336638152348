/**
 * What a life costs: as a whole, sampled by benny (benchmark.js), and lap by lap. Two timings, because a clock that is read
 * around each call would be part of what benny times (40 ns a reading, calls take from 1 us on).
 */
import benny from 'benny';
import { CALLS_OF_A_LIFE, LAPS, type Lap, type Stage } from './stage.js';

export interface LifeTiming {
  /** Calls a second, the opening of blocks included. */
  readonly callsPerSecond: number;
  /** Half the width of benny's interval, in per cent. */
  readonly margin: number;
  /** Samples that benny took. */
  readonly samples: number;
}

export interface LapTiming {
  /** Milliseconds: the median, and the quartiles around it. */
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Seconds of sampling, and samples at least. */
const SAMPLING = { maxTime: 1, minSamples: 5, initCount: 1 };
/** Milliseconds that laps are timed for, and lives at least and at most. */
const LAP_TIME = 500;
const FEWEST_LIVES = 5;
const MOST_LIVES = 5_000;

/** benny prints what it runs, which is for reports to say. */
const silently = async <T>(body: () => Promise<T>): Promise<T> => {
  const { log } = console;
  console.log = () => undefined;
  try {
    return await body();
  } finally {
    console.log = log;
  }
};

/** Samples lives for about a second. It can't be interrupted meanwhile. */
export const timeLives = async (stage: Stage): Promise<LifeTiming> => {
  const { results } = await silently(() =>
    benny.suite(
      'lives',
      benny.add('a life', () => stage.play(), SAMPLING),
    ),
  );
  const [result] = results;
  if (result === undefined) throw new Error('benny told nothing of the one case that it was given');
  const { details, samples } = result;
  return {
    callsPerSecond: CALLS_OF_A_LIFE / details.mean,
    margin: details.relativeMarginOfError,
    samples,
  };
};

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;

/** Times each lap of many lives. */
export const timeLaps = (stage: Stage): { readonly lives: number; readonly laps: ReadonlyMap<Lap, LapTiming> } => {
  const times = new Map<Lap, number[]>(LAPS.map((lap) => [lap, []]));
  const began = performance.now();
  let lives = 0;
  while (lives < FEWEST_LIVES || (lives < MOST_LIVES && performance.now() - began < LAP_TIME)) {
    stage.timed((lap, milliseconds) => times.get(lap)?.push(milliseconds));
    lives += 1;
  }
  const laps = new Map<Lap, LapTiming>();
  for (const [lap, all] of times) {
    if (all.length === 0) continue;
    const sorted = all.toSorted((left, right) => left - right);
    laps.set(lap, { median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75) });
  }
  return { lives, laps };
};
