/** Two runtimes' interfaces, but for what their pallets are made of: pallets, transactions, runtime APIs, versions; and real ones. */
import { describe, expect, it } from 'vitest';
import { compareInterfaces, type Effect, type InterfaceSide } from '../../src/gate/interface.js';
import { apiId } from '../../src/gate/interface/apis.js';
import { loadRuntime } from '../../src/targets/runtime/runtime.js';
import { lab } from '../lab.js';
import type { Api, Extension, Pallet } from '../targets/metadata-builder.js';
import type { RuntimeType } from '../targets/portable-types.js';
import { without } from '../targets/specified-runtime.js';
import { MIGRATED, MOVED, NOTED } from '../variants.js';
import { CALLERS, HARMLESS, inCall, INDEXERS, keeping, more, reencoding } from './told-changes.js';
import {
  base,
  BYTES,
  changesTo,
  inMember,
  inPallet,
  nextOf,
  sideOf,
  U32,
  U64,
  U8,
  UNIT,
  type Change,
} from './two-runtimes.js';

const inApi =
  (change: (methods: Api['methods']) => Api['methods']): Change =>
  (runtime) => ({ ...runtime, apis: (runtime.apis ?? []).map((api) => ({ ...api, methods: change(api.methods) })) });

describe('of a runtime API', () => {
  const method = (name: string, change: (of: Api['methods'][number]) => Api['methods'][number]) =>
    inApi((methods) => methods.map((each) => (each.name === name ? change(each) : each)));
  keeping(
    [
      'a method less',
      inApi(without('limit')),
      'JobsApi.limit/api/removed',
      CALLERS,
      'The runtime API method `JobsApi.limit` is absent in the new runtime: clients that ask it get no answer.',
    ],
    [
      'a method more',
      inApi((methods) => [...methods, { name: 'count', inputs: [], output: U32 }]),
      'JobsApi.count/api/added',
      HARMLESS,
      'The runtime API method `JobsApi.count` is new: what was there stays as it is.',
    ],
    [
      'an input of another type',
      method('jobs_of', (of) => ({ ...of, inputs: [{ name: 'who', shape: BYTES }] })),
      'JobsApi.jobs_of/api/inputs.who',
      CALLERS,
      '`JobsApi.jobs_of input.who` is Vec<u8> in the new runtime, [u8; 32] in the old: clients of the old runtime ask something else, or get no answer.',
    ],
    [
      'another output',
      method('jobs_of', (of) => ({ ...of, output: { kind: 'list', of: U32 } })),
      'JobsApi.jobs_of/api/output',
      CALLERS,
      '`JobsApi.jobs_of output[]` is u32 in the new runtime, u64 in the old: clients of the old runtime misread the answer.',
    ],
  );

  const OTHER = '0x0123456789abcdef';
  const NAMED = apiId('JobsApi');
  it.each<[string, Readonly<Record<string, number>>, string, Effect]>([
    ['is gone', { [OTHER]: 3 }, `${NAMED}/api/removed`, CALLERS],
    ['is raised', { [NAMED]: 2, [OTHER]: 3 }, `${NAMED}/api/version`, HARMLESS],
    ['is lowered', { [NAMED]: 0, [OTHER]: 3 }, `${NAMED}/api/version`, CALLERS],
    ['is gone, and nobody knows whose it was', { [NAMED]: 1 }, `${OTHER}/api/removed`, CALLERS],
    ['is new', { [NAMED]: 1, [OTHER]: 3, [apiId('Core')]: 5 }, 'Core/api/added', HARMLESS],
  ])('its version %s: names are known where the metadata or the SDK has them', (_, versions, id, effect) => {
    const apis = Object.entries(versions).map(([api, version]) => ({ id: `0x${api.slice(2)}` as const, version }));
    const told = (metadata: 14 | 16) =>
      changesTo(base, { metadata, version: { apis } }).map((each) => [each.id, each.effect]);
    expect(told(14)).toEqual([[`interface/${id}`, effect]]);
    expect(told(16)).toEqual([[`interface/${id.replace(NAMED, 'JobsApi')}`, effect]]);
  });

  it('its methods are not compared where metadata 14 does not tell them', () => {
    expect(changesTo(inApi(() => [])(base), { metadata: 14 })).toEqual([]);
  });
});

