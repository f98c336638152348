/** Whatever of a runtime's types is not as specified is told with its place; what encodes the same is not. */
import { describe, expect, it } from 'vitest';
import { struct, u32, u64, type Type } from '../../src/spec/shape.js';
import { checkLayout } from '../../src/targets/layout.js';
import { compareType } from '../../src/targets/layout/compare-types.js';
import { parseMetadata } from '../../src/targets/metadata.js';
import { foundIn, layoutOf, NAMES, partsOf, told } from './checked-layout.js';
import { encodeMetadata, type Item, type Runtime } from './metadata-builder.js';
import type { Member, RuntimeField, RuntimeType } from './portable-types.js';
import {
  changedType,
  fields,
  specifiedRuntime,
  value,
  valueIs,
  withFieldsOf,
  withItem,
  withMember,
  without,
} from './specified-runtime.js';

const U32: RuntimeType = { kind: 'uint', bits: 32 };
const U64: RuntimeType = { kind: 'uint', bits: 64 };
const BYTES: RuntimeType = { kind: 'bytes' };

const typed = (name: string, shape: RuntimeType) => (all: readonly RuntimeField[]) =>
  all.map((each) => (each.name === name ? { ...each, shape } : each));
const called = (name: string, other: string) => (all: readonly RuntimeField[]) =>
  all.map((each) => (each.name === name ? { ...each, name: other } : each));
const swapped = ([first, second, ...rest]: readonly RuntimeField[]) =>
  first && second ? [second, first, ...rest] : [];
const firstGoesLast = ([first, ...rest]: readonly RuntimeField[]) => (first ? [...rest, first] : []);
const variantsOf = (name: string, change: (all: readonly string[]) => readonly string[]) =>
  value((type) =>
    changedType(type, (part) =>
      part.kind === 'enum' && part.name === name
        ? {
            ...part,
            variants: change(part.variants.map((each) => each.name)).map((each) => ({ name: each, shape: null })),
          }
        : part,
    ),
  );

/** An enum whose `Some` alone has a value. */
const enumOf = (all: readonly (readonly [string, number])[]): RuntimeType => ({
  kind: 'enum',
  name: 'Maybe',
  variants: all.map(([name, index]) => ({ name, index, shape: name === 'Some' ? BYTES : null })),
});

