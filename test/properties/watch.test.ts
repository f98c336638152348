/** Watching: what is shown, in which order, and where it ends. */
import { describe, expect, it } from 'vitest';
import { createEngine } from '../../src/engine/engine.js';
import { genesisOf } from '../../src/properties/cast.js';
import { optionsOf } from '../../src/properties/play-plan.js';
import { EngineStage, type Stage } from '../../src/properties/stage.js';
import { watch, type Scene, type Watched } from '../../src/properties/watch.js';
import type { Invariant, Seen } from '../../src/spec/invariants.js';
import { Rules } from '../../src/spec/rules.js';
import type { Genesis, Step } from '../../src/spec/steps.js';
import { A, B, buys } from '../../src/spec/witnesses/cast.js';
import { brokenByPurchases, cast, saying } from './hunting.js';

const genesis = genesisOf(cast, 0n);
const [first, second, wait] = [buys(A), buys(B), { advance: 1n }] as const;

/** The same stage, whose answers come later. */
class Later implements Stage {
  constructor(private readonly stage: Stage) {}

  get engine() {
    return this.stage.engine;
  }

  begin(from: Genesis): Promise<Seen> {
    return Promise.resolve(this.stage.begin(from));
  }

  take(step: Step): Promise<Seen | null> {
    return Promise.resolve(this.stage.take(step));
  }
}

const engineStage = (): EngineStage => new EngineStage(createEngine(optionsOf(Rules.promised)));

const STAGES: readonly (readonly [string, () => Stage])[] = [
  ['at once', engineStage],
  ['later', () => new Later(engineStage())],
];

const scene = (steps: readonly Step[], end?: Scene['end']): Scene => ({
  genesis,
  steps: () => steps.values(),
  ...(end && { end }),
});

/** Notes all that it is shown, and breaks nothing. */
const noting = () => {
  const seen: Seen[] = [];
  const invariant = saying(() => (each) => {
    seen.push(each);
    return { broken: null, spoke: 2 };
  });
  return { seen, invariant };
};

const brokenIds = ({ broken }: Watched): readonly string[] => [...broken.keys()].map(({ id }) => id);

describe.each(STAGES)('watching a stage that answers %s', (_, stageOf) => {
  it('shows the beginning, each step, and the end with what is said of it', async () => {
    const { seen, invariant } = noting();
    const end: Scene['end'] = () => ({ steps: [wait].values(), says: () => ({ unserved: ['one'] }) });
    const watched = await watch(stageOf(), scene([first, second], end), [invariant]);
    expect(seen.map(({ step }) => step)).toEqual([null, first, second, wait, null]);
    expect(seen.map(({ unserved }) => unserved)).toEqual([null, null, null, null, ['one']]);
    expect(seen.map(({ hasChanged }) => hasChanged)).toEqual([true, true, true, false, false]);
    for (const [at, { before }] of seen.entries()) expect(before).toBe(seen[Math.max(0, at - 1)]?.state);
    expect(watched).toMatchObject({ genesis, steps: [first, second, wait], uncovered: 0 });
    expect(watched.spoke.get(invariant)).toBe(10);
  });

  it('shows an end without anything that is said of it, where none is', async () => {
    const { seen, invariant } = noting();
    await watch(stageOf(), scene([first]), [invariant]);
    expect(seen.map(({ step }) => step)).toEqual([null, first]);
  });

  it('ends at the step that breaks something, and tells all that it breaks', async () => {
    const { seen, invariant } = noting();
    let isEnded = false;
    const end: Scene['end'] = () => {
      isEnded = true;
      return { steps: [wait].values(), says: () => ({}) };
    };
    const watched = await watch(stageOf(), scene([wait, first, second], end), [
      brokenByPurchases('INV-98'),
      invariant,
      brokenByPurchases('INV-99'),
    ]);
    expect(brokenIds(watched)).toEqual(['INV-98', 'INV-99']);
    expect(watched.steps).toEqual([wait, first]);
    expect(seen).toHaveLength(3);
    expect(isEnded).toBe(false);
  });

  it('takes no step where the beginning is broken', async () => {
    const atOnce = saying(() => () => ({ broken: 'at once', spoke: 1 }));
    const watched = await watch(stageOf(), scene([first]), [atOnce]);
    expect({ broken: brokenIds(watched), steps: watched.steps }).toEqual({ broken: ['INV-00'], steps: [] });
  });

  it('says nothing of the end where the steps to it break something', async () => {
    let isSaid = false;
    const says = () => {
      isSaid = true;
      return {};
    };
    const watched = await watch(
      stageOf(),
      scene([wait], () => ({ steps: [first, second].values(), says })),
      [brokenByPurchases()],
    );
    expect(watched.steps).toEqual([wait, first]);
    expect({ broken: brokenIds(watched), isSaid }).toEqual({ broken: ['INV-00'], isSaid: false });
  });

  it('tells what the end breaks', async () => {
    const served: Invariant = saying(() => ({ unserved }) => ({
      broken: unserved?.[0] ?? null,
      spoke: unserved ? 1 : 0,
    }));
    const end: Scene['end'] = () => ({
      steps: [].values(),
      says: () => Promise.resolve({ unserved: ['this', 'that'] }),
    });
    const { broken, spoke } = await watch(stageOf(), scene([first], end), [served]);
    expect({ broken: broken.get(served), spoke: spoke.get(served) }).toEqual({ broken: 'this', spoke: 1 });
  });

  it('does not show steps that could not be taken, and counts them', async () => {
    const { seen, invariant } = noting();
    const stage = stageOf();
    const take = stage.take.bind(stage);
    stage.take = (step) => (step === second ? null : take(step));
    const { steps, uncovered } = await watch(stage, scene([first, second, wait]), [invariant]);
    expect({ steps, uncovered, shown: seen.length }).toEqual({ steps: [first, wait], uncovered: 1, shown: 3 });
  });

  it('begins each scenario anew', async () => {
    const stage = stageOf();
    const { seen, invariant } = noting();
    await watch(stage, scene([first, second]), [invariant]);
    await watch(stage, scene([wait]), [invariant]);
    expect(seen[3]?.state.requests).toEqual([]);
    expect(seen[3]?.before).toBe(seen[3]?.state);
  });
});

it('answers at once where the stage does', () => {
  expect(watch(engineStage(), scene([first]), [])).not.toBeInstanceOf(Promise);
});
