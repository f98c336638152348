/** What a pallet is made of: each thing that can change is told once, with whom it harms and what follows. */
import { describe, expect, it } from 'vitest';
import type { Item } from '../targets/metadata-builder.js';
import { value, withFieldsOf, without } from '../targets/specified-runtime.js';
import {
  CALLERS,
  called,
  HARMLESS,
  inCall,
  INDEXERS,
  inEvent,
  keeping,
  more,
  reencoding,
  reversed,
  typed,
  type Fields,
} from './told-changes.js';
import {
  base,
  BYTES,
  changesTo,
  enumOf,
  inConstant,
  inFields,
  inItem,
  inMember,
  inPallet,
  structOf,
  U32,
  U64,
  U8,
  UNIT,
} from './two-runtimes.js';

describe('of a call', () => {
  const refused = 'transactions made for the old runtime are refused or mean something else';
  reencoding(
    [
      'that it is gone',
      inPallet('Jobs', (of) => ({ ...of, calls: without('stop')(of.calls) })),
      'Jobs.stop/removed',
      CALLERS,
      'The call `Jobs.stop` (index 2) is absent in the new runtime: transactions made for the old runtime are refused.',
    ],
    [
      'another index',
      inMember('calls', 'Jobs.stop', (of) => ({ ...of, index: 5 })),
      'Jobs.stop/index',
      CALLERS,
      'The call `Jobs.stop` has index 5 in the new runtime, 2 in the old: transactions made for the old runtime are refused or call something else.',
    ],
    [
      'an argument more',
      inCall('Jobs.start', more('tip', U64)),
      'Jobs.start/arguments.tip',
      CALLERS,
      `\`Jobs.start.tip\` is u64 in the new runtime, absent in the old: ${refused}.`,
    ],
    [
      'an argument less',
      inCall('Jobs.start', without('count')),
      'Jobs.start/arguments.count',
      CALLERS,
      `\`Jobs.start.count\` is absent in the new runtime, u32 in the old: ${refused}.`,
    ],
    [
      'an argument of another type',
      inCall('Jobs.start', typed('count', U64)),
      'Jobs.start/arguments.count',
      CALLERS,
      `\`Jobs.start.count\` is u64 in the new runtime, u32 in the old: ${refused}.`,
    ],
    [
      'arguments in another order',
      inCall('Jobs.start', reversed),
      'Jobs.start/arguments.count/moved',
      CALLERS,
      `\`Jobs.start.count\` is at position 1 in the new runtime, at position 2 in the old: ${refused}.`,
    ],
    [
      'an argument that can be less',
      inCall('Jobs.stop', typed('why', enumOf('Why', ['Paid']))),
      'Jobs.stop/arguments.why::Broken',
      CALLERS,
      '`Jobs.stop.why::Broken` is absent in the new runtime, variant 1 `Broken` in the old: transactions made for the old runtime with it are refused.',
    ],
  );

  keeping(
    [
      'that it is new',
      inPallet('Jobs', (of) => ({ ...of, calls: [...of.calls, { name: 'pause', index: 3, fields: [] }] })),
      'Jobs.pause/added',
      HARMLESS,
      'The call `Jobs.pause` (index 3) is new: what was there stays as it is.',
    ],
    [
      'an argument of another name',
      inCall('Jobs.start', called('count', 'times')),
      'Jobs.start/arguments.count/renamed',
      CALLERS,
      '`Jobs.start.count` is named `times` in the new runtime, named `count` in the old: transactions keep their bytes, but clients that give arguments by name are refused by their own libraries.',
    ],
    [
      'an argument that can be more',
      inCall('Jobs.stop', typed('why', enumOf('Why', ['Paid', 'Broken', 'Bored']))),
      'Jobs.stop/arguments.why::Bored',
      HARMLESS,
      '`Jobs.stop.why::Bored` is variant 2 `Bored` in the new runtime, absent in the old: transactions made for the old runtime mean the same.',
    ],
    [
      'an argument without any bytes',
      inCall('Jobs.start', more('marker', UNIT)),
      'Jobs.start/arguments.marker',
      CALLERS,
      '`Jobs.start.marker` is () in the new runtime, absent in the old: transactions keep their bytes, but clients that give arguments by name are refused by their own libraries.',
    ],
  );

  it('a new one in its place is named as what transactions call now', () => {
    const changes = changesTo(inMember('calls', 'Jobs.stop', (of) => ({ ...of, name: 'halt' }))(base), {
      version: { transaction_version: 2 },
    });
    expect(changes.map(({ id }) => id)).toEqual(['interface/Jobs.stop/removed', 'interface/Jobs.halt/added']);
    expect(changes[0]?.sentence).toMatch(/: .* are refused or call `halt`, which has its index\.$/);
  });
});

