/** Curves through points: each class is told from the others, counts exactly and times through their noise. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fitExact,
  fitNoisy,
  GROWTH_CLASSES,
  growsFaster,
  smallestSize,
  valueAt,
  type Fit,
  type GrowthClass,
  type Point,
} from '../../src/load/growth/fit.js';
import { formulaText, numberText, sizeText } from '../../src/load/growth/formula.js';

const SIZES = [1, 10, 100, 1_000, 10_000];
const OPERATION = 0.5;

const grown: Readonly<Record<GrowthClass, (size: number) => number>> = {
  constant: () => 0,
  logarithmic: (size) => Math.log2(size),
  linear: (size) => size,
  quadratic: (size) => size * size,
};

const points = (make: (size: number) => number, sizes: readonly number[] = SIZES): Point[] =>
  sizes.map((size) => [size, make(size)]);

/** Of operations. */
const exact = (make: (size: number) => number, sizes = SIZES): Fit => fitExact(points(make, sizes), OPERATION);

const classes = fc.constantFrom(...GROWTH_CLASSES);
const GROWING = ['logarithmic', 'linear', 'quadratic'] as const;

/** Sets of sizes as people would give them. */
const sizeSets = fc
  .uniqueArray(fc.integer({ min: 1, max: 30_000 }), { minLength: 5, maxLength: 8 })
  .map((sizes) => sizes.toSorted((left, right) => left - right))
  .filter((sizes) => (sizes.at(-1) ?? 0) > 8 * (sizes[0] ?? 0));

describe('the curve of counts', () => {
  it('is found for any constant and any slope, at any sizes', () => {
    fc.assert(
      fc.property(
        classes,
        fc.nat(5_000),
        fc.integer({ min: 1, max: 5_000 }),
        sizeSets,
        (of, constant, slope, sizes) => {
          const fit = exact((size) => constant + slope * grown[of](size), sizes);
          expect(fit).toMatchObject({ class: of, isExact: true });
          // Between the points, where nothing was measured.
          const between = Math.round(((sizes[0] ?? 0) + (sizes.at(-1) ?? 0)) / 2);
          const truth = constant + slope * grown[of](between);
          expect(Math.abs(valueAt(fit, between) - truth)).toBeLessThan(1 + truth * 1e-6);
        },
      ),
      // The small sizes beside the squares of large ones.
      { examples: [['quadratic', 0, 642, [1, 13, 14, 29_980, 29_989, 29_998]]] },
    );
  });

  it('goes on beyond the points', () => {
    fc.assert(
      fc.property(fc.constantFrom('linear', 'quadratic'), fc.nat(500), fc.integer({ min: 1, max: 50 }), (of, a, b) => {
        const fit = exact((size) => a + b * grown[of](size));
        const beyond = a + b * grown[of](50_000);
        expect(Math.abs(valueAt(fit, 50_000) - beyond) / beyond).toBeLessThan(1e-6);
      }),
    );
  });

  it('may have a linear part beside its quadratic one', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.integer({ min: -3, max: 50 }), fc.integer({ min: 2, max: 50 }), (a, b, c) => {
        const fit = exact((size) => a + b * size + c * size * size);
        expect(fit).toMatchObject({ class: 'quadratic', isExact: true });
        expect([fit.besides, fit.slope]).toEqual([expect.closeTo(b, 1), expect.closeTo(c, 3)]);
      }),
    );
  });

  it('is of the same class with more on top, and never slower with more for each entry', () => {
    fc.assert(
      fc.property(classes, fc.integer({ min: 1, max: 99 }), fc.nat(999), fc.nat(99), (of, slope, more, each) => {
        const make = (size: number): number => slope * grown[of](size);
        const before = exact(make).class;
        expect(exact((size) => make(size) + more).class).toBe(before);
        const after = exact((size) => make(size) + each * size).class;
        expect(growsFaster(before, after)).toBe(false);
      }),
    );
  });

  it('bears as much as its slack and no more', () => {
    const lengths = points((size) => 500 + 127 * size + (size >= 64 ? 1 : 0));
    expect(fitExact(lengths, 12)).toMatchObject({ class: 'linear', isExact: true });
    expect(exact((size) => (size > 5 ? 90 : 40)).isExact).toBe(false);
  });

  it('is the nearest one, and says so, where none goes through the points', () => {
    const sorted = exact((size) => 20 + size * Math.log2(size + 1));
    expect(sorted).toMatchObject({ class: 'linear', isExact: false });
    expect(formulaText(sorted, 'requests')).toMatch(/^about -?\d/);
  });

  it('does not grow downwards', () => {
    expect(exact((size) => 100_000 - size).class).toBe('constant');
  });
});

