/** Recordings made on targets whose blocks are not ours: they play on any other, and what is tampered with in them shows. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { genesisOf, makeCast, recordedCast } from '../../src/properties/cast.js';
import { recordScenario, writeRecording } from '../../src/properties/record.js';
import { openRecording } from '../../src/properties/recording-file.js';
import { callOf } from '../../src/spec/calls.js';
import type { RecordedAdvance, RecordedCall, RecordedLine } from '../../src/spec/recording.js';
import { Rules } from '../../src/spec/rules.js';
import { encode } from '../../src/spec/scale.js';
import type { Step } from '../../src/spec/steps.js';
import { Compute, PalletIp } from '../../src/spec/storage.js';
import { EngineTarget } from '../../src/targets/engine-target.js';
import { NotCovered, type Target } from '../../src/targets/target.js';
import { anyRules } from '../arbitrary-rules.js';
import { labTarget } from '../lab.js';
import { differences, engineWith, nodeWith, play, record, uncovered, type Told } from './node-playing.js';
import { asFile, isAdvance, isCall, isScenario, textOf, type SmallRecording } from './small-recording.js';

let out = '';
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'assay-'));
});
afterAll(() => rm(out, { recursive: true }));

const mixtures = fc
  .sample(anyRules, { seed: 3, numRuns: 8 })
  .map((rules, seed) => [rules.toString(), rules, seed] as const);

const linesOf = async (file: string): Promise<SmallRecording> => {
  const { header, batches } = await openRecording(file);
  const lines: RecordedLine[] = [];
  for await (const batch of batches) for (const { line } of batch) lines.push(line);
  return { header, lines };
};

describe('a recording made where blocks are not ours', () => {
  it.each(mixtures)(
    'plays on the engine, on the lab runtime and on a node under the mixture %s',
    async (_, rules, seed) => {
      const file = join(out, `mixture-${seed}.jsonl.gz`);
      const made = await record(nodeWith(rules), file, { rules, seed });
      expect(made.finished).toMatchObject({ verdict: 'conforms', scenarios: 6 });
      for (const target of [engineWith(rules), labTarget({ rules }), nodeWith(rules)]) {
        const played = await play(file, target, rules);
        expect(differences(played)).toEqual([]);
        expect(played.finished).toMatchObject({ verdict: 'conforms', scenarios: 6, steps: made.finished?.steps });
        expect(Object.keys(uncovered(played))).toEqual([]);
      }
    },
  );

  it('tells the blocks of a call before it, the call’s own without what its opening changed', async () => {
    const file = join(out, 'format.jsonl');
    await record(nodeWith(), file);
    const { lines } = await linesOf(file);
    const [scenario] = lines;
    expect(scenario).toMatchObject({ scenario: 0, block: '111' });
    const firstSteps = lines.slice(
      1,
      lines.findIndex((line, at) => at > 0 && isScenario(line)),
    );
    expect(firstSteps.map((line) => (isScenario(line) ? -1 : line.step))).toEqual(firstSteps.map((__, at) => at));
    const calls = lines.filter(isCall);
    expect(calls.filter(({ diff }) => diff !== undefined)).toEqual([]);
    expect(calls.every(({ block_diff }) => block_diff !== undefined)).toBe(true);
    const before = lines.flatMap((line, at) =>
      isAdvance(line) && line.blocks.at(-1)?.diff === undefined ? [[line, lines[at + 1]] as const] : [],
    );
    const own = before.filter(([advance]) => advance.blocks.length > 0);
    expect(own.length).toBeGreaterThan(50);
    for (const [advance, call] of own) expect(call).toMatchObject({ block: advance.block, step: advance.step + 1 });
    expect(Math.max(...own.map(([advance]) => advance.advance))).toBe(3);
  });
});

type Tampering = readonly [what: string, aspect: string, tamper: (lines: readonly RecordedLine[]) => RecordedLine[]];

/** Changes the first line that fits. Throws where none does: a tampering of nothing proves nothing. */
const changing = <L extends RecordedLine>(
  is: (line: RecordedLine) => line is L,
  fits: (line: L) => boolean,
  to: (line: L) => RecordedLine,
) => {
  return (lines: readonly RecordedLine[]): RecordedLine[] => {
    const at = lines.findIndex((line) => is(line) && fits(line));
    const line = lines[at];
    if (line === undefined || !is(line)) throw new Error('the recording has no line to tamper with in this way');
    return lines.with(at, to(line));
  };
};