describe('of an event', () => {
  const misread = 'indexers made for the old runtime misread the event, and all that follow in its block';
  keeping(
    [
      'that it is gone',
      inPallet('Jobs', (of) => ({ ...of, events: without('Started')(of.events) })),
      'Jobs.Started/event/removed',
      INDEXERS,
      'The event `Jobs.Started` (index 0) is absent in the new runtime: indexers that wait for it wait in vain.',
    ],
    [
      'another index',
      inMember('events', 'Jobs.Started', (of) => ({ ...of, index: 7 })),
      'Jobs.Started/event/index',
      INDEXERS,
      'The event `Jobs.Started` has index 7 in the new runtime, 0 in the old: indexers made for the old runtime misread it, and all that follow in its block.',
    ],
    [
      'a field more',
      inEvent('Jobs.Started', more('at', U32)),
      'Jobs.Started/event.at',
      INDEXERS,
      `\`Jobs.Started.at\` is u32 in the new runtime, absent in the old: ${misread}.`,
    ],
    [
      'a field of another type',
      inEvent('Jobs.Started', typed('owner', BYTES)),
      'Jobs.Started/event.owner',
      INDEXERS,
      `\`Jobs.Started.owner\` is Vec<u8> in the new runtime, [u8; 32] in the old: ${misread}.`,
    ],
    [
      'a field of another name',
      inEvent('Jobs.Started', called('owner', 'who')),
      'Jobs.Started/event.owner/renamed',
      INDEXERS,
      '`Jobs.Started.owner` is named `who` in the new runtime, named `owner` in the old: indexers that go by names miss it.',
    ],
    [
      'a variant more',
      inEvent('Jobs.Stopped', typed('error', enumOf('DispatchError', ['Other', 'BadOrigin', 'Late']))),
      'Jobs.Stopped/event.error::Late',
      INDEXERS,
      '`Jobs.Stopped.error::Late` is variant 2 `Late` in the new runtime, absent in the old: indexers made for the old runtime fail on events with it.',
    ],
    [
      'a variant less',
      inEvent('Jobs.Stopped', typed('error', enumOf('DispatchError', ['Other']))),
      'Jobs.Stopped/event.error::BadOrigin',
      HARMLESS,
      '`Jobs.Stopped.error::BadOrigin` is absent in the new runtime, variant 1 `BadOrigin` in the old: no event has it any more.',
    ],
    [
      'that it is new',
      inPallet('Jobs', (of) => ({ ...of, events: [...of.events, { name: 'Paused', index: 9, fields: [] }] })),
      'Jobs.Paused/event/added',
      HARMLESS,
      'The event `Jobs.Paused` (index 9) is new: what was there stays as it is.',
    ],
  );
});

describe('of an error', () => {
  keeping(
    [
      'that it is gone',
      inPallet('Jobs', (of) => ({ ...of, errors: without('Busy')(of.errors) })),
      'Jobs.Busy/error/removed',
      INDEXERS,
      'The error `Jobs.Busy` (index 1) is absent in the new runtime: who waits for it waits in vain.',
    ],
    [
      'another index',
      inMember('errors', 'Jobs.Busy', (of) => ({ ...of, index: 2 })),
      'Jobs.Busy/error/index',
      INDEXERS,
      'The error `Jobs.Busy` has index 2 in the new runtime, 1 in the old: who decodes errors by their index takes it for another.',
    ],
    [
      'a field',
      inMember('errors', 'Jobs.Busy', inFields(more('until', U32))),
      'Jobs.Busy/error.until',
      INDEXERS,
      '`Jobs.Busy.until` is u32 in the new runtime, absent in the old: indexers made for the old runtime misread the error.',
    ],
    [
      'that it is new',
      inPallet('Jobs', (of) => ({ ...of, errors: [...of.errors, { name: 'Late', index: 2, fields: [] }] })),
      'Jobs.Late/error/added',
      HARMLESS,
      'The error `Jobs.Late` (index 2) is new: what was there stays as it is.',
    ],
  );
});

