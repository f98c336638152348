/**
 * Invariants can break: each bug of the lab runtime that is said to break some does, where all rules are as promised, and without a bug
 * they hold. So what the report says of a clause, an invariant and a mutant was seen.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEngine } from '../../src/engine/engine.js';
import { makeCast } from '../../src/properties/cast.js';
import { engineBeside } from '../../src/properties/differential.js';
import { plan, type Plan } from '../../src/properties/generate.js';
import { sceneOf } from '../../src/properties/hunt.js';
import { TargetStage } from '../../src/properties/stage.js';
import { watch } from '../../src/properties/watch.js';
import { invariants } from '../../src/spec/invariants.js';
import { mutants } from '../../src/spec/mutants.js';
import { Rules } from '../../src/spec/rules.js';
import { labTarget } from '../lab.js';

const [SEED, SCENARIOS, STEPS] = [7, 240, 60];
/** That are played where nothing is to be found. */
const SOME = 40;

const cast = makeCast();
const rules = Rules.promised;
const plans = fc.sample(plan(STEPS), { seed: SEED, numRuns: SCENARIOS });

/** Scenarios that showed a mutant's breaks when they were searched for: played first. The rest is played where that is not enough. */
const SEEN_AT: Readonly<Record<number, readonly number[]>> = {
  1: [0, 3],
  2: [40],
  3: [14],
  5: [6],
  6: [0],
  9: [3, 10, 20],
  10: [0, 10],
  11: [12, 35],
  13: [0, 1],
  15: [220],
  17: [40],
  18: [13],
  20: [1],
  22: [0],
  25: [25],
  28: [15, 115, 144],
  29: [1],
  30: [40],
  31: [6, 25],
  32: [31],
  33: [0],
  34: [74],
  36: [171, 204],
  39: [168],
  41: [0],
  46: [37, 74],
  48: [4, 176],
  50: [8],
  52: [0],
  58: [15, 19],
  62: [3],
  63: [24],
  66: [5],
};

const planned = (mutant: number): readonly Plan[] => {
  const first = (SEEN_AT[mutant] ?? []).flatMap((at) => plans[at] ?? []);
  return [...first, ...plans.filter((each) => !first.includes(each))];
};

/** Which of these invariants break, until all did. */
const brokenBy = async (mutant: number, ids: readonly string[], scenes: readonly Plan[]): Promise<string[]> => {
  const target = labTarget({ rules, mutant });
  const stage = new TargetStage(target, createEngine(engineBeside(rules, target)));
  const broken = new Set<string>();
  for (const each of scenes) {
    if (broken.size === ids.length) break;
    const left = invariants.filter(({ id }) => ids.includes(id) && !broken.has(id));
    for (const invariant of (await watch(stage, sceneOf(cast, each), left)).broken.keys()) broken.add(invariant.id);
  }
  target.close();
  return [...broken].toSorted();
};

describe('a mutant that breaks invariants', () => {
  const breaking = mutants.filter(({ breaks }) => breaks.length > 0);

  it.each(breaking.map(({ number, name, breaks }) => [number, name, breaks] as const))(
    'is shown by them: %i, %s',
    async (number, _, breaks) => {
      expect(await brokenBy(number, breaks, planned(number))).toEqual([...breaks].toSorted());
    },
  );

  it('is no few of them, and no few invariants break', () => {
    expect(breaking.length).toBeGreaterThanOrEqual(30);
    const broken = new Set(breaking.flatMap(({ breaks }) => breaks));
    expect(broken.size).toBeGreaterThanOrEqual(18);
    expect(invariants.map(({ id }) => id)).toEqual(expect.arrayContaining([...broken]));
  });
});

describe('without a mutant', () => {
  it('all of them hold in the same scenarios', async () => {
    const seen = [...new Set(Object.values(SEEN_AT).flat())].flatMap((at) => plans[at] ?? []);
    const all = invariants.map(({ id }) => id);
    expect(await brokenBy(0, all, [...seen, ...plans.slice(0, SOME)])).toEqual([]);
  });
});