const ofCall = (fits: (call: RecordedCall) => boolean, to: (call: RecordedCall) => RecordedCall) =>
  changing(isCall, fits, to);
const isOwn = ({ blocks }: RecordedAdvance): boolean => blocks.length > 0 && blocks.at(-1)?.diff === undefined;
const changes = ({ block_diff = {} }: RecordedCall): boolean => Object.keys(block_diff).length > 0;
const ip = { index: [64, 0] as const, name: 'PalletIp.IpAdded', fields: { ip: '0x31' } };

const advanceToOwn = (fits: (line: RecordedAdvance) => boolean, to: (line: RecordedAdvance) => RecordedAdvance) =>
  changing(isAdvance, (line) => isOwn(line) && fits(line), to);
const isLong = ({ advance }: RecordedAdvance): boolean => advance > 1;
/** A list that no call of the recording reads. */
const unread = { [PalletIp.AssignedClientIps.prefix]: '0x00' };
const firstBlock = (line: RecordedAdvance): string => (BigInt(line.from) + 1n).toString();

/** What later steps do not build upon. */
const tamperings: readonly Tampering[] = [
  [
    'a change of a block too many',
    'storage',
    ofCall(changes, (call) => ({ ...call, block_diff: { ...call.block_diff, ...unread } })),
  ],
  [
    'an event of the own block’s opening',
    'opening',
    advanceToOwn(
      () => true,
      (line) => ({ ...line, blocks: line.blocks.map((block) => ({ ...block, events: [ip] })) }),
    ),
  ],
  [
    'what the opening of a block before the own one changed',
    'opening',
    advanceToOwn(isLong, (line) => ({
      ...line,
      blocks: [{ block: firstBlock(line), events: [], diff: unread }, ...line.blocks],
    })),
  ],
  [
    'what the opening of the first block changed',
    'opening',
    changing(
      isScenario,
      () => true,
      (line) => ({ ...line, opening: unread }),
    ),
  ],
  [
    'what the pool said, before the block came',
    'validity',
    ofCall(
      ({ validity }) => validity !== undefined && 'ok' in validity,
      (call) => ({ ...call, validity: { invalid: 'Stale' } }),
    ),
  ],
  [
    'an outcome',
    'outcome',
    ofCall(
      ({ outcome }) => 'ok' in outcome,
      (call) => ({ ...call, outcome: { other: true } }),
    ),
  ],
];

const lastingTamperings: readonly Tampering[] = [
  ['the changes of a block missing', 'storage', ofCall(changes, (call) => ({ ...call, block_diff: {} }))],
  [
    'a value in a block’s changes',
    'storage',
    ofCall(
      ({ block_diff = {} }) => Compute.NextRequestId.prefix in block_diff,
      (call) => ({
        ...call,
        block_diff: { ...call.block_diff, [Compute.NextRequestId.prefix]: encode(Compute.NextRequestId.value, 9n) },
      }),
    ),
  ],
];

const firstCallWithout = ofCall(
  ({ block }) => block !== '111',
  ({ block_diff: _, ...call }) => call,
);