const withRequest = (change: Fields) => inItem('Jobs.Requests', value(withFieldsOf('Request', change)));
const statusOf = (...names: readonly string[]) => withRequest(typed('status', enumOf('Status', names)));

describe('of a storage item', () => {
  const misread = 'readers made for the old runtime misread what is stored, and the state needs a migration';
  const elsewhere = 'readers made for the old runtime look in the wrong place, and the state needs a migration';
  const absence =
    'the state stays as it is, but readers made for the old runtime take an absent key for something else';
  const keys = (change: (keys: Item['keys']) => Item['keys']) => (of: Item) => ({ ...of, keys: change(of.keys) });
  keeping(
    [
      'that it is gone',
      inPallet('Jobs', (of) => ({ ...of, items: without('Next')(of.items) })),
      'Jobs.Next/storage/removed',
      INDEXERS,
      'The storage item `Jobs.Next` is absent in the new runtime: its readers find nothing, and what is stored stays behind unless a migration removes it.',
    ],
    [
      'that it is new',
      inPallet('Jobs', (of) => ({
        ...of,
        items: [...of.items, { name: 'Last', modifier: 'optional', keys: [], value: U64, fallback: '0x00' }],
      })),
      'Jobs.Last/storage/added',
      HARMLESS,
      'The storage item `Jobs.Last` (u64) is new: what was there stays as it is.',
    ],
    [
      'a field more',
      withRequest(more('priority', U32)),
      'Jobs.Requests/value.priority',
      INDEXERS,
      `\`Jobs.Requests value[].priority\` is u32 in the new runtime, absent in the old: ${misread}.`,
    ],
    [
      'a field of another type, within an Option',
      withRequest(typed('note', { kind: 'option', of: { kind: 'text' } })),
      'Jobs.Requests/value.note',
      INDEXERS,
      `\`Jobs.Requests value[].note\` is Option<String> in the new runtime, Option<Vec<u8>> in the old: ${misread}.`,
    ],
    [
      'an Option that was none',
      withRequest(typed('id', { kind: 'option', of: U64 })),
      'Jobs.Requests/value.id',
      INDEXERS,
      `\`Jobs.Requests value[].id\` is Option<u64> in the new runtime, u64 in the old: ${misread}.`,
    ],
    [
      'another kind of type under the same name',
      withRequest(typed('status', structOf('Status', { code: U8, since: U64 }))),
      'Jobs.Requests/value.status',
      INDEXERS,
      `\`Jobs.Requests value[].status\` is the composite Status in the new runtime, the variant Status in the old: ${misread}.`,
    ],
    [
      'a field of another name',
      withRequest(called('note', 'remark')),
      'Jobs.Requests/value.note/renamed',
      INDEXERS,
      '`Jobs.Requests value[].note` is named `remark` in the new runtime, named `note` in the old: the state stays as it is, but readers that go by names miss it.',
    ],
    [
      'a variant more at the end',
      statusOf('Waiting', 'Running', 'Done', 'Lost'),
      'Jobs.Requests/value.status::Lost',
      INDEXERS,
      '`Jobs.Requests value[].status::Lost` is variant 3 `Lost` in the new runtime, absent in the old: the state stays as it is, but readers made for the old runtime fail on values with it.',
    ],
    [
      'a variant less',
      statusOf('Waiting', 'Running'),
      'Jobs.Requests/value.status::Done',
      INDEXERS,
      '`Jobs.Requests value[].status::Done` is absent in the new runtime, variant 2 `Done` in the old: values with it that are stored do not decode any more: the state needs a migration.',
    ],
    [
      'a variant of another name',
      statusOf('Waiting', 'Active', 'Done'),
      'Jobs.Requests/value.status::Running/renamed',
      INDEXERS,
      '`Jobs.Requests value[].status::Running` is variant 1 `Active` in the new runtime, variant 1 `Running` in the old: the state stays as it is, but readers that go by names miss it.',
    ],
    [
      'the hasher of an only key',
      inItem(
        'Jobs.Requests',
        keys((all) => all.map((key) => ({ ...key, hasher: 'Identity' }))),
      ),
      'Jobs.Requests/hasher',
      INDEXERS,
      `\`Jobs.Requests hasher\` is Identity in the new runtime, Blake2_128Concat in the old: ${elsewhere}.`,
    ],
    [
      'the second of two keys',
      inItem(
        'Jobs.Pairs',
        keys(([first, second]) => (first && second ? [first, { ...second, type: BYTES }] : [])),
      ),
      'Jobs.Pairs/key2',
      INDEXERS,
      `\`Jobs.Pairs key 2\` is Vec<u8> in the new runtime, [u8; 32] in the old: ${elsewhere}.`,
    ],
    [
      'a key less',
      inItem(
        'Jobs.Pairs',
        keys((all) => all.slice(0, 1)),
      ),
      'Jobs.Pairs/key',
      INDEXERS,
      `\`Jobs.Pairs key\` is u32 in the new runtime, u32 and [u8; 32] in the old: ${elsewhere}.`,
    ],
    [
      'what an absent key reads as, by its query',
      inItem('Jobs.Pairs', (of) => ({ ...of, modifier: 'default' })),
      'Jobs.Pairs/modifier',
      INDEXERS,
      `\`Jobs.Pairs query\` is ValueQuery in the new runtime, OptionQuery in the old: ${absence}.`,
    ],
    [
      'what an absent key reads as, by its default',
      inItem('Jobs.Next', (of) => ({ ...of, fallback: '0x0700000000000000' })),
      'Jobs.Next/default',
      INDEXERS,
      `\`Jobs.Next default\` is 7 in the new runtime, 0 in the old: ${absence}.`,
    ],
    [
      'its type and default at once',
      inItem('Jobs.Next', (of) => ({ ...of, value: U32, fallback: '0x00000000' })),
      'Jobs.Next/value',
      INDEXERS,
      `\`Jobs.Next value\` is u32 in the new runtime, u64 in the old: ${misread}.`,
    ],
  );
});