const inExtensions =
  (change: (all: readonly Extension[]) => readonly Extension[]): Change =>
  (runtime) => ({ ...runtime, extensions: change(runtime.extensions) });

describe('of transactions', () => {
  const refused = 'transactions made for the old runtime are refused';
  const named = (name: string) => (all: readonly Extension[]) => all.filter(({ identifier }) => identifier !== name);
  const extension = (identifier: string, extra: RuntimeType, additionalSigned: RuntimeType) => ({
    identifier,
    extra,
    additionalSigned,
  });
  const changed = (name: string, change: (of: Extension) => Extension) =>
    inExtensions((all) => all.map((each) => (each.identifier === name ? change(each) : each)));

  reencoding(
    [
      'an extension less',
      inExtensions(named('CheckGenesis')),
      'extrinsic.CheckGenesis/removed',
      CALLERS,
      `The transaction extension \`CheckGenesis\` (additional signed [u8; 32]) is absent in the new runtime: ${refused}.`,
    ],
    [
      'an extension more',
      inExtensions((all) => [...all, extension('Mode', U8, BYTES)]),
      'extrinsic.Mode/added',
      CALLERS,
      `The transaction extension \`Mode\` (extra u8, additional signed Vec<u8>) is new: ${refused}.`,
    ],
    [
      'extensions in another order',
      inExtensions((all) => [...named('CheckNonce')(all), extension('CheckNonce', { kind: 'compact', of: U32 }, UNIT)]),
      'extrinsic.ChargeTip/moved',
      CALLERS,
      `The transaction extension \`ChargeTip\` is at position 3 in the new runtime, at position 4 in the old: ${refused}.`,
    ],
    [
      'what an extension sends',
      changed('ChargeTip', (of) => ({ ...of, extra: { kind: 'compact', of: U64 } })),
      'extrinsic.ChargeTip/extra',
      CALLERS,
      '`extrinsic.ChargeTip extra` is Compact<u64> in the new runtime, u64 in the old: transactions made for the old runtime are refused or mean something else.',
    ],
    [
      'what an extension signs',
      changed('CheckGenesis', (of) => ({ ...of, additionalSigned: BYTES })),
      'extrinsic.CheckGenesis/additional_signed',
      CALLERS,
      '`extrinsic.CheckGenesis additional signed` is Vec<u8> in the new runtime, [u8; 32] in the old: what signers of the old runtime sign is not what is checked: their transactions are refused.',
    ],
  );

  keeping(
    [
      'an extension less that has no bytes',
      inExtensions(named('CheckWeight')),
      'extrinsic.CheckWeight/removed',
      HARMLESS,
      'The transaction extension `CheckWeight` (without any bytes) is absent in the new runtime: transactions keep their bytes.',
    ],
    [
      'an extension more that has no bytes',
      inExtensions((all) => [extension('CheckPhase', UNIT, UNIT), ...all]),
      'extrinsic.CheckPhase/added',
      HARMLESS,
      'The transaction extension `CheckPhase` (without any bytes) is new: transactions keep their bytes.',
    ],
    [
      'a format less',
      (runtime) => ({ ...runtime, formats: [4] }),
      'extrinsic/format5/removed',
      CALLERS,
      'Extrinsics of format 5 are not taken by the new runtime: transactions written in it are refused.',
    ],
    [
      'a format more',
      (runtime) => ({ ...runtime, formats: [4, 5, 6] }),
      'extrinsic/format6/added',
      HARMLESS,
      'Extrinsics of format 6 are taken by the new runtime, too: those of other formats stay as they are.',
    ],
  );

  it('an order in which no bytes change places is the same', () => {
    const last = (all: readonly Extension[]) => [
      ...named('CheckWeight')(all),
      ...all.filter(({ identifier }) => identifier === 'CheckWeight'),
    ];
    expect(changesTo(inExtensions(last)(base))).toEqual([]);
    const genesisLast = [...named('CheckGenesis')(base.extensions), ...base.extensions.slice(0, 1)];
    expect(changesTo({ ...base, extensions: genesisLast })).toEqual([]);
  });
});

