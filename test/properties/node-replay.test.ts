/** Recordings that are played where blocks are not ours, beside the engine; and what is left of a run that such a target ends. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDifferential } from '../../src/properties/differential-run.js';
import { Rules } from '../../src/spec/rules.js';
import { EngineTarget } from '../../src/targets/engine-target.js';
import { labScope, labTarget } from '../lab.js';
import { countdown, DEATH, interruption, NodeLike, type NodeLikeOptions } from './node-like.js';
import { differences, engineWith, nodeWith, play, record, telling, uncovered } from './node-playing.js';
import { asFile, firstScenarios, textOf } from './small-recording.js';

let out = '';
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'assay-'));
});
afterAll(() => rm(out, { recursive: true }));

describe('a recording that is played where blocks are not ours', () => {
  it.each([1, 2, 3])('shows mutant %i again where it was found, by file, line, scenario and step', async (mutant) => {
    const told = await telling((emit) =>
      runDifferential({
        ...emit,
        rules: Rules.deployed,
        scope: labScope,
        named: 'node:x',
        seed: 4,
        runs: 400,
        maxSteps: 60,
        out,
        makeTarget: () => new NodeLike(labTarget({ mutant })),
      }),
    );
    const [found] = told.events.filter((event) => event.type === 'counterexample');
    const file = found?.file ?? '';
    const again = await play(file, new NodeLike(labTarget({ mutant })));
    expect(again.finished).toMatchObject({ verdict: 'finding', differences: 1 });
    expect(again.finished?.summary).toBe(
      '1 differences; what is expected is what the engine answers at the node’s blocks',
    );
    const steps = found?.steps.length ?? 0;
    expect(differences(again)).toMatchObject([
      { file, line: steps + 2, scenario: 0, step: steps - 1, aspect: found?.broken.split(' ')[0] },
    ]);
    const right = await play(file, nodeWith());
    expect(right.finished).toMatchObject({ verdict: 'conforms', differences: 0 });
  });

  it('is played to a scenario’s first difference; the rest of that scenario is not covered', async () => {
    const small = await firstScenarios('recordings/compute-1.jsonl.gz', 2, 40);
    const target = nodeWith();
    const right = await asFile(textOf(small), (file) => play(file, target));
    expect(right.finished).toMatchObject({ verdict: 'conforms', steps: 80, scenarios: 2 });
    const wrong = await asFile(textOf(small), (file) => play(file, nodeWith(Rules.of(['DEV-03', 'DEV-08', 'DEV-11']))));
    expect(wrong.finished).toMatchObject({ verdict: 'finding', steps: 80, scenarios: 2 });
    expect(uncovered(wrong)['steps after a difference']).toBeGreaterThan(0);
  });

  it('of accounts that nobody signs for is not covered in their calls, and vacuous where that is all', async () => {
    const small = await firstScenarios('recordings/compute-1.jsonl.gz', 2, 40);
    const unsigned = nodeWith(Rules.deployed, { refuses: (__, { kind }) => kind !== 'none' });
    const played = await asFile(textOf(small), (file) => play(file, unsigned));
    expect(played.finished).toMatchObject({ verdict: 'conforms', differences: 0 });
    expect(uncovered(played)['call Marketplace.purchase_plan']).toBeGreaterThan(0);
    const none = await asFile(textOf(small), (file) => play(file, nodeWith(Rules.deployed, { refuses: () => true })));
    expect(none.finished).toMatchObject({ verdict: 'vacuous', differences: 0 });
  });

  it('ends a scenario at an injection that the node does not take', async () => {
    const small = await firstScenarios('recordings/metrics-1.jsonl.gz', 2);
    const rules = Rules.deployed.revisedFor(9006);
    const target = (options: NodeLikeOptions) =>
      new NodeLike(new EngineTarget({ rules, releasePeriod: 216_000n }), options);
    const played = await asFile(textOf(small), (file) => play(file, target({}), rules));
    expect(played.finished).toMatchObject({ verdict: 'conforms', differences: 0 });
    expect(uncovered(played)['injections of storage']).toBe(2);
    expect(uncovered(played)['steps after an injection']).toBeGreaterThan(50);
    const steered = await asFile(textOf(small), (file) => play(file, target({ lacks: [], began: {} }), rules));
    expect(steered.finished).toMatchObject({ verdict: 'conforms', differences: 0 });
    expect(Object.keys(uncovered(steered))).not.toContain('injections of storage');
  });

  it('is refused by file and line where it is no recording', async () => {
    const small = await firstScenarios('recordings/compute-1.jsonl.gz', 2, 40);
    const lines = small.lines.toSpliced(5, 1);
    const played = await asFile(textOf({ ...small, lines }), (file) => play(file, nodeWith()));
    expect((played.thrown as Error).message).toMatch(/recording\.jsonl:7: expected step 4, came step 5/);
  });
});

describe('a target that dies', () => {
  const death = expect.objectContaining({ name: 'NodeFailure', message: DEATH }) as unknown;

  it('while it is recorded leaves the scenarios that were done, which replay', async () => {
    const file = join(out, 'dead.jsonl');
    const { thrown, events } = await record(nodeWith(Rules.deployed, { dies: countdown(150) }), file, { runs: 20 });
    expect(thrown).toEqual(death);
    const [suite] = events.filter((event) => event.type === 'suite-finished');
    expect(suite).toMatchObject({
      verdict: 'error',
      summary: `${DEATH}; until then ${suite?.scenarios} scenarios recorded`,
    });
    expect(suite?.scenarios).toBeGreaterThan(0);
    const { finished } = await play(file, engineWith());
    expect(finished).toMatchObject({ verdict: 'conforms', scenarios: suite?.scenarios, steps: suite?.steps });
  });

  it('before the first scenario was recorded leaves a file of that name as it was', async () => {
    const file = join(out, 'never.jsonl');
    const { thrown } = await record(nodeWith(Rules.deployed, { dies: countdown(3) }), file);
    expect(thrown).toEqual(death);
    expect(existsSync(file)).toBe(false);
  });

  it('while a recording is played on it leaves what was compared until then', async () => {
    const small = await firstScenarios('recordings/compute-1.jsonl.gz', 2, 40);
    const { thrown, events } = await asFile(textOf(small), (file) =>
      play(file, nodeWith(Rules.deployed, { dies: countdown(80) })),
    );
    expect(thrown).toEqual(death);
    const [suite] = events.filter((event) => event.type === 'suite-finished');
    expect(suite).toMatchObject({ verdict: 'error', differences: 0 });
    expect(suite?.summary).toContain(`${DEATH}; until then 0 differences in ${suite?.steps} steps`);
  });

  it('after a difference leaves the difference', async () => {
    const small = await firstScenarios('recordings/compute-1.jsonl.gz', 2, 40);
    const rules = Rules.of(['DEV-03', 'DEV-08', 'DEV-11']);
    const node: NodeLike = new NodeLike(labTarget({ rules }), { dies: () => node.plays > 1 });
    const { thrown, events } = await asFile(textOf(small), (file) => play(file, node));
    expect(thrown).toEqual(death);
    const [suite] = events.filter((event) => event.type === 'suite-finished');
    expect(suite).toMatchObject({ verdict: 'finding', differences: 1 });
  });
});

describe('an interruption', () => {
  it('of a recording keeps the scenarios that were done', async () => {
    const file = join(out, 'interrupted.jsonl');
    const options = interruption(150);
    const { finished, thrown } = await record(nodeWith(Rules.deployed, options), file, {
      runs: 20,
      signal: options.signal,
    });
    expect(thrown).toBeNull();
    expect(finished).toMatchObject({
      verdict: 'conforms',
      summary: `${finished?.scenarios} scenarios recorded (interrupted)`,
    });
    expect((await play(file, engineWith())).finished).toMatchObject({ scenarios: finished?.scenarios, differences: 0 });
  });

  it.each([
    [60, 'conforms'],
    [0, 'vacuous'],
  ])('of a replay after %i questions tells what was compared: %s', async (after, verdict) => {
    const small = await firstScenarios('recordings/compute-1.jsonl.gz', 2, 40);
    const options = interruption(after);
    const { finished, thrown } = await asFile(textOf(small), (file) =>
      play(file, nodeWith(Rules.deployed, options), Rules.deployed, options.signal),
    );
    expect(thrown).toBeNull();
    expect(finished).toMatchObject({ verdict, differences: 0 });
    expect(finished?.summary).toMatch(/\(interrupted\)$/);
  });
});
