/** Tampering with recorded storage: diffs of calls, openings of blocks. What comes later builds upon these. */
import { rawKey, Compute, PalletIp } from '../../src/spec/storage.js';
import type { Hex } from '../../src/spec/hex.js';
import type { RawDiff } from '../../src/spec/answers.js';
import type { RecordedBlock } from '../../src/spec/recording.js';
import { isAdvance, isCall, isScenario } from './small-recording.js';
import {
  change,
  changeDiff,
  changeLast,
  compute,
  flipped,
  withValue,
  type Tampered,
  type Tampering,
} from './tampering.js';

const isItem =
  ({ prefix }: { readonly prefix: Hex }) =>
  (key: Hex): boolean =>
    key.startsWith(prefix);

const isRemoved = (_: Hex, value: Hex | null): boolean => value === null;
const isEmptied = (_: Hex, value: Hex | null): boolean => value === '0x00';

const addToDiff = (key: Hex, value: Hex | null): Tampered =>
  changeLast(
    compute,
    isCall,
    (call) => ({ ...call, diff: { ...call.diff, [key]: value } }),
    ({ outcome }) => 'module' in outcome,
  );

/** What the last scenario's sub-account stands for all the time. */
const unchanged = (): readonly [Hex, Hex] => {
  const genesis = compute.lines.findLast(isScenario)?.genesis ?? {};
  const [entry] = Object.entries(genesis).slice(-1);
  if (entry === undefined) throw new Error('the genesis is empty');
  return entry;
};

const removal = (): null => null;

const ofCalls: readonly Tampering[] = [
  ['a byte of a value', ['storage'], () => changeDiff(isItem(Compute.NextRequestId), (value) => flipped(value))],
  [
    'a byte in the midst of a list',
    ['storage'],
    () => changeDiff(isItem(Compute.MinerComputeRequests), (value) => flipped(value, 20)),
  ],
  ['a missing key', ['storage'], () => changeDiff(isItem(Compute.ComputeRequests), () => undefined)],
  ['a removal for a change', ['storage'], () => changeDiff(isItem(Compute.NextRequestId), removal)],
  ['a list for a removal', ['storage'], () => changeDiff(isRemoved, () => '0x00')],
  ['a key that was written with the value it had', ['storage'], () => addToDiff(...unchanged())],
  ['a key that no call writes', ['storage'], () => addToDiff(rawKey(PalletIp.AssignedClientIps, null), '0x00')],
  ['a removal of what is not there', ['storage'], () => addToDiff(rawKey(PalletIp.AssignedClientIps, null), null)],
  ['a key that nothing is known of', ['storage'], () => addToDiff(`${Compute.NextRequestId.prefix}00`, '0x00')],
];

type Blocks = readonly RecordedBlock[];

/** An advance that changed something in one block, and not in the last, so that it can be moved to the next. */
export const changeBlock = (to: (block: RecordedBlock) => Blocks): Tampered =>
  changeLast(
    compute,
    isAdvance,
    (advance) => ({ ...advance, blocks: advance.blocks.flatMap(to) }),
    ({ block, blocks }) => blocks.length === 1 && BigInt(blocks[0]?.block ?? block) < BigInt(block),
  );

const block = (what: string, to: (block: RecordedBlock) => Blocks): Tampering => [
  what,
  ['opening'],
  () => changeBlock(to),
];

const by = (blocks: bigint) => (of: RecordedBlock) => [{ ...of, block: (BigInt(of.block) + blocks).toString() }];

const anIpWasAdded = { index: [74, 3], name: 'PalletIp.IpAdded', fields: { ip: '0x' } } as const;

const releases = rawKey(PalletIp.IpReleaseRequests, null);

const opening = (what: string, to: (opening: RawDiff) => RawDiff): Tampering => [
  what,
  ['opening'],
  () => change(compute, isScenario, (scenario) => ({ ...scenario, opening: to(scenario.opening) })),
];

const jump: Tampering = [
  'a jump for blocks that were opened one by one',
  ['opening'],
  () =>
    changeLast(
      compute,
      isAdvance,
      (advance) => ({ ...advance, jump: true }),
      ({ block: last, blocks }) => blocks.some((each) => each.block !== last),
    ),
];

const ofBlocks: readonly Tampering[] = [
  block('a release one block late', by(1n)),
  block('a release one block early', by(-1n)),
  block('a release behind the advance', by(1000n)),
  block('an event in an opening', (of) => [{ ...of, events: [anIpWasAdded] }]),
  jump,
  opening("a key too many in a scenario's opening", (was) => ({
    ...was,
    [rawKey(PalletIp.AssignedClientIps, null)]: '0x00',
  })),
];

/** Storage that no later step reads, or that is told again rightly. */
export const tamperedStorage: readonly Tampering[] = [...ofCalls, ...ofBlocks];

const diff = (to: (diff: RawDiff) => RawDiff) => (of: RecordedBlock) => [{ ...of, diff: to(of.diff ?? {}) }];

const inDiff = (item: { readonly prefix: Hex }, to: (value: Hex) => Hex | null | undefined) =>
  diff((of) => withValue(of, isItem(item), to));

/**
 * Storage that later steps read: what they did then does not follow from what is recorded, until somebody writes the key
 * anew. A list of releases that was removed is written by every block.
 */
export const lastingStorage: readonly Tampering[] = [
  ['a removal for a list', ['storage'], () => changeDiff(isItem(Compute.ComputeRequests), removal)],
  ['a removal for an empty list', ['storage'], () => changeDiff(isEmptied, removal)],
  block('no release', () => []),
  block(
    'a release that changes nothing',
    diff(() => ({})),
  ),
  block(
    'a release without what it changed',
    inDiff(PalletIp.VmAvailableIps, () => undefined),
  ),
  block(
    'a byte of what a release leaves',
    inDiff(PalletIp.VmAvailableIps, (value) => flipped(value, 2)),
  ),
  block('a removal for the emptied list of releases', inDiff(PalletIp.IpReleaseRequests, removal)),
  opening("no list of releases in a scenario's opening", () => ({})),
  opening("a removal in a scenario's opening", () => ({ [releases]: null })),
];
