/** A recording is evidence: every way of changing one is noticed, told at its step, and at no other. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/properties/recording-file.js';
import type { Outcome, Validity } from '../../src/spec/answers.js';
import type { Hex } from '../../src/spec/hex.js';
import type { RecordedAdvance, RecordedBlock, RecordedCall, RecordedEvent } from '../../src/spec/recording.js';
import { Difference } from '../../src/spec/run-events.js';
import { Compute, PalletIp, Registration, rawKey } from '../../src/spec/storage.js';
import { play, type Played } from './playing.js';
import {
  asFile,
  firstScenarios,
  isAdvance,
  isCall,
  isInjection,
  isQuery,
  isScenario,
  textOf,
  type SmallRecording,
} from './small-recording.js';
import { change, changeCall, changeDiff, changeEvents, flipped, type Tampered } from './tampering.js';

const compute = await firstScenarios('recordings/compute-1.jsonl.gz', 5);
const metrics = await firstScenarios('recordings/metrics-1.jsonl.gz', 2);

const playText = (recording: SmallRecording): Promise<Played> => asFile(textOf(recording), (file) => play(file));

/** Where differences were told, each line once. */
const linesOf = ({ differences }: Played): (number | undefined)[] => [...new Set(differences.map(({ line }) => line))];
const aspectsOf = ({ differences }: Played): string[] => [...new Set(differences.map(({ aspect }) => aspect))];

const isOk = ({ outcome }: RecordedCall): boolean => 'ok' in outcome;

const toOutcome = (from: (outcome: Outcome) => boolean, to: Outcome) => () =>
  changeCall(
    compute,
    ({ outcome }) => from(outcome),
    (call) => ({ ...call, outcome: to }),
  );

const toValidity = (to: (valid: Extract<Validity, { ok: unknown }>['ok']) => Validity) => () =>
  changeCall(
    compute,
    ({ validity }) => validity !== undefined && 'ok' in validity,
    (call) =>
      call.validity !== undefined && 'ok' in call.validity ? { ...call, validity: to(call.validity.ok) } : call,
  );

const toEvent = (to: (event: RecordedEvent) => RecordedEvent) => () =>
  changeEvents(compute, 2, ([first, ...more]) => (first ? [to(first), ...more] : more));

const toBlocks = (
  of: SmallRecording,
  to: (block: RecordedBlock, advance: RecordedAdvance) => readonly RecordedBlock[],
): Tampered =>
  change(
    of,
    isAdvance,
    // With a block left behind the one that changed something, so that there is a later one to move it to.
    ({ block, blocks }) => blocks.length === 1 && BigInt(blocks[0]?.block ?? 0) < BigInt(block),
    (advance) => ({ ...advance, blocks: advance.blocks.flatMap((each) => to(each, advance)) }),
  );

const moved = (block: RecordedBlock, by: bigint): RecordedBlock => ({
  ...block,
  block: (BigInt(block.block) + by).toString(),
});

const isItem = (item: { readonly prefix: Hex }) => (key: Hex) => key.startsWith(item.prefix);

/** The same text for each case: what is tampered with, in which aspects it shows, and how it is done. */
type Case = readonly [string, readonly string[], () => Tampered];