const damages: readonly (readonly [what: string, tamper: Tampering[2]])[] = [
  ['a call without its block’s changes', firstCallWithout],
  [
    'a block in the middle that lacks its changes',
    advanceToOwn(isLong, (line) => ({ ...line, blocks: [{ block: firstBlock(line), events: [] }, ...line.blocks] })),
  ],
  [
    'a jump into an own block',
    advanceToOwn(
      () => true,
      (line) => ({ ...line, jump: true }),
    ),
  ],
];

describe('such a recording', () => {
  const recorded = async (): Promise<SmallRecording> => {
    const file = join(out, 'tampered.jsonl');
    if (!existsSync(file)) await record(nodeWith(), file, { runs: 3 });
    return linesOf(file);
  };

  const tampered = async (tamper: Tampering[2], target: Target): Promise<Told> => {
    const { header, lines } = await recorded();
    return asFile(textOf({ header, lines: tamper(lines) }), (file) => play(file, target));
  };

  it.each(tamperings)('with %s shows one difference, in %s, and goes on behind it', async (_, aspect, tamper) => {
    for (const target of [engineWith(), labTarget()]) {
      const played = await tampered(tamper, target);
      expect(differences(played).map((each) => each.aspect)).toEqual([aspect]);
      expect(played.finished).toMatchObject({ verdict: 'finding', scenarios: 3 });
    }
  });

  it.each(lastingTamperings)('with %s shows it in %s, first of all', async (_, aspect, tamper) => {
    for (const target of [engineWith(), labTarget()]) {
      expect(differences(await tampered(tamper, target))[0]?.aspect).toBe(aspect);
    }
  });

  it.each(damages)('with %s is refused', async (_, tamper) => {
    const played = await tampered(tamper, engineWith());
    expect(played.thrown).toMatchObject({ name: 'InputError' });
    expect((played.thrown as Error).message).toMatch(/recording\.jsonl:\d+: a block without "diff" must be the last/);
  });

  it('has a call that can not be sent taken over as it was recorded', async () => {
    const { header, lines } = await recorded();
    const played = await asFile(textOf({ header, lines }), (file) => {
      class Choosy extends EngineTarget {
        override dispatch(...[call, origin]: Parameters<EngineTarget['dispatch']>) {
          if (call.name !== 'Marketplace.purchase_plan') return super.dispatch(call, origin);
          throw new NotCovered('it sells nothing');
        }
      }
      return play(file, new Choosy({ releasePeriod: 20n }));
    });
    expect(played.finished).toMatchObject({ verdict: 'conforms', differences: 0 });
    expect(uncovered(played)['call Marketplace.purchase_plan']).toBeGreaterThan(3);
  });

  it('in which a call puts back what its block’s opening changed says nothing of that, and plays', async () => {
    const file = join(out, 'restored.jsonl');
    const cast = makeCast();
    const third = cast.ips[2] ?? '0x';
    const { header } = await recorded();
    const release = { vm_name: '0x76', ip: third, created_at: 92n, role_type: { Vm: '0x76' } };
    const waiting = { [PalletIp.IpReleaseRequests.prefix]: encode(PalletIp.IpReleaseRequests.value, [release]) };
    const genesis = genesisOf(cast, 0n);
    const byRoot = { kind: 'root', account: cast.sudo.id } as const;
    const steps: Step[] = [{ call: callOf('PalletIp.remove_available_vm_ip', { ip: third }), origin: byRoot }];
    const from = { ...genesis, storage: { ...genesis.storage, ...waiting } };
    const lines = await recordScenario(nodeWith(Rules.deployed, { empty: [0] }), 0, from, recordedCast(cast), steps);
    await writeRecording(file, { ...header, scenarios: 1 }, lines);
    expect(lines.filter(isCall).map(({ block_diff = {} }) => Object.keys(block_diff))).toEqual([
      [PalletIp.IpReleaseRequests.prefix],
    ]);
    for (const target of [engineWith(), labTarget(), nodeWith()]) {
      expect((await play(file, target)).finished).toMatchObject({ verdict: 'conforms', differences: 0 });
    }
  });
});
