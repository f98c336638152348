/** A recording is evidence: whatever is changed in one is noticed, at its step, and at no other. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/properties/recording-file.js';
import type { RawState } from '../../src/spec/answers.js';
import { byteLength, type Hex } from '../../src/spec/hex.js';
import type { RecordedBlock, RecordedCall, RecordedInjection } from '../../src/spec/recording.js';
import {
  Compute,
  ExecutionUnit,
  PalletIp,
  Registration,
  SubAccount,
  rawKey,
  type AnyStorageItem,
} from '../../src/spec/storage.js';
import { malformed } from './malformed.js';
import { play, type Played } from './playing.js';
import { asFile, isAdvance, isInjection, isScenario, textOf, type SmallRecording } from './small-recording.js';
import { tamperedAnswers } from './tampered-answers.js';
import { changeBlock, lastingStorage, tamperedStorage } from './tampered-storage.js';
import {
  change,
  changeCall,
  changeHeader,
  compute,
  flipped,
  metrics,
  withValue,
  without,
  type Tampered,
} from './tampering.js';

const playSmall = (recording: SmallRecording): Promise<Played> => asFile(textOf(recording), (file) => play(file));

const linesOf = ({ differences }: Played): unknown[] => [...new Set(differences.map(({ line }) => line))];
const aspectsOf = ({ differences }: Played): string[] => [...new Set(differences.map(({ aspect }) => aspect))];

describe('a recording', () => {
  it.each([
    ['Compute', compute],
    ['metrics', metrics],
  ])('of %s that nobody tampered with agrees', async (_, recording) => {
    const { finished, differences } = await playSmall(recording);
    expect(differences).toEqual([]);
    expect(finished.verdict).toBe('conforms');
  });

  it.each([...tamperedAnswers, ...tamperedStorage])(
    'tampered with (%s) differs there, and only there',
    async (_, aspects, tamper) => {
      const { recording, line } = tamper();
      const played = await playSmall(recording);
      expect(played.finished.verdict).toBe('finding');
      expect(linesOf(played)).toEqual([line]);
      expect(aspectsOf(played)).toEqual(aspects);
    },
  );

  it.each(lastingStorage)(
    'tampered with (%s) differs there first, and not beyond the scenario',
    async (_, aspects, tamper) => {
      const { recording, line } = tamper();
      const played = await playSmall(recording);
      const [first] = played.differences;
      expect(first).toMatchObject({ line, aspect: aspects[0] });
      expect([...new Set(played.differences.map(({ scenario }) => scenario))]).toEqual([first?.scenario]);
    },
  );

  it.each(malformed)('tampered with (%s) is refused by file and line', async (_, says, tamper) => {
    const { recording, line } = tamper();
    await asFile(textOf(recording), async (file) => {
      const refusal: unknown = await play(file).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(InputError);
      const { message } = refusal as InputError;
      expect(message.slice(0, `${file}:${line}: `.length)).toBe(`${file}:${line}: `);
      expect(message.slice(`${file}:${line}: `.length)).toMatch(says);
      expect(message).not.toContain('\n');
    });
  });
});

/** Whether anybody hears of it: a refusal, a difference, or that something was not covered. */
const isHeardOf = ({ recording }: Tampered): Promise<boolean> =>
  asFile(textOf(recording), async (file) => {
    try {
      const { events } = await play(file);
      return events.some(({ type }) => type === 'difference' || type === 'not-covered');
    } catch (error) {
      return error instanceof InputError;
    }
  });

const isOk = ({ outcome }: RecordedCall): boolean => 'ok' in outcome;
const isAsked = ({ validity }: RecordedCall): boolean => validity !== undefined;
const isRoot = ({ outer }: RecordedCall): boolean => outer !== undefined;
const withForeignKey = (call: RecordedCall): RecordedCall => ({ ...call, diff: { ...call.diff, '0x00': '0x00' } });
const withUnknownName = (call: RecordedCall): RecordedCall => ({ ...call, call: 'Compute.halt', call_hex: '0x4363' });
const toldTwice = (block: RecordedBlock): RecordedBlock[] => [{ ...block, diff: {} }, block];

describe('tampering that leaves less to compare', () => {
  it.each<[string, () => Tampered]>([
    ["an unsigned call's validity taken away", () => changeCall(isAsked, (call) => without(call, 'validity'))],
    ["a root call's outer outcome taken away", () => changeCall(isRoot, (call) => without(call, 'outer'))],
    ["a call's diff taken away", () => changeCall(isOk, (call) => without(call, 'diff'))],
    ['a call whose name and bytes nobody knows', () => changeCall(isOk, withUnknownName)],
    ['a key of another pallet in a diff', () => changeCall(isOk, withForeignKey)],
    ['a block told twice, first without its changes', () => changeBlock(toldTwice)],
  ])('is heard of: %s', async (_, tamper) => {
    expect(await isHeardOf(tamper())).toBe(true);
  });
});

