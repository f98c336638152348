/** The search for the rate at which inclusion falls behind, and what makes a rate one that is borne. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planLoad } from '../../src/load/plan/plan.js';
import { measured, planSize, RateSearch, Windows } from '../../src/load/run/saturation.js';
import { BEGUN, sent } from './run-chain.js';

/** Rates that are tried on a chain that bears up to a limit. */
const searched = (first: number, limit: number): { readonly tried: readonly number[]; readonly search: RateSearch } => {
  const search = new RateSearch(first);
  const tried: number[] = [];
  for (let rate = search.next(); rate !== null; rate = search.next()) {
    tried.push(rate);
    search.tell(rate, rate <= limit);
  }
  return { tried, search };
};

describe('the search for the rate that is borne', () => {
  it('doubles until a rate is not borne, then closes in', () => {
    expect(searched(25, 260).tried).toEqual([25, 50, 100, 200, 400, 283, 238, 260]);
  });

  it('goes down where the first is not borne, and up six times at most', () => {
    expect(searched(8, 3).tried.slice(0, 3)).toEqual([8, 4, 2]);
    expect(searched(8, 0).tried).toEqual([8, 4, 2, 1, 0.5]);
    expect(searched(1, 1e9).tried).toEqual([1, 2, 4, 8, 16, 32, 64]);
  });

  it('ends within 15 %, in few steps, and the plan has calls for all of them', () => {
    const first = fc.integer({ min: 1, max: 100 });
    fc.assert(
      fc.property(first, fc.double({ min: 0.01, max: 63, noNaN: true }), (from, times) => {
        const limit = from * times;
        const { tried, search } = searched(from, limit);
        const { borne, unborne } = search;
        expect(new Set(tried).size).toBe(tried.length);
        if (borne !== null) expect(borne).toBeLessThanOrEqual(limit);
        if (borne !== null && unborne !== null && unborne >= 20) expect(unborne / borne).toBeLessThanOrEqual(1.16);
        const { rate, duration } = planSize(from, 1);
        expect(tried.reduce((sum, each) => sum + Math.ceil(each), 0)).toBeLessThanOrEqual(rate * duration);
      }),
    );
  });
});

describe('the calls of one plan', () => {
  const plan = planLoad({ scenario: 'submit', users: 2, rate: 50, duration: 2, seed: 1, requests: 0, queue: 0 });

  it('are handed out in turn at whatever rate, as long as there are enough', () => {
    const windows = new Windows(plan);
    const [one, two, three] = [windows.take(10, 4), windows.take(20, 2), windows.take(21, 1)];
    expect(one).toMatchObject({ rate: 10, duration: 4, scenario: 'submit' });
    expect(one?.arrivals.slice(0, 3).map(({ at }) => at)).toEqual([0, 100, 200]);
    const calls = [...(one?.arrivals ?? []), ...(two?.arrivals ?? [])].map(({ at: _, ...call }) => call);
    expect(calls).toEqual(plan.arrivals.slice(0, 80).map(({ at: _, ...call }) => call));
    expect(two?.arrivals[1]?.at).toBe(50);
    expect(three).toBe(null);
  });
});

describe('a window', () => {
  /** Ten calls a second for four seconds; each is seen in a block so many milliseconds after it was due. */
  const after = (delay: (number: number) => number | undefined) =>
    measured({ rate: 10, duration: 4 }, sent, BEGUN, 1_000, (extrinsic) => {
      const number = sent.findIndex((each) => each.extrinsic === extrinsic);
      const late = delay(number);
      return late === undefined ? undefined : (sent[number]?.due ?? 0) + late;
    });

  it('is borne where what is behind fits into three blocks', () => {
    expect(after(() => 1_000)).toMatchObject({
      offered: 40,
      taken: 40,
      included: 31,
      includedLater: 40,
      isBorne: true,
    });
    expect(after(() => 1_000).includedRate).toBeCloseTo(7.75);
  });

  it('is not where more is behind, or too much is never included', () => {
    expect(after(() => 3_200)).toMatchObject({ included: 9, isBorne: false });
    expect(after((number) => (number % 20 === 0 ? undefined : 100)).isBorne).toBe(false);
    expect(after((number) => (number === 0 ? undefined : 100)).isBorne).toBe(true);
  });

  it('is not where nobody answered', () => {
    expect(measured({ rate: 10, duration: 4 }, sent, null, 1_000, () => BEGUN).isBorne).toBe(false);
  });
});