const EMPTY: Pallet = { name: 'Empty', index: 20, items: [], calls: [], events: [], errors: [], constants: [] };
const withPallets =
  (change: (all: readonly Pallet[]) => readonly Pallet[]): Change =>
  (runtime) => ({ ...runtime, pallets: change(runtime.pallets) });

describe('of a pallet', () => {
  const lost = 'what is stored is not found any more unless a migration moves it';
  reencoding(
    [
      'that it is gone',
      withPallets(without('Jobs')),
      'Jobs/removed',
      CALLERS,
      'The pallet `Jobs` (index 10: 2 calls, 3 events, 2 errors, 3 storage items, 2 constants) is absent in the new runtime: transactions made for the old runtime that call it are refused.',
    ],
    [
      'another index',
      inPallet('Jobs', (of) => ({ ...of, index: 11 })),
      'Jobs/index',
      CALLERS,
      'The pallet `Jobs` has index 11 in the new runtime, 10 in the old: transactions made for the old runtime are refused or call something else, and indexers misread its events and errors.',
    ],
  );

  keeping(
    [
      'that it is new',
      withPallets((all) => [...all, { ...EMPTY, errors: [{ name: 'No', index: 0, fields: [] }] }]),
      'Empty/added',
      HARMLESS,
      'The pallet `Empty` (index 20: 1 error) is new: what was there stays as it is.',
    ],
    [
      'another name, with its state',
      inPallet('Jobs', (of) => ({ ...of, name: 'Work' })),
      'Jobs/renamed',
      CALLERS,
      `The pallet \`Jobs\` is named \`Work\` in the new runtime: who goes by names misses it; its storage keys change with it, ${lost}.`,
    ],
    [
      'another name, without its state',
      inPallet('Jobs', (of) => ({ ...of, name: 'Work', prefix: 'Jobs' })),
      'Jobs/renamed',
      CALLERS,
      'The pallet `Jobs` is named `Work` in the new runtime: who goes by names misses it; its storage keys stay.',
    ],
    [
      'another storage prefix',
      inPallet('Jobs', (of) => ({ ...of, prefix: 'Work' })),
      'Jobs/prefix',
      INDEXERS,
      `The storage prefix of \`Jobs\` is \`Work\` in the new runtime, \`Jobs\` in the old: ${lost}.`,
    ],
  );

  it('with nothing in it, whatever becomes of it is harmless', () => {
    const old = sideOf(withPallets((all) => [...all, EMPTY])(base));
    const changes = (next: readonly Pallet[]) =>
      compareInterfaces(old, nextOf({ ...base, pallets: [...base.pallets, ...next] })).map(({ id, effect }) => [
        id,
        effect,
      ]);
    expect(changes([])).toEqual([['interface/Empty/removed', HARMLESS]]);
    expect(changes([{ ...EMPTY, index: 21 }])).toEqual([['interface/Empty/index', HARMLESS]]);
    expect(changes([{ ...EMPTY, name: 'Void' }])).toEqual([
      ['interface/Empty/removed', HARMLESS],
      ['interface/Void/added', HARMLESS],
    ]);
  });

  it('whoever has its index now is named', () => {
    const [gone, come] = changesTo(withPallets((all) => [...without('Jobs')(all), { ...EMPTY, index: 10 }])(base), {
      version: { transaction_version: 2 },
    });
    expect(gone?.sentence).toMatch(/ are refused, or call `Empty`, which has its index\.$/);
    expect(come?.id).toBe('interface/Empty/added');
  });

  it('what else changes of a renamed one is told under its old name', () => {
    const next = inPallet('Jobs', (of) => ({ ...of, name: 'Work', calls: without('stop')(of.calls) }))(base);
    expect(changesTo(next, { version: { transaction_version: 2 } }).map(({ id }) => id)).toEqual([
      'interface/Jobs/renamed',
      'interface/Jobs.stop/removed',
    ]);
  });
});

