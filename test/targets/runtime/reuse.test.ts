/** One instance and one memory serve all calls: nobody can tell, and nothing grows. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Step } from '../../../src/spec/steps.js';
import { lab, labTarget } from '../../lab.js';
import { anyScenario, playedOn, sampleScenarios, tally, type Told } from './lab-scenarios.js';

describe('a target that reuses its instance', () => {
  it('answers as one that makes a new instance and a new memory for every call', () => {
    const reused = labTarget();
    const fresh = labTarget({ fresh: true });
    const told: Told[] = [];
    const check = fc.property(anyScenario(25), (scenario) => {
      const played = playedOn(reused, scenario);
      expect(playedOn(fresh, scenario)).toEqual(played);
      told.push(...played.told);
    });
    fc.assert(check, { seed: 21, numRuns: 30 });
    const counts = tally(told);
    expect([...counts.keys()]).toEqual(expect.arrayContaining(['ok', 'module']));
    expect(counts.get('ok')).toBeGreaterThan(50);
  });

  it('answers as one that has served nobody before', () => {
    const scenarios = sampleScenarios(22, 12);
    const used = labTarget();
    for (const scenario of scenarios) playedOn(used, scenario);
    for (const scenario of scenarios) expect(playedOn(used, scenario)).toEqual(playedOn(labTarget(), scenario));
  });

  it('answers as before after calls that were cut off, under one timer and under many', () => {
    const [scenario] = sampleScenarios(23, 1);
    if (scenario === undefined) throw new Error('no scenario');
    const played = playedOn(labTarget(), scenario);
    const hasty = labTarget({ limit: 1000 });
    expect(hasty.together(() => playedOn(hasty, scenario))).toEqual(played);
    let attempts = 0;
    const again = hasty.together(() => {
      const half = playedOn(hasty, { ...scenario, steps: scenario.steps.slice(0, 20) });
      attempts += 1;
      // The first time does not end by itself.
      for (; attempts === 1;);
      return { half, whole: playedOn(hasty, scenario) };
    });
    expect(again.whole).toEqual(played);
    expect(attempts).toBe(2);
  });
});

describe('extrinsic formats', () => {
  it('4 and 5 give the same answers', () => {
    const four = labTarget({ format: 4 });
    const five = labTarget({ format: 5 });
    expect(lab.metadata.extrinsic.versions).toEqual(expect.arrayContaining([4, 5]));
    const check = fc.property(anyScenario(40), (scenario) => {
      expect(playedOn(five, scenario)).toEqual(playedOn(four, scenario));
    });
    fc.assert(check, { seed: 24, numRuns: 40 });
  });
});

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const heapNow = (): number => {
  collect();
  const { heapUsed, arrayBuffers, external } = process.memoryUsage();
  return heapUsed + arrayBuffers + external;
};

describe('memory', () => {
  it('stays bounded over 100 000 extrinsics', () => {
    const scenarios = sampleScenarios(25, 120);
    const target = labTarget();
    const counts = { calls: 0, failed: 0, advances: 0 };
    const send = (step: Step): void => {
      if ('advance' in step) {
        target.advance(step.advance, { jump: step.jump === true });
        counts.advances += 1;
      } else if ('call' in step) {
        counts.calls += 1;
        if (!('ok' in target.dispatch(step.call, step.origin).outcome)) counts.failed += 1;
      }
    };
    const play = (): void => {
      for (const { genesis, steps } of scenarios) {
        target.together(() => {
          target.reset(genesis);
          for (const step of steps) send(step);
        });
      }
    };
    // What is kept for the next time (hashes, signatures, translated keys) is there after the first round.
    play();
    const { memorySize } = target;
    const heap = heapNow();
    while (counts.calls < 100_000) play();
    expect(target.memorySize).toBe(memorySize);
    expect(memorySize).toBeLessThan(8 << 20);
    expect(heapNow() - heap).toBeLessThan(16 << 20);
    expect(counts.failed).toBeGreaterThan(10_000);
    expect(counts.calls - counts.failed).toBeGreaterThan(10_000);
    expect(counts.advances).toBeGreaterThan(1_000);
  });
});