describe('the curve of times', () => {
  /** Shares of up to 5 % up and down. */
  const noise = fc.array(fc.double({ min: -0.05, max: 0.05, noNaN: true }), { minLength: 5, maxLength: 5 });
  const noisy = (make: (size: number) => number, shares: readonly number[]): Point[] =>
    points(make).map(([size, value], at) => [size, value * (1 + (shares[at] ?? 0))]);
  /** Microseconds at the smallest size. */
  const constants = fc.integer({ min: 5, max: 10_000 });
  /** How many times as long it takes at the largest size. */
  const LEAST: Readonly<Record<(typeof GROWING)[number], number>> = { logarithmic: 4, linear: 4, quadratic: 40 };

  it('is told apart through 5 % of noise, where there is growth to tell', () => {
    fc.assert(
      fc.property(fc.constantFrom(...GROWING), constants, fc.nat(1_000), noise, (of, constant, more, shares) => {
        const times = LEAST[of] + more * (of === 'logarithmic' ? 0.01 : 1);
        const slope = (constant * (times - 1)) / grown[of](10_000);
        expect(fitNoisy(noisy((size) => constant + slope * grown[of](size), shares)).class).toBe(of);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is constant where growth is below the noise', () => {
    fc.assert(
      fc.property(classes, constants, noise, (of, constant, shares) => {
        const slope = of === 'constant' ? 0 : (constant * 0.5) / grown[of](10_000);
        expect(fitNoisy(noisy((size) => constant + slope * grown[of](size), shares)).class).toBe('constant');
      }),
    );
  });

  it('does not follow one point that is off', () => {
    expect(fitNoisy(points((size) => (size === 10_000 ? 90 : 50))).class).toBe('constant');
    expect(fitNoisy(points((size) => (50 + size / 10) * (size === 10_000 ? 2.5 : 1))).class).toBe('linear');
  });

  it('has the same class in any unit', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { minLength: 5, maxLength: 5 }),
        fc.constantFrom(1e-3, 1e3),
        (values, unit) => {
          const of = (factor: number): GrowthClass =>
            fitNoisy(values.map((value, at) => [SIZES[at] ?? 1, value * factor])).class;
          expect(of(unit)).toBe(of(1));
        },
      ),
    );
  });

  it('of nothing is constant', () => {
    expect(fitNoisy(points(() => 0))).toMatchObject({ class: 'constant', constant: 0 });
    expect(fitNoisy([])).toMatchObject({ class: 'constant' });
  });
});

describe('the smallest size beyond a limit', () => {
  it('is beyond, and the one before it is not', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), (limit) => {
        expect(smallestSize((size) => size >= limit)).toBe(limit);
      }),
    );
  });

  it('is none where nothing is beyond', () => {
    expect(smallestSize(() => false)).toBeNull();
  });
});

describe('a formula', () => {
  const fit = (of: GrowthClass, constant: number, slope: number, besides = 0): Fit => ({
    class: of,
    constant,
    slope,
    besides,
    isExact: true,
  });

  it.each([
    [fit('constant', 29, 0), '29'],
    [fit('logarithmic', 3, 1.5), '3 + 1.5 per doubling of the IPs'],
    [fit('linear', 1_454, 474), '1 454 + 474 per IP'],
    [fit('quadratic', 2, 0.5), '2 + 0.5 per IP squared'],
    [fit('quadratic', 2, 1, -3), '2 - 3 per IP + 1 per IP squared'],
    [{ ...fit('linear', 1, 2), isExact: false }, 'about 1 + 2 per IP'],
  ])('is read as a person would write it (%#)', (of, text) => {
    expect(formulaText(of, 'ips')).toBe(text);
  });

  it('has sizes with what they are of', () => {
    expect([sizeText('queue', 1), sizeText('queue', 10_000)]).toEqual(['1 queue entry', '10 000 queue entries']);
    expect([numberText(0.005), numberText(9.876), numberText(12.3)]).toEqual(['0.01', '9.88', '12']);
  });
});
