/** Recordings that others make may say less, or more, than ours: what is not there is not covered, and never a pass. */
import { describe, expect, it } from 'vitest';
import { twox128 } from '../../src/spec/hashing.js';
import { EngineTarget } from '../../src/targets/engine-target.js';
import type { Capability, Target } from '../../src/targets/target.js';
import { play, rulesOf, type Played } from './playing.js';
import { asFile, firstScenarios, isCall, isScenario, textOf, type SmallRecording } from './small-recording.js';

const small = (): Promise<SmallRecording> => firstScenarios('recordings/compute-1.jsonl.gz', 2, 40);

const notCovered = ({ events }: Played): string[] =>
  events.filter((event) => event.type === 'not-covered').map(({ what }) => what);

describe('a recording that says less', () => {
  it('without the storage changes of its calls is compared in all else', async () => {
    const recording = await small();
    const lines = recording.lines.map((line) => {
      if (!isCall(line)) return line;
      const { diff: _, ...rest } = line;
      return rest;
    });
    const played = await asFile(textOf({ ...recording, lines }), (file) => play(file));
    expect(played.finished).toMatchObject({ verdict: 'conforms', differences: 0 });
    expect(notCovered(played)).toEqual(['storage changes of single calls']);
  });
});

describe('a recording of a pallet that the specification does not describe', () => {
  it('says so, and is compared in all else', async () => {
    const recording = await small();
    const key = twox128('Balances') + 'ab'.repeat(16);
    const header = { ...recording.header, recorded_pallets: [...recording.header.recorded_pallets, 'Balances'] };
    const lines = recording.lines.map((line) =>
      isScenario(line) ? { ...line, genesis: { ...line.genesis, [key]: '0x01' } } : line,
    );
    const played = await asFile(textOf({ header, lines }), (file) => play(file));
    expect(played.finished).toMatchObject({ verdict: 'conforms', differences: 0 });
    expect(notCovered(played)).toContain('pallet Balances');
  });
});

describe('a target that takes no injections', () => {
  class Fixed extends EngineTarget {
    override readonly capabilities: ReadonlySet<Capability> = new Set(['clock', 'origins', 'diffs', 'writes'] as const);
  }
  const fixed = (header: Parameters<typeof rulesOf>[0]): Target =>
    new Fixed({ rules: rulesOf(header), releasePeriod: BigInt(header.ip_release_period) });

  it('is compared up to a scenario’s first difference; the rest of that scenario is not covered', async () => {
    const recording = await small();
    const at = recording.lines.findIndex((line) => isCall(line) && 'ok' in line.outcome);
    const lines = recording.lines.map((line, index) =>
      index === at ? { ...line, outcome: { other: true as const } } : line,
    );
    const played = await asFile(textOf({ ...recording, lines }), (file) => play(file, fixed));
    expect(played.differences.map(({ aspect, scenario }) => [aspect, scenario])).toEqual([['outcome', 0]]);
    const rest = played.events.find(
      (event) => event.type === 'not-covered' && event.what === 'steps after a difference',
    );
    expect(rest).toMatchObject({ count: 39 });
    expect(played.finished).toMatchObject({ steps: 80, scenarios: 2 });
  });
});
