/** What all invariants have in common. */
import { describe, expect, it } from 'vitest';
import { invariants } from '../../../src/spec/invariants.js';
import { deviationRules } from '../../../src/spec/rules.js';
import { lives, show } from './scene.js';

/** Those that are told at a scenario's end alone. */
const AT_THE_END = ['INV-33', 'INV-34'];

describe('invariants', () => {
  it('are numbered from 1, none left out', () => {
    const numbers = invariants.map((_, at) => `INV-${String(at + 1).padStart(2, '0')}`);
    expect(invariants.map(({ id }) => id)).toEqual(numbers);
  });

  it('name rules that there are, in their order, each once', () => {
    for (const { id, brokenBy } of invariants) {
      expect({ id, brokenBy }).toEqual({ id, brokenBy: deviationRules.filter((rule) => brokenBy.includes(rule)) });
    }
  });

  it.each(invariants.filter(({ id }) => !AT_THE_END.includes(id)))(
    '$id, $name: has something to say where nothing is wrong, and holds',
    (invariant) => {
      const { broken, earlier, spoke } = show(invariant, lives());
      expect({ broken, earlier }).toEqual({ broken: null, earlier: [] });
      expect(spoke).toBeGreaterThan(0);
    },
  );

  it.each(invariants.filter(({ id }) => AT_THE_END.includes(id)))('$id says nothing before the end', (invariant) => {
    expect(show(invariant, lives())).toEqual({ broken: null, earlier: [], spoke: 0 });
  });
});