describe('a storage item that differs is told with its place', () => {
  const requests = 'Compute.ComputeRequests';
  it.each<[string, string, (item: Item) => Item, readonly (readonly [string, string, string])[]]>([
    [
      'a single value',
      'Compute.NextRequestId',
      (item) => ({ ...item, value: U64, fallback: `0x${'00'.repeat(8)}` }),
      [['Compute.NextRequestId', 'u128', 'u64']],
    ],
    [
      'a field that was optional',
      requests,
      value(withFieldsOf('ComputeRequest', typed('miner_id', BYTES))),
      [[`${requests} value[].miner_id`, 'Option<Vec<u8>>', 'Vec<u8>']],
    ],
    [
      'what an Option holds',
      'Compute.MinerComputeRequests',
      value(withFieldsOf('MinerComputeRequest', typed('vnc_port', { kind: 'option', of: U32 }))),
      [['Compute.MinerComputeRequests value[].vnc_port', 'Option<u64>', 'Option<u32>']],
    ],
    [
      'a field of a field',
      requests,
      value(withFieldsOf('ImageMetadata', typed('name', { kind: 'text' }))),
      [[`${requests} value[].selected_image.name`, 'Vec<u8>', 'String']],
    ],
    [
      'a field behind an Option in an Option',
      'ExecutionUnit.NodeMetrics',
      value(withFieldsOf('NetworkDetails', typed('city', { kind: 'option', of: U32 }))),
      [
        [
          'ExecutionUnit.NodeMetrics value.primary_network_interface.network_details.city',
          'Option<Vec<u8>>',
          'Option<u32>',
        ],
      ],
    ],
    [
      'a compact integer',
      'Compute.NextRequestId',
      value((of) => ({ kind: 'compact', of })),
      [['Compute.NextRequestId', 'u128', 'Compact<u128>']],
    ],
    [
      'other bytes',
      requests,
      value(withFieldsOf('ComputeRequest', typed('plan_id', { kind: 'fixed', length: 20 }))),
      [[`${requests} value[].plan_id`, '[u8; 32]', '[u8; 20]']],
    ],
    [
      'an array of what is no byte',
      requests,
      value(withFieldsOf('ComputeRequest', typed('plan_id', { kind: 'array', length: 32, of: U32 }))),
      [[`${requests} value[].plan_id`, '[u8; 32]', '[u32; 32]']],
    ],
    [
      'a vector of what is no byte',
      'Registration.NodeRegistration',
      value(withFieldsOf('NodeInfo', typed('node_id', { kind: 'list', of: U32 }))),
      [['Registration.NodeRegistration value.node_id', 'Vec<u8>', 'Vec<u32>']],
    ],
    [
      'an Option the other way round',
      requests,
      value(
        withFieldsOf(
          'ComputeRequest',
          typed(
            'miner_id',
            enumOf([
              ['None', 1],
              ['Some', 0],
            ]),
          ),
        ),
      ),
      [[`${requests} value[].miner_id`, 'Option<Vec<u8>>', 'Maybe']],
    ],
    [
      'an Option whose None has another number',
      requests,
      value(
        withFieldsOf(
          'ComputeRequest',
          typed(
            'miner_id',
            enumOf([
              ['None', 2],
              ['Some', 1],
            ]),
          ),
        ),
      ),
      [[`${requests} value[].miner_id`, 'Option<Vec<u8>>', 'Maybe']],
    ],
    [
      'an Option with a third variant',
      requests,
      value(
        withFieldsOf(
          'ComputeRequest',
          typed(
            'miner_id',
            enumOf([
              ['None', 0],
              ['Some', 1],
              ['Lost', 2],
            ]),
          ),
        ),
      ),
      [[`${requests} value[].miner_id`, 'Option<Vec<u8>>', 'Maybe']],
    ],
    [
      'a missing field',
      requests,
      value(withFieldsOf('ComputeRequest', without('owner'))),
      [[`${requests} value[].owner`, '[u8; 32]', 'absent']],
    ],
    [
      'fields that changed places',
      requests,
      value(withFieldsOf('ImageMetadata', swapped)),
      [[`${requests} value[].selected_image.image_url`, 'at position 2', 'at position 1']],
    ],
    [
      'one field that went from first to last',
      requests,
      value(withFieldsOf('ComputeRequest', firstGoesLast)),
      [[`${requests} value[].request_id`, 'at position 1', 'at position 10']],
    ],
    [
      'a variant less',
      requests,
      variantsOf('ComputeRequestStatus', (all) => all.slice(0, 5)),
      [[`${requests} value[].status::Cancelled`, 'variant 5 `Cancelled`', 'absent']],
    ],
    [
      'a variant more',
      requests,
      variantsOf('ComputeRequestStatus', (all) => [...all, 'Lost']),
      [[`${requests} value[].status::Lost`, 'absent', 'variant 6 `Lost`']],
    ],
    [
      'a renamed variant',
      requests,
      variantsOf('ComputeRequestStatus', (all) => all.with(3, 'Active')),
      [[`${requests} value[].status::Running`, 'variant 3 `Running`', 'variant 3 `Active`']],
    ],
    [
      'a variant in between',
      requests,
      variantsOf('ComputeRequestStatus', (all) => all.toSpliced(5, 0, 'Lost')),
      [
        [`${requests} value[].status::Cancelled`, 'variant 5 `Cancelled`', 'variant 6 `Cancelled`'],
        [`${requests} value[].status::Lost`, 'absent', 'variant 5 `Lost`'],
      ],
    ],
    [
      "a variant's value",
      'PalletIp.RoleToIp',
      (item) => ({
        ...item,
        keys: item.keys.map((key) => ({
          ...key,
          type: changedType(key.type, (part) =>
            part.kind === 'enum' ? { ...part, variants: part.variants.with(1, { name: 'Client', shape: null }) } : part,
          ),
        })),
      }),
      [['PalletIp.RoleToIp key::Client', '[u8; 32]', 'without a value']],
    ],
    [
      'an enum for a struct of the same name',
      'ExecutionUnit.NodeMetrics',
      valueIs({ kind: 'enum', name: 'NodeMetricsData', variants: [] }),
      [['ExecutionUnit.NodeMetrics value', 'the struct NodeMetricsData', 'the variant NodeMetricsData']],
    ],
    [
      'the hasher',
      requests,
      (item) => ({ ...item, keys: item.keys.map((key) => ({ ...key, hasher: 'Twox64Concat' })) }),
      [[`${requests} hasher`, 'Blake2_128Concat', 'Twox64Concat']],
    ],
    [
      'the key',
      requests,
      (item) => ({ ...item, keys: item.keys.map((key) => ({ ...key, type: BYTES })) }),
      [[`${requests} key`, '[u8; 32]', 'Vec<u8>']],
    ],
    [
      'two keys',
      requests,
      (item) => ({ ...item, keys: [...item.keys, { hasher: 'Identity', type: U32 }] }),
      [[`${requests} key`, '[u8; 32]', '[u8; 32] and u32']],
    ],
    [
      'a map that was a value',
      'PalletIp.VmAvailableIps',
      (item) => ({ ...item, keys: [{ hasher: 'Identity', type: U32 }] }),
      [['PalletIp.VmAvailableIps key', 'a single value', 'u32']],
    ],
    [
      'a value that was a map',
      'SubAccount.SubAccount',
      (item) => ({ ...item, keys: [] }),
      [['SubAccount.SubAccount key', '[u8; 32]', 'a single value']],
    ],
    [
      'the default',
      'Compute.NextRequestId',
      (item) => ({ ...item, fallback: `0x01${'00'.repeat(15)}` }),
      [['Compute.NextRequestId default', `0x${'00'.repeat(16)}`, `0x01${'00'.repeat(15)}`]],
    ],
    [
      'the query',
      'PalletIp.IpToRole',
      (item) => ({ ...item, modifier: 'default' }),
      [['PalletIp.IpToRole query', 'OptionQuery', 'ValueQuery']],
    ],
    [
      'an OptionQuery for a stored Option',
      'Registration.NodeRegistration',
      (item) => ({ ...item, modifier: 'optional', value: item.value.kind === 'option' ? item.value.of : item.value }),
      [
        ['Registration.NodeRegistration value', 'Option<NodeInfo>', 'NodeInfo'],
        ['Registration.NodeRegistration query', 'ValueQuery', 'OptionQuery'],
      ],
    ],
  ])('%s', (_, name, change, differences) => {
    const layout = layoutOf(withItem(name, change));
    expect(told(layout)).toEqual(differences);
    expect(layout.findings.every(({ kind, part }) => kind === 'storage' && part === name)).toBe(true);
    const differing = NAMES.flatMap((each) => partsOf(foundIn(layout, each))).filter(
      ({ verdict }) => verdict !== 'same',
    );
    expect(differing.map((part) => [part.name, part.verdict])).toEqual([[name, 'differs']]);
  });
});