const answers: readonly Case[] = [
  ['an outcome: ok became DispatchError::Other', ['outcome'], toOutcome((was) => 'ok' in was, { other: true })],
  ['an outcome: ok became a panic', ['outcome'], toOutcome((was) => 'ok' in was, { panic: true })],
  ['an outcome: a panic became invalid', ['outcome'], toOutcome((was) => 'panic' in was, { invalid: 'Call' })],
  ['an outcome: invalid became unknown', ['outcome'], toOutcome((was) => 'invalid' in was, { unknown: 'Call' })],
  [
    'an outcome: BadOrigin became another error',
    ['outcome'],
    toOutcome((was) => 'badOrigin' in was, { dispatchError: 'BadOrigin' }),
  ],
  ['an outcome: DispatchError::Other became ok', ['outcome'], toOutcome((was) => 'other' in was, { ok: true })],
  [
    "an error's name",
    ['outcome'],
    toOutcome((was) => 'module' in was, { module: { pallet: 'Compute', error: 'InvalidSignature' } }),
  ],
  [
    "an error's pallet",
    ['outcome'],
    toOutcome((was) => 'module' in was && was.module.error === 'NoAvailableIp', {
      module: { pallet: 'Compute', error: 'NoAvailableIp' },
    }),
  ],
  [
    'the outcome of Sudo.sudo',
    ['outer outcome'],
    () =>
      changeCall(
        compute,
        ({ outer }) => outer !== undefined && 'ok' in outer,
        (call) => ({ ...call, outer: { other: true } }),
      ),
  ],
  [
    'the outcome of Sudo.sudo where the key is another',
    ['outer outcome'],
    () =>
      changeCall(
        compute,
        ({ outer }) => outer !== undefined && 'module' in outer,
        (call) => ({ ...call, outer: { ok: true } }),
      ),
  ],
  [
    'the tag of an unsigned call',
    ['validity'],
    toValidity((ok) => ({ ok: { ...ok, provides: ok.provides.map((tag) => flipped(tag, 40)) } })),
  ],
  ['a second tag', ['validity'], toValidity((ok) => ({ ok: { ...ok, provides: [...ok.provides, '0x00'] } }))],
  ['no tag', ['validity'], toValidity((ok) => ({ ok: { ...ok, provides: [] } }))],
  ['a required tag', ['validity'], toValidity((ok) => ({ ok: { ...ok, requires: ['0x00'] } }))],
  ['the priority', ['validity'], toValidity((ok) => ({ ok: { ...ok, priority: '1' } }))],
  ['the longevity', ['validity'], toValidity((ok) => ({ ok: { ...ok, longevity: '64' } }))],
  ['the propagation', ['validity'], toValidity((ok) => ({ ok: { ...ok, propagate: false } }))],
  ['validity: ok became invalid', ['validity'], toValidity(() => ({ invalid: 'Call' }))],
  ['validity: ok became unknown', ['validity'], toValidity(() => ({ unknown: 'NoUnsignedValidator' }))],
  [
    'validity: invalid became another invalid',
    ['validity'],
    () =>
      changeCall(
        compute,
        ({ validity }) => validity !== undefined && 'invalid' in validity,
        (call) => ({ ...call, validity: { invalid: 'Stale' } }),
      ),
  ],
];

const events: readonly Case[] = [
  ["an event's field", ['events'], toEvent((event) => ({ ...event, fields: { ...event.fields, request_id: '77' } }))],
  [
    "an event's field too many",
    ['events'],
    toEvent((event) => ({ ...event, fields: { ...event.fields, more: '0x' } })),
  ],
  ["an event's fields", ['events'], toEvent((event) => ({ ...event, fields: {} }))],
  ["an event's name", ['events'], toEvent((event) => ({ ...event, name: 'Compute.IpReturned' }))],
  [
    "an event's index in its pallet",
    ['events'],
    toEvent((event) => ({ ...event, index: [event.index[0], event.index[1] + 1] })),
  ],
  [
    "an event's pallet index",
    ['events'],
    toEvent((event) => ({ ...event, index: [event.index[0] + 1, event.index[1]] })),
  ],
  ['the order of events', ['events'], () => changeEvents(compute, 2, (all) => all.toReversed())],
  ['a missing event', ['events'], () => changeEvents(compute, 1, (all) => all.slice(1))],
  ['an event too many', ['events'], () => changeEvents(compute, 1, (all) => [...all, ...all.slice(0, 1)])],
  [
    'an event where there was none',
    ['events'],
    () => {
      const [event] = compute.lines.filter(isCall).flatMap((call) => call.events);
      if (event === undefined) throw new Error('no event');
      return changeCall(
        compute,
        (call) => call.events.length === 0 && isOk(call),
        (call) => ({ ...call, events: [event] }),
      );
    },
  ],
];

const storage: readonly Case[] = [
  [
    'a byte of a value',
    ['storage'],
    () => changeDiff(compute, isItem(Compute.NextRequestId), (value) => flipped(value ?? '')),
  ],
  [
    'a byte in the middle of a list',
    ['storage'],
    () => changeDiff(compute, isItem(Compute.ComputeRequests), (value) => flipped(value ?? '', 33)),
  ],
  ['a missing key', ['storage'], () => changeDiff(compute, isItem(Compute.ComputeRequests), () => undefined)],
  ['a removal for a change', ['storage'], () => changeDiff(compute, isItem(Compute.ComputeRequests), () => null)],
  [
    'a removal for an empty list',
    ['storage'],
    () =>
      changeDiff(
        compute,
        (_, value) => value === '0x00',
        () => null,
      ),
  ],
  [
    'an empty list for a removal',
    ['storage'],
    () =>
      changeDiff(
        compute,
        (_, value) => value === null,
        () => '0x00',
      ),
  ],
  [
    'a key too many: one that did not change',
    ['storage'],
    () => changeCall(compute, isOk, (call) => ({ ...call, diff: { ...call.diff, ...unchangedKey() } })),
  ],
  [
    'a key too many: one that no call writes',
    ['storage'],
    () =>
      changeCall(compute, isOk, (call) => ({
        ...call,
        diff: { ...call.diff, [rawKey(PalletIp.AssignedClientIps, null)]: '0x00' },
      })),
  ],
  [
    'a change by a call that failed',
    ['storage'],
    () =>
      changeCall(
        compute,
        (call) => 'module' in call.outcome,
        (call) => ({ ...call, diff: { [Compute.NextRequestId.prefix]: '0x' + '07'.repeat(16) } }),
      ),
  ],
];

