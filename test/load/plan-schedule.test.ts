/** Arrivals are planned for when the executors of k6 1.8.1 begin their iterations, which is written down here a second time. */
import { describe, expect, it } from 'vitest';
import { optionsOf } from '../../src/load/k6/options.js';
import { k6Workload } from '../../src/load/plan/k6-workload.js';
import { planLoad, type PlanOptions } from '../../src/load/plan/plan.js';
import type { Plan } from '../../src/load/workload.js';
import { small } from './plan-options.js';

const milliseconds = (text: string): number => Number(text.replace(/ms$/, '').replace(/^(\d+)s$/, '$1000'));

/** Iteration i begins when `rate * t` is i, as long as the time is not over. */
const constant = (rate: number, timeUnit: string, duration: string): number[] => {
  const period = milliseconds(timeUnit) / rate;
  return Array.from({ length: Math.ceil(milliseconds(duration) / period - 1e-9) }, (_, number) => number * period);
};

/** Iteration i begins when the area under the rates is i + 1. */
const stepped = (stages: readonly { duration: string; target: number }[], timeUnit: string): number[] => {
  const times: number[] = [];
  let [began, made] = [0, 0];
  for (const { duration, target } of stages) {
    const long = milliseconds(duration);
    const rate = target / milliseconds(timeUnit);
    for (let next = times.length + 1; next <= made + rate * long; next += 1) times.push(began + (next - made) / rate);
    made += rate * long;
    began += long;
  }
  return times;
};

const begins = (plan: Plan): readonly number[] => {
  const signed: Plan = { ...plan, arrivals: plan.arrivals.map((each) => ({ ...each, extrinsic: '0x00' })) };
  const chain = { blockTime: 200, blockWeight: { key: '0x', maxRefTime: 1, maxProofSize: 1 } };
  const executor = optionsOf(k6Workload(signed, chain).head, []).scenarios.submit;
  if (executor?.executor === 'constant-arrival-rate')
    return constant(executor.rate, executor.timeUnit ?? '1s', executor.duration);
  if (executor?.executor !== 'ramping-arrival-rate') throw new Error('expected an arrival rate');
  return stepped(executor.stages, executor.timeUnit ?? '1s');
};

describe('arrival number i is planned for when iteration number i begins', () => {
  it.each<[string, Partial<PlanOptions>]>([
    ['at a constant rate', {}],
    ['at a rate that is no whole number', { rate: 7.125, duration: 11 }],
    ['at less than one a second', { rate: 0.5, duration: 9 }],
    ['in a soak', { scenario: 'soak', rate: 33 }],
    ['in a spike', { scenario: 'spike' }],
    ['in a spike whose steps end within an arrival', { scenario: 'spike', rate: 3.3, duration: 7 }],
    ['in a spike that is over at once', { scenario: 'spike', rate: 1, duration: 1 }],
  ])('%s', (_, options) => {
    const plan = planLoad({ ...small, ...options });
    const times = begins(plan);
    // One more than planned sends nothing.
    expect([0, 1]).toContain(times.length - plan.arrivals.length);
    for (const [number, { at }] of plan.arrivals.entries()) expect(Math.abs(at - (times[number] ?? 0))).toBeLessThan(1);
  });

  it('a spike has ten times the rate in the middle fifth', () => {
    const { arrivals } = planLoad({ ...small, scenario: 'spike', rate: 100, duration: 10 });
    const within = (from: number, to: number) => arrivals.filter(({ at }) => at > from && at <= to).length;
    expect([within(0, 4_000), within(4_000, 6_000), within(6_000, 10_000)]).toEqual([400, 2_000, 400]);
  });
});