describe('a call, an event or an error that differs is told with its place', () => {
  const boot = 'Compute.submit_compute_boot_request_fulfillment';
  const created = 'Compute.ComputeRequestCreated';
  it.each<
    [
      string,
      'calls' | 'events' | 'errors',
      string,
      (member: Member) => Member,
      readonly (readonly [string, string, string])[],
    ]
  >([
    [
      'an argument of another type',
      'calls',
      boot,
      fields(typed('request_id', U64)),
      [[`${boot}.request_id`, 'u128', 'u64']],
    ],
    [
      'an argument less',
      'calls',
      boot,
      fields((all) => all.slice(0, 2)),
      [[`${boot}.signature`, 'MultiSignature', 'absent']],
    ],
    [
      'an argument more',
      'calls',
      boot,
      fields((all) => [...all, { name: 'nonce', shape: U32 }]),
      [[`${boot}.nonce`, 'absent', 'u32']],
    ],
    [
      'an argument more in front',
      'calls',
      boot,
      fields((all) => [{ name: 'nonce', shape: U32 }, ...all]),
      [[`${boot}.nonce`, 'absent', 'u32']],
    ],
    [
      'a renamed argument',
      'calls',
      boot,
      fields(called('node_id', 'node')),
      [[`${boot}.node_id`, 'named `node_id`', 'named `node`']],
    ],
    [
      'another argument in its place',
      'calls',
      boot,
      fields((all) => typed('node', U32)(called('node_id', 'node')(all))),
      [
        [`${boot}.node_id`, 'Vec<u8>', 'absent'],
        [`${boot}.node`, 'absent', 'u32'],
      ],
    ],
    [
      'arguments that changed places',
      'calls',
      boot,
      fields(swapped),
      [[`${boot}.request_id`, 'at position 2', 'at position 1']],
    ],
    [
      'a field of another type',
      'events',
      created,
      fields(typed('owner', BYTES)),
      [[`${created}.owner`, '[u8; 32]', 'Vec<u8>']],
    ],
    [
      'a renamed field',
      'events',
      created,
      fields(called('owner', 'who')),
      [[`${created}.owner`, 'named `owner`', 'named `who`']],
    ],
    [
      'a field without a name',
      'events',
      created,
      fields((all) => all.map((each) => ({ ...each, name: each.name === 'owner' ? null : each.name }))),
      [[`${created}.owner`, 'named `owner`', 'named `1`']],
    ],
    [
      'an error with a field',
      'errors',
      'Compute.NoAvailableIp',
      fields(() => [{ name: 'ip', shape: BYTES }]),
      [['Compute.NoAvailableIp.ip', 'absent', 'Vec<u8>']],
    ],
  ])('%s', (_, list, name, change, differences) => {
    const layout = layoutOf(withMember(list, name, change));
    expect(told(layout)).toEqual(differences);
    expect(layout.findings.every(({ kind, part }) => kind === list && part === name)).toBe(true);
  });

  it('a mainnet `purchase_plan` that is another call differs, and the rest goes on', () => {
    const other = fields(() => [{ name: 'plan_id', shape: { kind: 'fixed', length: 32 } }]);
    const layout = layoutOf(withMember('calls', 'Marketplace.purchase_plan', other));
    expect(foundIn(layout, 'Marketplace').calls.map(({ name, verdict, index }) => [name, verdict, index])).toEqual([
      ['Marketplace.purchase_plan', 'differs', [56, 7]],
    ]);
    expect(layout.findings).toHaveLength(6);
    expect(foundIn(layout, 'Compute').storage.every(({ verdict }) => verdict === 'same')).toBe(true);
  });
});

