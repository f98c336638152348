/** The search itself: what it finds, how small it makes it, and that it comes again. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runInvariants } from '../../src/properties/invariant-run.js';
import { openRecording } from '../../src/properties/recording-file.js';
import { replay } from '../../src/properties/replay.js';
import { invariants, type Invariant } from '../../src/spec/invariants.js';
import { Rules } from '../../src/spec/rules.js';
import { RunEvent, type Counterexample, type SuiteFinished } from '../../src/spec/run-events.js';
import { EngineTarget } from '../../src/targets/engine-target.js';

let out = '';
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'assay-'));
});
afterAll(() => rm(out, { recursive: true }));

interface Ran {
  readonly finished: SuiteFinished;
  readonly found: readonly Counterexample[];
}

const search = async (
  watched: readonly Invariant[],
  rules: Rules,
  more: { readonly seed?: number; readonly runs?: number; readonly path?: string; readonly signal?: AbortSignal } = {},
): Promise<Ran> => {
  const events: RunEvent[] = [];
  const finished = await runInvariants({
    invariants: watched,
    rules,
    seed: 7,
    runs: 100,
    maxSteps: 60,
    ...more,
    out,
    emit: (event) => events.push(RunEvent.parse(event)),
    now: () => 0,
  });
  return { finished, found: events.filter((event) => event.type === 'counterexample') };
};

const byId = (id: string): Invariant => {
  const found = invariants.find((invariant) => invariant.id === id);
  if (found === undefined) throw new Error(`${id} is gone`);
  return found;
};

/** An invariant that says what a test wants. */
const saying = (watch: Invariant['watch'], id = 'INV-00'): Invariant => ({
  id,
  name: 'a test',
  statement: 'As a test has it.',
  antecedent: 'as a test has it',
  requirements: [],
  severity: 'low',
  brokenBy: [],
  watch,
});

describe('a search', () => {
  it('finds that all hold as promised, and names those that spoke of nothing', async () => {
    const { finished, found } = await search(invariants, Rules.promised);
    expect(found).toEqual([]);
    expect(finished).toMatchObject({ verdict: 'conforms', scenarios: 100, differences: 0 });
    expect(finished.steps).toBeGreaterThan(1_000);
    // Only what is played twice tells of determinism.
    expect(finished.summary).toMatch(/^all \d+ hold; .*INV-34 spoke of nothing$/);
    const { spoke = {} } = finished;
    expect(Object.keys(spoke)).toEqual(invariants.map(({ id }) => id));
    expect(Object.keys(spoke).filter((id) => spoke[id] === 0)).toEqual(
      finished.summary.match(/INV-\d\d/g)?.toSorted() ?? [],
    );
  });

  it('breaks many as deployed, each in a recording that replays', async () => {
    const { finished, found } = await search(invariants, Rules.deployed);
    expect(finished.verdict).toBe('deviates');
    expect(finished.differences).toBe(found.length);
    expect(found.length).toBeGreaterThan(15);
    const lengths = found.map(({ steps }) => steps.length).toSorted((left, right) => left - right);
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(8);
    for (const { file, invariant, steps } of found) {
      const recording = await openRecording(file);
      expect(recording.header).toMatchObject({ rules: 'deployed', seed: 7, invariant: { id: invariant } });
      const replayed = await replay(recording, {
        makeTarget: ({ ip_release_period }) => new EngineTarget({ releasePeriod: BigInt(ip_release_period) }),
        emit: () => undefined,
        now: () => 0,
      });
      expect(replayed).toMatchObject({ verdict: 'conforms', differences: 0, steps: steps.length });
    }
  });

  it('is the same again with the same seed, and begins with its counterexample by the path', async () => {
    const queues = [byId('INV-03')];
    const first = await search(queues, Rules.deployed, { seed: 21 });
    expect(await search(queues, Rules.deployed, { seed: 21 })).toEqual(first);
    const again = await search(queues, Rules.deployed, { seed: 21, path: first.found[0]?.path ?? '' });
    expect(again.found[0]?.steps).toEqual(first.found[0]?.steps);
  });

  it('calls what breaks as promised a finding', async () => {
    const broken = saying(() => ({ block }) => ({ broken: block > 0n ? 'it is late' : null, spoke: 1 }));
    const { finished, found } = await search([broken], Rules.promised, { runs: 3 });
    expect(finished).toMatchObject({ verdict: 'finding', summary: 'it is late (0 steps)' });
    expect(found).toHaveLength(1);
  });

  it('calls a run that reached nothing vacuous', async () => {
    const never = saying(() => () => ({ broken: null, spoke: 0 }));
    expect((await search([never], Rules.promised, { runs: 5 })).finished.verdict).toBe('vacuous');
  });

  it('calls what does not come again an error of its own', async () => {
    let watched = 0;
    const flaky = saying(() => {
      watched += 1;
      const breaks = watched === 1;
      return () => ({ broken: breaks ? 'now' : null, spoke: 1 });
    });
    const { finished, found } = await search([flaky], Rules.promised, { runs: 2 });
    expect(finished.verdict).toBe('error');
    expect(found).toEqual([]);
  });

  it('ends early when it is interrupted, and says so', async () => {
    const { finished } = await search(invariants, Rules.promised, { signal: AbortSignal.abort() });
    expect(finished.steps).toBe(0);
    expect(finished.summary).toContain('interrupted');
  });

  it('writes a recording whole or not at all: no unfinished file is left', async () => {
    const { found } = await search([byId('INV-01')], Rules.deployed);
    const file = found[0]?.file ?? '';
    expect((await readFile(file, 'utf8')).endsWith('}\n')).toBe(true);
    await expect(readFile(`${file}.part`)).rejects.toThrow('ENOENT');
  });
});
