/** Two players, each life on the one followed by a life on the other: how many times as long, lap by lap, with intervals. */
import { median } from '../median.js';
import { timeRatio, type TimePair, type TimeRatio } from '../time-ratio.js';
import { LAPS, type Lap, type Stage } from './stage.js';

/** A life as a whole. */
export const WHOLE = 'a whole life';
/** What is timed: the life, and each lap of it. */
export type Timed = Lap | typeof WHOLE;

export const TIMED: readonly Timed[] = [WHOLE, ...LAPS];

export interface PairedTiming {
  readonly pairs: number;
  /** Null where there were too few pairs, or times too short to be measured. */
  readonly ratios: ReadonlyMap<Timed, TimeRatio | null>;
}

/** Milliseconds that pairs are played for, and pairs at least (ten stay behind the first fifth) and at most. */
const PAIR_TIME = 2_000;
const FEWEST_PAIRS = 13;
const MOST_PAIRS = 400;
/** Milliseconds that the slower side should have to do in a pair. */
const WORTH_TIMING = 2;
const MOST_LIVES = 50;

type Laps = ReadonlyMap<Timed, number>;

/** Of each lap, and of the whole, the median of so many lives: a pause of the machine is nobody's cost. */
const played = (stage: Stage, lives: number): Laps => {
  const times = new Map<Timed, number[]>(TIMED.map((lap) => [lap, []]));
  for (let life = 0; life < lives; life += 1) {
    let whole = 0;
    stage.timed((lap, milliseconds) => {
      times.get(lap)?.push(milliseconds);
      whole += milliseconds;
    });
    times.get(WHOLE)?.push(whole);
  }
  return new Map([...times].map(([lap, all]) => [lap, median(all)]));
};

/** So many lives that the slower of both has enough to do. */
const livesOf = (old: Stage, next: Stage): number => {
  const slower = Math.max(...[old, next].map((stage) => played(stage, 1).get(WHOLE) ?? 0));
  return Math.min(MOST_LIVES, Math.max(1, Math.ceil(WORTH_TIMING / slower)));
};

/** @returns how many times as long `next` takes; who begins a pair changes with each */
export const timePairs = (old: Stage, next: Stage): PairedTiming => {
  const lives = livesOf(old, next);
  const pairs = new Map<Timed, TimePair[]>(TIMED.map((lap) => [lap, []]));
  const began = performance.now();
  let count = 0;
  while (count < FEWEST_PAIRS || (count < MOST_PAIRS && performance.now() - began < PAIR_TIME)) {
    const isOldFirst = count % 2 === 0;
    const first = played(isOldFirst ? old : next, lives);
    const second = played(isOldFirst ? next : old, lives);
    const [ofOld, ofNext] = isOldFirst ? [first, second] : [second, first];
    for (const [lap, times] of pairs) times.push({ old: ofOld.get(lap) ?? 0, next: ofNext.get(lap) ?? 0 });
    count += 1;
  }
  return { pairs: count, ratios: new Map([...pairs].map(([lap, times]) => [lap, timeRatio(times)])) };
};
