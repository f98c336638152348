/** Limits on growth: how they are written, what is beyond them, and that as much as allowed is allowed. */
import { describe, expect, it } from 'vitest';
import type { MEASURES } from '../../src/load/growth/cost.js';
import { type Cost } from '../../src/load/growth/cost.js';
import { fitExact } from '../../src/load/growth/fit.js';
import { beyondLimits, parseBudget, type Limits } from '../../src/load/growth/limits.js';
import type { Growth } from '../../src/load/growth/survey.js';

const SIZES = [1, 10, 100, 1_000];

/** A call with 10 reads and 2 more for each request, and bytes that are 100 times as many. */
const growth: Growth = (() => {
  const costAt = (size: number): Cost => ({
    reads: 10 + 2 * size,
    writes: 7,
    'bytes read': 100 * (10 + 2 * size),
    'bytes written': 700,
  });
  const course = (measure: (typeof MEASURES)[number]) => {
    const points = SIZES.map((size) => [size, costAt(size)[measure]] as const);
    return { points, fit: fitExact(points, 0.5) };
  };
  return {
    part: 'Compute.request_compute_stop',
    axis: 'requests',
    counted: {
      reads: course('reads'),
      writes: course('writes'),
      'bytes read': course('bytes read'),
      'bytes written': course('bytes written'),
    },
    time: null,
    costs: new Map(SIZES.map((size) => [size, costAt(size)])),
  };
})();

const found = (limits: Partial<Limits>) => beyondLimits([growth], { failAbove: undefined, budgets: [], ...limits });
const budget = (text: string) => found({ budgets: [parseBudget(text)] });

describe('a budget', () => {
  it('is written as people write counts, for all calls or for one', () => {
    expect(parseBudget('reads=100@10k')).toEqual({
      text: 'reads=100@10k',
      call: null,
      measure: 'reads',
      most: 100,
      size: 10_000,
    });
    expect(parseBudget('request_compute_stop:bytes=1.5M@1e3')).toMatchObject({
      call: 'request_compute_stop',
      measure: 'bytes',
      most: 1_500_000,
      size: 1_000,
    });
    expect(parseBudget('Compute.request_compute_stop:writes=0@1')).toMatchObject({ measure: 'writes', most: 0 });
  });

  it.each([
    ['', /^--budget : expected one of reads, writes, bytes, then "=".* such as reads=100@10k/],
    ['reads=100', /came "reads=100"$/],
    ['seconds=1@10', /expected one of reads, writes, bytes/],
    ['reads=many@10', /^--budget reads=many@10, reads: expected a whole number up to .*, came "many"$/],
    ['reads=1@large', /size: expected a whole number up to 200000, .*, came "large"$/],
    ['reads=1@1M', /size: expected a whole number up to 200000/],
    ['reads=1@0', /expected a size from 1 on, came "0"$/],
    ['Compute.stop:reads=1@10', /expected the name of a call, .*, came "Compute.stop": one of Compute/],
  ])('%j is refused with what was expected', (text, message) => {
    expect(() => parseBudget(text)).toThrow(message);
  });

  it('that is met to the last operation passes, one less does not', () => {
    expect(budget('reads=210@100')).toEqual([]);
    expect(budget('reads=209@100')).toEqual([
      {
        id: 'growth/Compute.request_compute_stop/requests/reads@100',
        kind: 'growth',
        part: 'Compute.request_compute_stop',
        sentence:
          '`Compute.request_compute_stop` takes 210 reads at 100 requests, more than its budget of 209 (--budget reads=209@100); it is beyond from 100 requests on',
        status: 'open',
      },
    ]);
  });

  it('says from which size on the call is beyond it', () => {
    expect(budget('reads=49@1k')[0]?.sentence).toMatch(/takes 2 010 reads at 1 000 requests, .*from 20 requests on$/);
    expect(budget('writes=6@10')[0]?.sentence).toMatch(/takes 7 writes .*from 1 request on$/);
  });

  it('of bytes is of those read and those written together', () => {
    expect(budget(`bytes=${100 * 210 + 700}@100`)).toEqual([]);
    expect(budget(`bytes=${100 * 210 + 699}@100`)).toHaveLength(1);
  });

  it('for a call is for no other, with or without its pallet', () => {
    expect(budget('request_compute_boot:reads=1@10')).toEqual([]);
    expect(budget('request_compute_stop:reads=1@10')).toHaveLength(1);
    expect(budget('Compute.request_compute_stop:reads=1@10')).toHaveLength(1);
  });
});

describe('a class that no call may pass', () => {
  it('is passed by what grows faster, each measure by itself, and not by what grows as fast', () => {
    expect(found({ failAbove: 'quadratic' })).toEqual([]);
    expect(found({ failAbove: 'linear' })).toEqual([]);
    const open = found({ failAbove: 'logarithmic' });
    expect(open.map(({ id }) => id)).toEqual(
      ['reads', 'bytes-read'].map((measure) => `growth/Compute.request_compute_stop/requests/${measure}`),
    );
    expect(open[0]?.sentence).toBe(
      '`Compute.request_compute_stop`: reads grow with requests: 10 + 2 per request, which is linear, faster than logarithmic (--fail-above logarithmic): 2 010 at 1 000 requests',
    );
  });
});
