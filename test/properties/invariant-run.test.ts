/** The search itself: what it finds, how small it makes it, and that it comes again. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runInvariant } from '../../src/properties/invariant-run.js';
import { openRecording } from '../../src/properties/recording-file.js';
import { replay } from '../../src/properties/replay.js';
import { invariants, type Invariant } from '../../src/spec/invariants.js';
import { deviationRules, Rules } from '../../src/spec/rules.js';
import { RunEvent, type Counterexample, type SuiteFinished } from '../../src/spec/run-events.js';
import { EngineTarget } from '../../src/targets/engine-target.js';

let out = '';
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'assay-'));
});
afterAll(() => rm(out, { recursive: true }));

const search = async (
  invariant: Invariant,
  rules: Rules,
  more: { readonly seed?: number; readonly runs?: number; readonly path?: string; readonly signal?: AbortSignal } = {},
): Promise<{ finished: SuiteFinished; found: Counterexample[] }> => {
  const events: RunEvent[] = [];
  const finished = await runInvariant(invariant, {
    rules,
    seed: 7,
    runs: 200,
    maxSteps: 60,
    ...more,
    out,
    emit: (event) => events.push(RunEvent.parse(event)),
    now: () => 0,
  });
  return { finished, found: events.filter((event) => event.type === 'counterexample') };
};

describe('a search', () => {
  it.each(invariants)('finds that $id holds as promised', async (invariant) => {
    const { finished, found } = await search(invariant, Rules.promised);
    expect(found).toEqual([]);
    expect(finished).toMatchObject({ verdict: 'conforms', scenarios: 200 });
    expect(finished.steps).toBeGreaterThan(3000);
  });

  it.each(invariants)('breaks $id as deployed, shrinks it, and keeps a recording that replays', async (invariant) => {
    const { finished, found } = await search(invariant, Rules.deployed);
    expect(finished.verdict).toBe('deviates');
    expect(found).toHaveLength(1);
    const [counterexample] = found;
    expect(counterexample?.steps.length).toBeLessThanOrEqual(8);
    const recording = await openRecording(counterexample?.file ?? '');
    expect(recording.header).toMatchObject({ rules: 'deployed', seed: 7, invariant: { id: invariant.id } });
    const replayed = await replay(recording, {
      makeTarget: ({ ip_release_period }) => new EngineTarget({ releasePeriod: BigInt(ip_release_period) }),
      emit: () => undefined,
      now: () => 0,
    });
    expect(replayed).toMatchObject({ verdict: 'conforms', differences: 0, steps: counterexample?.steps.length });
  });

  it('is the same again with the same seed, and begins with its counterexample by the path', async () => {
    const [, , queues] = invariants;
    if (queues === undefined) throw new Error('INV-03 is gone');
    const first = await search(queues, Rules.deployed, { seed: 21 });
    expect(await search(queues, Rules.deployed, { seed: 21 })).toEqual(first);
    const again = await search(queues, Rules.deployed, { seed: 21, path: first.found[0]?.path ?? '' });
    expect(again.found[0]?.steps).toEqual(first.found[0]?.steps);
    expect(again.finished.scenarios).toBeLessThan(first.finished.scenarios);
  });

  it.each([
    ['INV-01', 'DEV-03'],
    ['INV-02', 'DEV-17'],
    ['INV-03', 'DEV-05'],
  ] as const)('breaks %s with %s alone as deployed', async (id, rule) => {
    const invariant = invariants.find((each) => each.id === id);
    if (invariant === undefined) throw new Error(`${id} is gone`);
    // DEV-12 refuses a second assignment too: with it repaired, DEV-05 alone breaks nothing.
    const broken = rule === 'DEV-05' ? [rule, 'DEV-12'] : [rule];
    const rules = Rules.of(deviationRules.filter((each) => !broken.includes(each)));
    const { finished } = await search(invariant, rules, { runs: 1000 });
    expect(finished.verdict).toBe('deviates');
  });

  it('calls a run that reached nothing vacuous', async () => {
    const never: Invariant = {
      id: 'INV-00',
      name: 'never',
      statement: 'Nothing.',
      antecedent: 'never',
      watch: () => () => ({ broken: null, spoke: 0 }),
    };
    expect((await search(never, Rules.promised, { runs: 5 })).finished.verdict).toBe('vacuous');
  });

  it('calls what does not come again an error of its own', async () => {
    let watched = 0;
    const flaky: Invariant = {
      id: 'INV-00',
      name: 'flaky',
      statement: 'Breaks in the search only.',
      antecedent: 'always',
      // The last watch of all is the confirmation on a fresh engine.
      watch: () => {
        watched += 1;
        const breaks = watched < 3;
        return () => ({ broken: breaks ? 'now' : null, spoke: 1 });
      },
    };
    const { finished, found } = await search(flaky, Rules.promised, { runs: 2 });
    expect(finished.verdict).toBe('error');
    expect(found).toEqual([]);
  });

  it('ends early when it is interrupted, and says so', async () => {
    const [invariant] = invariants;
    if (invariant === undefined) throw new Error('no invariant');
    const { finished } = await search(invariant, Rules.promised, { signal: AbortSignal.abort() });
    expect(finished.steps).toBe(0);
    expect(finished.summary).toContain('interrupted');
  });

  it('writes a recording whole or not at all: no unfinished file is left', async () => {
    const [invariant] = invariants;
    if (invariant === undefined) throw new Error('no invariant');
    const { found } = await search(invariant, Rules.deployed);
    const file = found[0]?.file ?? '';
    expect((await readFile(file, 'utf8')).endsWith('}\n')).toBe(true);
    await expect(readFile(`${file}.part`)).rejects.toThrow('ENOENT');
  });
});
