/** The search: how far it goes, what ends it, and that it says the same each time. */
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/properties/generate.js';
import { search, type Searched, type SearchOptions, type Tried } from '../../src/properties/search.js';
import type { RunEvent } from '../../src/spec/run-events.js';

interface Told extends Searched {
  readonly events: readonly RunEvent[];
  readonly plans: readonly Plan[];
}

const passing = (): Tried => ({ steps: 2, passed: true });

const run = async (
  options: Partial<SearchOptions> = {},
  tryScenario: (tried: number) => Tried = passing,
): Promise<Told> => {
  const events: RunEvent[] = [];
  const plans: Plan[] = [];
  const searched = await search(
    'a suite',
    { seed: 1, runs: 25, maxSteps: 10, out: '', emit: (event) => void events.push(event), now: () => 0, ...options },
    (each) => {
      plans.push(each);
      return tryScenario(plans.length);
    },
  );
  return { ...searched, events, plans };
};

/** A clock on which every look takes a millisecond. */
const ticking = (): (() => number) => {
  let time = 0;
  return () => (time += 1);
};

const textOf = ({ nextRequestId, commands }: Plan): string => `${nextRequestId}: ${commands.map(String).join('; ')}`;

describe('a search', () => {
  it('tries as many scenarios as it is asked for, and counts their steps', async () => {
    expect(await run()).toMatchObject({ found: null, scenarios: 25, steps: 50, ended: null });
  });

  it('ends with the first that fails, as it was generated, and its path leads there', async () => {
    const { found, plans } = await run({}, (tried) => ({ steps: 2, passed: tried < 8 }));
    expect(found).toMatchObject({ seed: 1, path: '7', shrinks: 0 });
    expect(plans).toHaveLength(8);
    expect(found?.plan).toBe(plans[7]);
    const again = await run({ path: '7' }, () => ({ steps: 2, passed: false }));
    expect(again.plans.map(textOf)).toEqual(plans.slice(7).map(textOf));
  });

  it('ends when its time is over, though it was asked for more', async () => {
    const { found, scenarios, ended } = await run({ runs: 1_000, time: 30, now: ticking() });
    expect(found).toBeNull();
    expect(ended).toBeNull();
    expect(scenarios).toBeGreaterThan(10);
    expect(scenarios).toBeLessThan(40);
  });

  it('ends with its runs, though there is time left', async () => {
    expect(await run({ time: 10_000, now: ticking() })).toMatchObject({ scenarios: 25 });
  });

  it('goes on without end where only time ends it, and tells how much of that has passed', async () => {
    const { scenarios, events } = await run({ runs: Infinity, time: 2_000, now: ticking() });
    expect(scenarios).toBeGreaterThan(1_000);
    const shares = events.map((event) => (event.type === 'progress' ? (event.share ?? NaN) : NaN));
    expect(shares[0]).toBeLessThan(0.01);
    expect(shares.at(-1)).toBeGreaterThan(0.98);
    expect(shares.toSorted((left, right) => left - right)).toEqual(shares);
  });

  it('tells the same progress whatever the clock says', async () => {
    const withoutTime = ({ events }: Told) => events.map((event) => ({ ...event, elapsed: 0 }));
    const [still, moving] = [await run(), await run({ now: ticking() })];
    expect(withoutTime(moving)).toEqual(withoutTime(still));
    expect(still.events.length).toBe(3);
  });

  it('tries the same scenarios with the same seed, wherever it runs', async () => {
    const [one, other] = [await run(), await run({ now: ticking(), runs: 20 })];
    expect(other.plans.map(textOf)).toEqual(one.plans.slice(0, 20).map(textOf));
    expect((await run({ seed: 2 })).plans.map(textOf)).not.toEqual(one.plans.map(textOf));
  });

  it('is let go when it is interrupted', async () => {
    const abort = new AbortController();
    const { scenarios } = await run({ signal: abort.signal }, (tried) => {
      if (tried === 5) abort.abort();
      return passing();
    });
    expect(scenarios).toBe(5);
  });

  it('throws on what a scenario throws, and takes it for no failure of what is tested', async () => {
    const thrown = run({}, () => {
      throw new Error('the tool is broken');
    });
    await expect(thrown).rejects.toThrow('the tool is broken');
  });
});
