/** What growth finds in the lab runtime is what BEHAVIOUR.md says, call by call and axis by axis. */
import { describe, expect, it } from 'vitest';
import { MEASURES } from '../../src/load/growth/cost.js';
import { growing, survey, type Growth } from '../../src/load/growth/survey.js';
import { AXES } from '../../src/load/sized-state.js';
import { labScope, labTarget } from '../lab.js';
import { growthByHand } from './growth-classes.js';

const SIZES = [1, 10, 100, 300];

const measured = await survey({
  target: labTarget(),
  calls: new Set(labScope.calls),
  sizes: [],
  tours: 0,
  moreSizes: SIZES,
  goesOn: () => Promise.resolve(true),
});

const at = (part: string, axis: string): Growth | undefined =>
  measured.growths.find((growth) => growth.part === part && growth.axis === axis);

describe('the table by hand', () => {
  it('has every part that was measured, and every part was measured on every axis', () => {
    expect(measured.failed).toEqual([]);
    expect(new Set(measured.growths.map(({ part }) => part))).toEqual(new Set(growthByHand.keys()));
    expect(measured.growths).toHaveLength(growthByHand.size * AXES.length);
  });

  it.each([...growthByHand])('says how %s grows', (part, byHand) => {
    for (const axis of AXES) {
      const growth = at(part, axis);
      const linear = byHand.linear[axis] ?? [];
      const found = growth && growing(growth);
      expect(found, axis).toEqual(MEASURES.filter((measure) => linear.includes(measure)));
      for (const measure of MEASURES) {
        const fit = growth?.counted[measure].fit;
        expect(fit?.isExact, `${axis} ${measure}`).toBe(true);
        expect(fit?.class, `${axis} ${measure}`).toBe(linear.includes(measure) ? 'linear' : 'constant');
      }
      expect(growth?.counted.reads.fit.slope, axis).toBeCloseTo(byHand.readsPer?.[axis] ?? 0, 6);
    }
  });
});
