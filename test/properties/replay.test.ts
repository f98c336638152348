/**
 * The public recordings against the engine: they agree, and they notice when one rule is set otherwise. The second half is
 * what makes the first mean something.
 */
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findRecordings, openRecording } from '../../src/properties/recording-file.js';
import { replay } from '../../src/properties/replay.js';
import { Rules, deviationRules, revisionRules, type Rule } from '../../src/spec/rules.js';
import { EngineTarget } from '../../src/targets/engine-target.js';
import { play, rulesOf } from './playing.js';

const files = await findRecordings(['recordings']);
const compute = files.filter((file) => basename(file).startsWith('compute'));
const metrics = files.filter((file) => basename(file).startsWith('metrics'));

const flipped = (rules: Rules, rule: Rule): Rules => {
  const setting = rules.setting(rule);
  if (setting === '9000' || setting === '9006') return rules.with(rule, setting === '9000' ? '9006' : '9000');
  return rules.with(rule, setting === 'deployed' ? 'promised' : 'deployed');
};

/** Whether the recording is noticed to be of other rules; ends soon after the first difference. */
const notices = async (file: string, rule: Rule): Promise<boolean> => {
  const found = new AbortController();
  const { differences } = await replay(await openRecording(file), {
    makeTarget: (header) =>
      new EngineTarget({
        rules: flipped(rulesOf(header), rule),
        releasePeriod: BigInt(header.ip_release_period),
      }),
    emit: ({ type }) => {
      if (type === 'difference') found.abort();
    },
    now: () => 0,
    signal: found.signal,
  });
  return differences > 0;
};

const noticed = async (file: string | undefined): Promise<Rule[]> => {
  const found: Rule[] = [];
  for (const rule of [...deviationRules, ...revisionRules]) {
    if (await notices(file ?? '', rule)) found.push(rule);
  }
  return found;
};

describe('the public recordings', () => {
  it('agree with the engine in every one of their 30 918 steps', async () => {
    const steps = new Map<string, number>();
    for (const file of files) {
      const { finished, events } = await play(file);
      expect(finished).toMatchObject({ verdict: 'conforms', differences: 0 });
      expect(events.filter(({ type }) => type === 'not-covered' || type === 'difference')).toEqual([]);
      steps.set(basename(file), finished.steps);
    }
    expect(Object.fromEntries(steps)).toEqual({
      'compute-1.jsonl.gz': 7200,
      'compute-2.jsonl.gz': 7200,
      'compute-3.jsonl.gz': 7200,
      'compute-4.jsonl.gz': 7200,
      'metrics-1.jsonl.gz': 2118,
    });
    expect([...steps.values()].reduce((sum, each) => sum + each)).toBe(30_918);
  });

  it.each(compute)(
    '%s notices every deviation rule that is set to promised, and no revision: it has no metrics',
    async (file) => {
      expect(await noticed(file)).toEqual([...deviationRules]);
    },
  );

  it('metrics-1 notices both revisions and, of the deviations, that of adding IPs: it has no other call of Compute', async () => {
    expect(await noticed(metrics[0])).toEqual(['DEV-03', ...revisionRules]);
  });
});

describe('a replay', () => {
  const first = compute[0] ?? '';

  it('says how far it is, in steps, and ends with what it returns', async () => {
    const { finished, events } = await play(first);
    const progress = events.filter((event) => event.type === 'progress').map(({ steps }) => steps);
    expect(progress).toEqual(Array.from({ length: 14 }, (_, at) => 500 * (at + 1)));
    expect(events[0]).toMatchObject({ type: 'suite-started', kind: 'replay', total: 7200, seed: 11 });
    expect(events.at(-1)).toEqual(finished);
    expect(finished).toMatchObject({ scenarios: 60, steps: 7200 });
  });

  it('that is ended early says so and tells what was done', async () => {
    const { finished } = await play(first, undefined, AbortSignal.abort());
    expect(finished.summary).toContain('interrupted');
    expect(finished.steps).toBeGreaterThan(0);
    expect(finished.steps).toBeLessThan(7200);
  });

  it('closes its target, also where the recording can not be played', async () => {
    const closed: string[] = [];
    class Closing extends EngineTarget {
      override close(): void {
        closed.push(this.name);
      }
    }
    await play(first, () => new Closing({ releasePeriod: 20n }));
    await expect(play(first, () => new Closing({ releasePeriod: 21n }))).rejects.toThrow(
      `${first}:1: recorded with an IP release period of 20 blocks, engine (deployed) has 21`,
    );
    expect(closed).toEqual(['engine (deployed)', 'engine (deployed)']);
  });
});
