/**
 * When calls arrive. Iteration i of k6's executor sends arrival i, so that the formula is that executor's: the constant one begins
 * its first iteration at once, the ramping one when its rate has made a whole iteration (both read in k6 1.8.1, and measured).
 */
import type { Plan } from '../workload.js';
import type { RateStep } from '../k6/workload.js';

/** What of a plan says when calls arrive. */
export type Timing = Pick<Plan, 'scenario' | 'rate' | 'duration'>;

/** A spike: shares of the duration before, in and after it, with the multiple of the rate. */
const SPIKE = [
  { share: 0.4, times: 1 },
  { share: 0.2, times: 10 },
  { share: 0.4, times: 1 },
] as const;

/** Whether calls arrive by the clock: else each waits for another, or none is sent. */
const arrives = ({ scenario }: Timing): boolean => scenario === 'submit' || scenario === 'soak' || scenario === 'spike';

/** Rates of arrival, one after the other; none where nothing arrives by the clock. */
export const rateSteps = (timing: Timing): readonly RateStep[] => {
  const { scenario, rate, duration } = timing;
  if (!arrives(timing)) return [];
  if (scenario !== 'spike') return [{ rate, seconds: duration }];
  return SPIKE.map(({ share, times }) => ({ rate: times * rate, seconds: share * duration }));
};

/** The highest rate of arrival, a second; 0 where nothing arrives by the clock. */
export const peakRate = (timing: Timing): number => Math.max(0, ...rateSteps(timing).map(({ rate }) => rate));

/** Products of decimal fractions miss whole numbers by less than this. */
const ROUNDING = 1e-6;

/** How many calls arrive. */
export const arrivalCount = (timing: Timing): number => {
  const total = rateSteps(timing).reduce((sum, { rate, seconds }) => sum + rate * seconds, 0);
  return timing.scenario === 'spike' ? Math.floor(total + ROUNDING) : Math.ceil(total - ROUNDING);
};

/** Milliseconds after the beginning, of each call in turn, in whole microseconds. */
export const arrivalTimes = (timing: Timing): readonly number[] => {
  const first = timing.scenario === 'spike' ? 1 : 0;
  const steps = rateSteps(timing);
  const times: number[] = [];
  let [at, began, made] = [0, 0, 0];
  for (let number = 0; number < arrivalCount(timing); number += 1) {
    let step = steps[at];
    while (step !== undefined && at < steps.length - 1 && number + first > made + step.rate * step.seconds + ROUNDING) {
      began += step.seconds;
      made += step.rate * step.seconds;
      at += 1;
      step = steps[at];
    }
    const seconds = began + (number + first - made) / (step?.rate ?? 1);
    times.push(Math.round(seconds * 1e6) / 1e3);
  }
  return times;
};
