/** Hunts: nothing breaks as promised; each deviation alone breaks what names it, and nothing else; what is found comes again. */
import { describe, expect, it } from 'vitest';
import { createEngine } from '../../src/engine/engine.js';
import { playFor, shortestBreak, watchNow } from '../../src/properties/hunt.js';
import { optionsOf } from '../../src/properties/play-plan.js';
import { EngineStage } from '../../src/properties/stage.js';
import { invariants } from '../../src/spec/invariants.js';
import { deviationRules, Rules } from '../../src/spec/rules.js';
import { always, brokenByPurchases, byId, cast, huntFor, saying } from './hunting.js';

/** Scenarios of each hunt for what a deviation breaks alone. What is rarer is shown by `broken-alone.ts`. */
const RUNS = 150;

/** What such a hunt finds, under its seed. */
const FOUND: Readonly<Record<string, readonly string[]>> = {
  'DEV-02': ['INV-25'],
  'DEV-03': ['INV-01'],
  'DEV-06': ['INV-33'],
  'DEV-07': ['INV-10'],
  'DEV-08': ['INV-28'],
  'DEV-09': ['INV-29'],
  'DEV-10': ['INV-28'],
  'DEV-11': ['INV-26'],
  'DEV-16': ['INV-12'],
  'DEV-17': ['INV-02', 'INV-33'],
  'DEV-19': ['INV-13'],
  'DEV-20': ['INV-09', 'INV-33'],
  'DEV-21': ['INV-06'],
  'DEV-26': ['INV-31'],
  'DEV-27': ['INV-31'],
  'DEV-28': ['INV-32'],
};

describe('a hunt', () => {
  it('finds nothing where all is promised, and most invariants have something to say', async () => {
    const { breaks, spoke, scenarios } = await huntFor({ runs: 400 });
    expect(breaks).toEqual([]);
    expect(scenarios).toBe(400);
    const silent = invariants.filter((each) => !spoke.has(each)).map(({ id }) => id);
    // Only what is played twice tells of determinism.
    expect(silent).toEqual(['INV-34']);
  });

  it.each(deviationRules)('where %s alone is deployed finds what names it, and nothing else', async (rule) => {
    const { breaks } = await huntFor({ rules: Rules.promised.with(rule, 'deployed'), runs: RUNS });
    const found = breaks.map(({ invariant }) => invariant.id);
    const listed = invariants.filter(({ brokenBy }) => brokenBy.includes(rule)).map(({ id }) => id);
    expect(found.filter((id) => !listed.includes(id))).toEqual([]);
    expect(found).toEqual(expect.arrayContaining([...(FOUND[rule] ?? [])]));
  });

  it('is the same again with the same seed, and begins with a scenario by its number', async () => {
    const watched = [byId('INV-12'), byId('INV-28')];
    const first = await huntFor({ rules: Rules.deployed, invariants: watched });
    const again = await huntFor({ rules: Rules.deployed, invariants: watched });
    const told = ({ breaks, ...rest }: typeof first) => ({
      ...rest,
      breaks: breaks.map(({ invariant: { id }, broken, run, after }) => ({ id, broken, run, after })),
    });
    expect(told(again)).toEqual(told(first));
    expect(first.breaks).toHaveLength(2);
    for (const { invariant, broken, run } of first.breaks) {
      const one = await huntFor({ rules: Rules.deployed, invariants: [invariant], path: String(run), runs: 1 });
      expect(one.breaks).toMatchObject([{ broken, run: 0 }]);
    }
  });

  it('watches what broke no longer, and goes on with the others', async () => {
    const shown = new Map<string, number>();
    const counting = (id: string, breaks: boolean) =>
      saying(() => {
        shown.set(id, (shown.get(id) ?? 0) + 1);
        return () => ({ broken: breaks ? 'at once' : null, spoke: 1 });
      }, id);
    const { breaks, scenarios } = await huntFor({
      invariants: [counting('INV-98', true), counting('INV-99', false)],
      runs: 5,
    });
    expect(breaks.map(({ invariant: { id }, run, after }) => ({ id, run, after }))).toEqual([
      { id: 'INV-98', run: 0, after: 0 },
    ]);
    expect([...shown]).toEqual([
      ['INV-98', 1],
      ['INV-99', 5],
    ]);
    expect(scenarios).toBe(5);
  });

  it('ends early when it is interrupted', async () => {
    expect(await huntFor({ signal: AbortSignal.abort() })).toMatchObject({ breaks: [], scenarios: 0, steps: 0 });
  });
});

describe('what a hunt found', () => {
  it('is made as short as it goes, and breaks the invariant by itself', async () => {
    const { breaks } = await huntFor({ rules: Rules.deployed, invariants: [byId('INV-09')] });
    const [found] = breaks;
    if (found === undefined) throw new Error('nothing was found');
    const shortest = await shortestBreak(Rules.deployed, cast, found);
    if (shortest === null) throw new Error('it did not come again');
    const play = playFor(Rules.deployed, cast, found.invariant);
    for (const at of shortest.steps.keys()) {
      const commands = shortest.steps.toSpliced(at, 1).map(always);
      // What is left out may break it all the same, later, in what miners do at the end: that is no shorter.
      const { failure, steps } = await play({ ...shortest.plan, commands });
      expect(failure === null || steps.length >= shortest.steps.length).toBe(true);
    }
    const again = await play(shortest.plan);
    expect(again).toEqual({ genesis: shortest.genesis, steps: shortest.steps, failure: shortest.failure });
  });

  it('is null where it does not come again', async () => {
    const { breaks } = await huntFor({ rules: Rules.deployed, invariants: [byId('INV-09')] });
    const [found] = breaks;
    if (found === undefined) throw new Error('nothing was found');
    expect(await shortestBreak(Rules.promised, cast, found)).toBeNull();
  });

  it('ends at the step that broke it, and no healthy world serves what is left', async () => {
    const { breaks } = await huntFor({ invariants: [brokenByPurchases()] });
    const [found] = breaks;
    if (found === undefined) throw new Error('nothing was found');
    const stage = new EngineStage(createEngine(optionsOf(Rules.promised)));
    const { steps } = watchNow(stage, cast, found.plan, [found.invariant]);
    const last = steps.at(-1);
    expect(last && 'call' in last && last.call.name).toBe('Marketplace.purchase_plan');
  });
});