describe('what encodes the same is the same', () => {
  const everyType = (change: (part: RuntimeType) => RuntimeType): Runtime => ({
    ...specifiedRuntime,
    pallets: specifiedRuntime.pallets.map((pallet) => ({
      ...pallet,
      items: pallet.items.map((item) => ({ ...item, value: changedType(item.value, change) })),
      calls: pallet.calls.map(
        fields((all) => all.map((each) => ({ ...each, shape: changedType(each.shape, change) }))),
      ),
    })),
  });

  it.each<[string, (part: RuntimeType) => RuntimeType]>([
    ['lists that are bounded', (of) => (of.kind === 'list' || of.kind === 'bytes' ? { kind: 'newtype', of } : of)],
    ['newtypes around newtypes', (of) => ({ kind: 'newtype', of: { kind: 'newtype', of } })],
    [
      'types of other names',
      (part) => ('name' in part && part.name !== 'MultiSignature' ? { ...part, name: `${part.name}V2` } : part),
    ],
    [
      'a signature of a newer kind, which nobody here has to read',
      (part) =>
        part.kind === 'enum' && part.name === 'MultiSignature'
          ? { ...part, variants: [...part.variants, { name: 'Eth', shape: { kind: 'fixed', length: 65 } }] }
          : part,
    ],
  ])('%s', (_, change) => {
    expect(told(layoutOf(everyType(change)))).toEqual([]);
  });
});

it('what differs in an enum is told with the number of its type', () => {
  const status = withItem(
    'Compute.ComputeRequests',
    variantsOf('ComputeRequestStatus', (all) => all.with(3, 'Active')),
  );
  const metadata = parseMetadata(encodeMetadata(status));
  const [finding] = checkLayout(metadata).findings;
  expect(metadata.types.get(finding?.type ?? -1)?.path.at(-1)).toBe('ComputeRequestStatus');
});

it('a struct of one field encodes as that field does', () => {
  const metadata = parseMetadata(encodeMetadata(withItem('Compute.NextRequestId', valueIs(U64))));
  const item = metadata.pallets
    .flatMap(({ storage }) => storage?.items ?? [])
    .find(({ name }) => name === 'NextRequestId');
  const compared = (of: Type<unknown>) => compareType(metadata, struct('Id', { of }).shape, item?.value ?? -1);
  expect(compared(u64)).toEqual([]);
  expect(compared(u32)).toMatchObject([{ path: '', expected: 'u32', observed: 'u64' }]);
});

it.each<[string, RuntimeType, string]>([
  ['lists of lists', { kind: 'tree' }, 'Vec<Vec<Vec<Vec<Vec<Vec<...>>>>>>'],
  ['a newtype of itself', { kind: 'itself' }, '((((((...))))))'],
])('a type without end is told and ends: %s', (_, type, words) => {
  expect(told(layoutOf(withItem('Compute.NextRequestId', valueIs(type))))).toEqual([
    ['Compute.NextRequestId', 'u128', words],
  ]);
});