describe('of the versions', () => {
  const versions = (version: Partial<InterfaceSide['version']>, next = base) =>
    changesTo(next, { version }).map(({ id, effect, sentence }) => [id, effect, sentence]);

  it.each([100, 99])('`spec_version` %d after 100: the chain refuses it', (spec_version) => {
    const [[id, effect, sentence] = [], ...others] = versions({ spec_version });
    expect([id, effect, others]).toEqual(['interface/version/spec_version', 'breaks the upgrade', []]);
    expect(sentence).toMatch(
      /, though the code differs: `System.set_code` refuses it \(SpecVersionNeedsToIncrease\)\.$/,
    );
  });

  it('another `spec_name`: the chain refuses it', () => {
    expect(versions({ spec_name: 'other' })).toEqual([
      [
        'interface/version/spec_name',
        'breaks the upgrade',
        '`spec_name` is "other" in the new runtime, "small" in the old: `System.set_code` refuses it (InvalidSpecName).',
      ],
    ]);
  });

  it('the same `transaction_version`, though transactions have other bytes', () => {
    const next = inCall(
      'Jobs.start',
      more('tip', U64),
    )(inMember('calls', 'Jobs.stop', (of) => ({ ...of, index: 4 }))(base));
    expect(versions({}, next)[0]).toEqual([
      'interface/version/transaction_version',
      CALLERS,
      '`transaction_version` stays 1, though transactions have other bytes (interface/Jobs.start/arguments.tip and 1 more): offline signers can not tell that theirs are of another runtime.',
    ]);
  });

  it.each([2, 0])('`transaction_version` %d after 1, though none has', (transaction_version) => {
    expect(versions({ transaction_version })).toEqual([
      [
        'interface/version/transaction_version',
        HARMLESS,
        `\`transaction_version\` is ${transaction_version} in the new runtime, 1 in the old, though no transaction has other bytes: offline signers ask for an update that they do not need.`,
      ],
    ]);
  });

  it('the same code is the same runtime', () => {
    const next = sideOf(withPallets(without('Jobs'))(base), { version: { spec_name: 'other' } });
    expect(compareInterfaces(sideOf(base), next)).toEqual([]);
  });
});

describe('of the lab runtime', async () => {
  const [later, noted, migrated, moved] = await Promise.all(
    ['runtime/later.wasm', NOTED, MIGRATED, MOVED].map((file) => loadRuntime(file)),
  );
  const changes = (next: InterfaceSide | undefined) =>
    compareInterfaces(lab, next ?? lab).map(({ id, effect }) => `${effect}: ${id}`);

  it('nothing, held against itself', () => {
    expect(changes(lab)).toEqual([]);
    expect(changes({ ...lab, code: Uint8Array.of(1) })).toEqual(['breaks the upgrade: interface/version/spec_version']);
  });

  it('a field more in what is stored, with and without a migration', () => {
    for (const next of [noted, migrated]) {
      expect(changes(next)).toEqual(['breaks indexers: interface/Compute.ComputeRequests/value.priority']);
    }
  });

  it('a call that moved, and a `transaction_version` that did not', () => {
    expect(changes(moved)).toEqual([
      'breaks callers: interface/version/transaction_version',
      'breaks callers: interface/Compute.request_compute_stop/index',
    ]);
  });

  it('pallets that are gone and new in a later release', () => {
    expect(changes(later)).toEqual(
      expect.arrayContaining([
        'breaks callers: interface/Compute/removed',
        'breaks callers: interface/Marketplace/removed',
        'breaks callers: interface/AuraApi/api/removed',
        'breaks callers: interface/Timestamp.MinimumPeriod/constant/value',
        'harmless: interface/Babe/added',
      ]),
    );
  });
});
