/**
 * The public recordings against the engine: they agree, and they notice when one rule is set otherwise. The second half is
 * what makes the first mean something.
 */
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findRecordings, openRecording } from '../../src/properties/recording-file.js';
import { replay } from '../../src/properties/replay.js';
import { deviationRules, revisionRules, type Rule, type Rules } from '../../src/spec/rules.js';
import { EngineTarget } from '../../src/targets/engine-target.js';
import { play, rulesOf } from './playing.js';

const files = await findRecordings(['recordings']);
const compute = 'recordings/compute-1.jsonl.gz';
const metrics = 'recordings/metrics-1.jsonl.gz';

const flipped = (rules: Rules, rule: Rule): Rules => {
  const setting = rules.setting(rule);
  if (setting === '9000' || setting === '9006') return rules.with(rule, setting === '9000' ? '9006' : '9000');
  return rules.with(rule, setting === 'deployed' ? 'promised' : 'deployed');
};

/** Whether the recording is noticed to be of other rules; ends soon after the first difference. */
const notices = async (file: string, rules: (own: Rules) => Rules): Promise<boolean> => {
  const found = new AbortController();
  const { differences } = await replay(await openRecording(file), {
    makeTarget: (header) =>
      new EngineTarget({ rules: rules(rulesOf(header)), releasePeriod: BigInt(header.ip_release_period) }),
    emit: ({ type }) => {
      if (type === 'difference') found.abort();
    },
    now: () => 0,
    signal: found.signal,
  });
  return differences > 0;
};

const noticed = async (file: string, among: readonly Rule[]): Promise<Rule[]> => {
  const found: Rule[] = [];
  for (const rule of among) if (await notices(file, (own) => flipped(own, rule))) found.push(rule);
  return found;
};

/** Rules of the ExecutionUnit's calls. */
const OF_METRICS: readonly Rule[] = ['DEV-26', 'DEV-27'];
/** And those that their recordings show besides: of adding IPs, and of the pool's tags. */
const IN_METRICS: readonly Rule[] = ['DEV-03', ...OF_METRICS, 'DEV-28'];

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

  it('of Compute notice each deviation rule that is set to promised, but for those about metrics', async () => {
    const among = deviationRules.filter((rule) => !OF_METRICS.includes(rule));
    expect(await noticed(compute, deviationRules)).toEqual(among);
  });

  it('of Compute know no revision: none of their calls asks for one', async () => {
    expect(await notices(compute, (own) => revisionRules.reduce(flipped, own))).toBe(false);
  });

  it('of metrics notice each revision that is set back to 9000, their own rules, and those of adding IPs and of the pool', async () => {
    const among: readonly Rule[] = [...IN_METRICS, ...revisionRules];
    expect(await noticed(metrics, among)).toEqual(among);
  });

  it('of metrics know no other deviation: all of them promised at once change nothing', async () => {
    const others = deviationRules.filter((rule) => !IN_METRICS.includes(rule));
    expect(await notices(metrics, (own) => others.reduce(flipped, own))).toBe(false);
  });
});

describe('a replay', () => {
  it('says how far it is, in steps, and ends with what it returns', async () => {
    const { finished, events } = await play(compute);
    const progress = events.filter((event) => event.type === 'progress').map(({ steps }) => steps);
    expect(progress).toEqual(Array.from({ length: 14 }, (_, at) => 500 * (at + 1)));
    expect(events[0]).toMatchObject({ type: 'suite-started', kind: 'replay', suite: compute, seed: 11 });
    expect(events.at(-1)).toEqual(finished);
    expect(finished).toMatchObject({ scenarios: 60, steps: 7200 });
  });

  it('that is ended early says so and tells what was done', async () => {
    const { finished } = await play(compute, undefined, AbortSignal.abort());
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
    await play(compute, () => new Closing({ releasePeriod: 20n }));
    await expect(play(compute, () => new Closing({ releasePeriod: 21n }))).rejects.toThrow(
      `${compute}:1: recorded with an IP release period of 20 blocks, engine (deployed) has 21`,
    );
    expect(closed).toEqual(['engine (deployed)', 'engine (deployed)']);
  });
});
