/**
 * The rate at which inclusion falls behind: rates that double until one is not borne, then bisection between the two. Each is tried
 * for some seconds with the next calls of one long plan.
 */
import { arrivalCount, arrivalTimes } from '../plan/schedule.js';
import type { Plan } from '../workload.js';
import type { SentCall } from './sent.js';

/** Doublings at most: what a chain bears beyond is not looked for. */
const DOUBLINGS = 6;
/** Between the highest rate that is borne and the lowest that is not. */
const CLOSE = 1.15;
/** Below it no rate is looked for: one call in two seconds. */
const LEAST = 0.5;

/** Blocks that a call may need into one without being behind. */
const GRACE_BLOCKS = 3;
/** Of what was offered, included within the window and its grace. */
const ENOUGH = 0.97;

/** Whole calls a second, tenths where they are few. */
const fine = (rate: number): number => (rate >= 10 ? Math.round(rate) : Math.round(10 * rate) / 10);

/** Which rate is tried next. */
export class RateSearch {
  /** The highest that was borne, and the lowest that was not; null before there is one. */
  borne: number | null = null;
  unborne: number | null = null;

  /** @param first calls a second, tried first */
  constructor(private readonly first: number) {}

  /** Null where the search is over. */
  next(): number | null {
    const { borne, unborne, first } = this;
    if (borne === null && unborne === null) return first;
    if (borne === null) return unborne !== null && unborne / 2 >= LEAST ? fine(unborne / 2) : null;
    if (unborne === null) return 2 * borne <= first * 2 ** DOUBLINGS ? 2 * borne : null;
    const middle = fine(Math.sqrt(borne * unborne));
    return unborne / borne > CLOSE && middle > borne && middle < unborne ? middle : null;
  }

  tell(rate: number, isBorne: boolean): void {
    if (isBorne) this.borne = Math.max(rate, this.borne ?? rate);
    else this.unborne = Math.min(rate, this.unborne ?? rate);
  }
}

/** Windows at the highest rate that a search may need besides those that double. */
const BISECTIONS = 5;

/** What the one plan has to be that has enough calls for a search, in terms of the first rate and a window's seconds. */
export const planSize = (first: number, seconds: number): { readonly rate: number; readonly duration: number } => ({
  rate: first * 2 ** DOUBLINGS,
  duration: (2 + BISECTIONS) * seconds,
});

/** Hands out the calls of one plan in turn. */
export class Windows {
  private used = 0;

  constructor(private readonly plan: Plan) {}

  /** The next calls, arriving at another rate; null where too few are left. */
  take(rate: number, seconds: number): Plan | null {
    const timing = { scenario: 'submit', rate, duration: seconds } as const;
    const [from, to] = [this.used, this.used + arrivalCount(timing)];
    if (to > this.plan.arrivals.length) return null;
    this.used = to;
    const times = arrivalTimes(timing);
    const arrivals = this.plan.arrivals.slice(from, to).map((each, number) => ({ ...each, at: times[number] ?? 0 }));
    return { ...this.plan, ...timing, arrivals };
  }
}

/** What one window came to. */
export interface Window {
  /** Calls a second. */
  readonly rate: number;
  readonly offered: number;
  /** Calls that the pool took. */
  readonly taken: number;
  /** Until the last call was due, and until some blocks later. */
  readonly included: number;
  readonly includedLater: number;
  /** Calls a second in blocks, until the last was due. */
  readonly includedRate: number;
  readonly isBorne: boolean;
}

/**
 * Measures a window.
 * @param begun milliseconds since 1970 at which the first call was due; null where nobody answered: then nothing is borne
 * @param seenAt when the block of an extrinsic was seen, in milliseconds since 1970; undefined where it is in none
 */
export const measured = (
  { rate, duration }: Pick<Plan, 'rate' | 'duration'>,
  sent: readonly SentCall[],
  begun: number | null,
  blockTime: number,
  seenAt: (extrinsic: SentCall['extrinsic']) => number | undefined,
): Window => {
  const end = (begun ?? NaN) + 1_000 * duration;
  const grace = GRACE_BLOCKS * blockTime;
  const seen = sent.map(({ extrinsic }) => seenAt(extrinsic) ?? Infinity);
  const until = (moment: number): number => seen.filter((at) => at <= moment).length;
  const [offered, included, includedLater] = [sent.length, until(end), until(end + grace)];
  const backlog = offered - included;
  return {
    rate,
    offered,
    taken: sent.filter(({ answer }) => answer?.answer === 'taken').length,
    included,
    includedLater,
    includedRate: included / duration,
    isBorne: backlog <= (rate * grace) / 1_000 && includedLater >= ENOUGH * offered,
  };
};