/** The first scenario with another genesis. */
const beginning = (to: (genesis: RawState) => RawState): SmallRecording =>
  change(compute, isScenario, (scenario) => ({ ...scenario, genesis: to(scenario.genesis) })).recording;

const genesisOf = (item: AnyStorageItem, to: (value: Hex) => Hex): SmallRecording =>
  beginning(
    (genesis) => withValue(genesis, (key, value) => key.startsWith(item.prefix) && value !== '0x00', to) as RawState,
  );

const last = (value: Hex): Hex => flipped(value, byteLength(value) - 1);

const isNode = (key: Hex): boolean => key.startsWith(Registration.NodeRegistration.prefix);
const withoutNodes = (genesis: RawState): RawState =>
  Object.fromEntries(Object.entries(genesis).filter(([key]) => !isNode(key)));
const withNextId = (genesis: RawState): RawState => ({
  ...genesis,
  [rawKey(Compute.NextRequestId, null)]: '0x01' + '00'.repeat(15),
});

/** What of a tampered beginning no step uses can not be told: both sides begin with it. */
describe('a tampered beginning shows where a step uses it', () => {
  it.each<[string, () => SmallRecording, RegExp]>([
    [
      'a byte of an IP',
      () => genesisOf(PalletIp.VmAvailableIps, last),
      /^outcome of Compute\.update_miner_compute_request/,
    ],
    [
      "a node's owner",
      () => genesisOf(Registration.NodeRegistration, last),
      /^storage of Compute\.submit_.*_assignment/,
    ],
    ["a sub-account's owner", () => genesisOf(SubAccount.SubAccount, last), /^outcome of Compute\.request_compute_/],
    ['the next request id', () => beginning(withNextId), /^storage of Marketplace\.purchase_plan/],
    ['a missing registration', () => beginning(withoutNodes), /^outcome of Compute\.submit_.*_assignment/],
    ['a shorter release period', () => changeHeader(compute, { ip_release_period: '19' }), /^opening of advance 28/],
    ['a longer release period', () => changeHeader(compute, { ip_release_period: '21' }), /^opening of advance 28/],
    [
      'an older release',
      () => changeHeader(metrics, { spec_version: 9005 }),
      /^events of ExecutionUnit\.update_metrics/,
    ],
    [
      'the key of Sudo',
      () => change(compute, isScenario, ({ users, ...of }) => ({ ...of, users, sudo: users[0] ?? '' })).recording,
      /^outcome of PalletIp\.add_available_vm_ip/,
    ],
  ])('%s', async (_, tamper, shows) => {
    const [first] = (await playSmall(tamper())).differences;
    expect(`${first?.aspect} of ${first?.what}`).toMatch(shows);
  });
});

const isCount = ({ inject }: RecordedInjection): boolean =>
  Object.keys(inject).some((key) => key.startsWith(ExecutionUnit.RequestsCount.prefix));

describe('a tampered step shows where a later one builds upon it', () => {
  it('in an injected count of requests', async () => {
    const { recording, line } = change(
      metrics,
      isInjection,
      ({ inject, ...injection }) => ({
        ...injection,
        inject: withValue(
          inject,
          () => true,
          (value) => flipped(value),
        ),
      }),
      isCount,
    );
    const { differences } = await playSmall(recording);
    expect(differences[0]?.line).toBeGreaterThan(line);
    expect(differences[0]?.where).toContain('ExecutionUnit.RequestsCount');
  });

  it('in a jump that was none', async () => {
    const { recording, line } = change(
      metrics,
      isAdvance,
      (advance) => without(advance, 'jump'),
      ({ jump }) => jump === true,
    );
    const played = await playSmall(recording);
    expect(linesOf(played)).toEqual([line]);
    expect(aspectsOf(played)).toEqual(['opening']);
  });

  it('in the account that signed', async () => {
    const { recording, line } = changeCall(
      (call) => call.origin.kind === 'signed' && isOk(call),
      (call) => ({ ...call, origin: { kind: 'signed', account: '0x' + '07'.repeat(32) } }),
    );
    expect((await playSmall(recording)).differences[0]).toMatchObject({ line });
  });

  it('in the kind of the origin', async () => {
    const { recording, line } = changeCall(isAsked, (call) => ({
      ...call,
      origin: { kind: 'signed', account: '0x' + '07'.repeat(32) },
    }));
    expect((await playSmall(recording)).differences[0]).toMatchObject({ line });
  });
});