/** A key of the genesis that the first call leaves alone, with its value. */
const unchangedKey = () => {
  const [scenario] = compute.lines.filter(isScenario);
  const key = rawKey(PalletIp.VmAvailableIps, null);
  const value = scenario?.genesis[key];
  if (value === undefined) throw new Error('the genesis has no IPs');
  return { [key]: value };
};

const blocks: readonly Case[] = [
  ['a release one block late', ['opening'], () => toBlocks(compute, (block) => [moved(block, 1n)])],
  ['a release one block early', ['opening'], () => toBlocks(compute, (block) => [moved(block, -1n)])],
  ['a release that never was', ['opening'], () => toBlocks(compute, () => [])],
  [
    'an opening without one of its keys',
    ['opening'],
    () => toBlocks(compute, (block) => [{ ...block, diff: Object.fromEntries(Object.entries(block.diff).slice(1)) }]),
  ],
  [
    "a byte of an opening's value",
    ['opening'],
    () =>
      toBlocks(compute, (block) => [{ ...block, diff: { ...block.diff, [PalletIp.IpReleaseRequests.prefix]: null } }]),
  ],
  [
    'an event in an opening',
    ['opening'],
    () =>
      toBlocks(compute, (block) => [
        { ...block, events: [{ index: [74, 3], name: 'PalletIp.IpAdded', fields: { ip: '0x' } }] },
      ]),
  ],
  [
    'a block told twice',
    ['opening'],
    () => toBlocks(compute, (block) => [{ ...block, diff: { [PalletIp.VmAvailableIps.prefix]: '0x00' } }, block]),
  ],
  [
    "a value in a scenario's opening",
    ['opening'],
    () =>
      change(
        compute,
        isScenario,
        () => true,
        (scenario) => ({ ...scenario, opening: { [PalletIp.IpReleaseRequests.prefix]: null } }),
      ),
  ],
  [
    "no change in a scenario's opening",
    ['opening'],
    () =>
      change(
        compute,
        isScenario,
        () => true,
        (scenario) => ({ ...scenario, opening: {} }),
      ),
  ],
  [
    "a change too many in a scenario's opening",
    ['opening'],
    () =>
      change(
        compute,
        isScenario,
        () => true,
        (scenario) => ({
          ...scenario,
          opening: { ...scenario.opening, [Compute.NextRequestId.prefix]: '0x' + '00'.repeat(16) },
        }),
      ),
  ],
];

const ofMetrics: readonly Case[] = [
  [
    "a byte of a query's answer",
    ['query'],
    () =>
      change(
        metrics,
        isQuery,
        () => true,
        (query) => ({ ...query, result_hex: flipped(query.result_hex, 5) }),
      ),
  ],
  [
    "a query's answer cut short",
    ['query'],
    () =>
      change(
        metrics,
        isQuery,
        ({ result_hex }) => result_hex.length > 4,
        (query) => ({ ...query, result_hex: query.result_hex.slice(0, -2) }),
      ),
  ],
  [
    'an answer for a node that has none',
    ['query'],
    () =>
      change(
        metrics,
        isQuery,
        ({ result_hex }) => result_hex === '0x00',
        (query) => ({ ...query, result_hex: '0x01' }),
      ),
  ],
];

describe('a recording', () => {
  it.each([
    ['compute', compute],
    ['metrics', metrics],
  ])('of %s that nobody tampered with agrees', async (_, recording) => {
    const { finished, differences } = await playText(recording);
    expect(differences).toEqual([]);
    expect(finished.verdict).toBe('conforms');
  });

  it.each([...answers, ...events, ...storage, ...blocks, ...ofMetrics])(
    'with %s tampered with differs there, and only there',
    async (_, aspects, tamper) => {
      const { recording, line } = tamper();
      const played = await playText(recording);
      expect(played.finished.verdict).toBe('finding');
      expect(linesOf(played)).toEqual([line]);
      expect(aspectsOf(played)).toEqual(aspects);
    },
  );
});