describe('of a constant', () => {
  keeping(
    [
      'that it is gone',
      inPallet('Jobs', (of) => ({ ...of, constants: without('Period')(of.constants ?? []) })),
      'Jobs.Period/constant/removed',
      CALLERS,
      'The constant `Jobs.Period` is absent in the new runtime: clients that ask for it fail.',
    ],
    [
      'that it is new',
      inPallet('Jobs', (of) => ({
        ...of,
        constants: [...(of.constants ?? []), { name: 'Most', type: U8, value: '0x09' }],
      })),
      'Jobs.Most/constant/added',
      HARMLESS,
      'The constant `Jobs.Most` (u8) is new: what was there stays as it is.',
    ],
    [
      'another type',
      inConstant('Jobs.Period', (of) => ({ ...of, type: U64, value: '0x2a00000000000000' })),
      'Jobs.Period/constant/type',
      CALLERS,
      '`Jobs.Period` is u64 in the new runtime, u32 in the old: clients made for the old runtime misread it.',
    ],
    [
      'another value',
      inConstant('Jobs.Limits', (of) => ({ ...of, value: '0x0103' })),
      'Jobs.Limits/constant/value',
      CALLERS,
      'The constant `Jobs.Limits` is { low: 1, high: 3 } in the new runtime, { low: 1, high: 2 } in the old: clients that rely on it do what held before.',
    ],
    [
      'a value that is none of its type',
      inConstant('Jobs.Period', (of) => ({ ...of, value: `0x${'ab'.repeat(60)}` })),
      'Jobs.Period/constant/value',
      CALLERS,
      `The constant \`Jobs.Period\` is 0x${'ab'.repeat(49)}… (60 bytes) in the new runtime, 42 in the old: clients that rely on it do what held before.`,
    ],
  );

  it('`System.Version` is none: it changes with every upgrade', () => {
    const change = inConstant('System.Version', (of) => ({ ...of, value: '0x02000000' }));
    expect(changesTo(change(base))).toEqual([]);
    expect(changesTo(inPallet('System', (of) => ({ ...of, constants: [] }))(base)).map(({ id }) => id)).toEqual([
      'interface/System.BlockHashCount/constant/removed',
    ]);
  });
});
