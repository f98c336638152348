/** Stored values and events of two runtimes: as bytes where both have one layout, by field name where they have not. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { translated, TwoMeanings } from '../../src/gate/values.js';
import type { Hex } from '../../src/spec/hex.js';
import { hexOfText } from '../../src/spec/hex.js';
import { Rules } from '../../src/spec/rules.js';
import { compactDigits, encode } from '../../src/spec/scale.js';
import { Compute, PalletIp, rawKey, storage, type AnyStorageItem } from '../../src/spec/storage.js';
import type { Step } from '../../src/spec/steps.js';
import { ComputeRequest } from '../../src/spec/types/compute.js';
import { A, genesis, M, requestStop, running } from '../../src/spec/witnesses/cast.js';
import { accountAt } from '../../src/spec/accounts.js';
import type { StorageItemMetadata } from '../../src/targets/metadata.js';
import { loadRuntime, type Runtime } from '../../src/targets/runtime/runtime.js';
import { lab, labTarget } from '../lab.js';
import { valueOf } from '../shape-arbitrary.js';
import { MIGRATED, NOTED } from '../variants.js';

const [noted, migrated, later] = (await Promise.all(
  [NOTED, MIGRATED, 'runtime/later.wasm'].map((file) => loadRuntime(file)),
)) as [Runtime, Runtime, Runtime];

const KEY = rawKey(Compute.ComputeRequests, accountAt(A));
const QUEUE = rawKey(Compute.MinerComputeRequests, M.node);
const PLACE = /^Compute\.ComputeRequests\[.*\]$/;

const REQUEST: ComputeRequest = {
  request_id: 7n,
  plan_technical_description: hexOfText('{}'),
  plan_id: '0x' + '50'.repeat(32),
  status: 'Pending',
  created_at: 3n,
  owner: accountAt(A),
  selected_image: { name: '0x', image_url: hexOfText('Qm') },
  is_assigned: false,
  cloud_init_cid: null,
  miner_id: null,
};

const stored = (...requests: readonly ComputeRequest[]): Hex => encode(Compute.ComputeRequests.value, requests);

/** As `noted` and `migrated` have it: each request with a priority behind it. */
const withPriority = (priority: number, ...requests: readonly ComputeRequest[]): Hex => {
  const digits = priority.toString(16).padStart(2, '0').padEnd(8, '0');
  return `0x${compactDigits(requests.length)}${requests.map((each) => encode(ComputeRequest, each).slice(2) + digits).join('')}`;
};

/** A runtime as it would be with one storage item changed, or without it. */
const withItem = (part: string, change: (item: StorageItemMetadata) => StorageItemMetadata | null): Runtime => {
  const [pallet, name] = part.split('.');
  return {
    ...lab,
    metadata: {
      ...lab.metadata,
      pallets: lab.metadata.pallets.map((each) => ({
        ...each,
        storage: each.storage && {
          ...each.storage,
          items: each.storage.items.flatMap((item) => {
            const changed = each.name === pallet && item.name === name ? change(item) : item;
            return changed === null ? [] : [changed];
          }),
        },
      })),
    },
  };
};

const items = Object.values(storage).flatMap((pallet) => Object.values<AnyStorageItem>(pallet));

describe.each([
  ['noted', noted],
  ['migrated', migrated],
])('the lab runtime and "%s"', (_, next) => {
  const meanings = new TwoMeanings(lab, next);
  const value = (old: Hex | null, other: Hex | null) => meanings.value(KEY, old, other);

  it('have all items in common, in one layout but for the requests, and hash all keys alike', () => {
    const others = items.filter(({ prefix }) => {
      const common = meanings.common(prefix);
      if (common === undefined) throw new Error(`they have ${prefix} not in common`);
      expect(meanings.hasSameKeys(common)).toBe(true);
      return !meanings.isSame(common);
    });
    expect(others).toEqual([Compute.ComputeRequests]);
  });

  it.each([0, 9])('agree on requests that only have a priority of %i more', (priority) => {
    const other = { ...REQUEST, request_id: 8n };
    expect(value(stored(REQUEST, other), withPriority(priority, REQUEST, other))).toBeUndefined();
    expect(value(stored(), withPriority(priority))).toBeUndefined();
    expect(value(null, null)).toBeUndefined();
  });

  it.each<[string, Hex | null, Hex | null, string, string, string]>([
    [
      'another status',
      stored(REQUEST),
      withPriority(0, { ...REQUEST, status: 'Failed' }),
      '[0].status',
      '"Pending"',
      '"Failed"',
    ],
    [
      'another image',
      stored(REQUEST),
      withPriority(0, { ...REQUEST, selected_image: { name: '0x', image_url: '0x' } }),
      '[0].selected_image.image_url',
      '"Qm"',
      '""',
    ],
    ['a miner', stored(REQUEST), withPriority(0, { ...REQUEST, miner_id: '0x61' }), '[0].miner_id', 'null', '"a"'],
    ['a request more', stored(REQUEST), withPriority(0, REQUEST, REQUEST), '[1]', 'nothing', '{ request_id: 7,'],
    ['no value', stored(REQUEST), null, '', '[{ request_id: 7,', 'no value'],
    ['a value where there was none', null, withPriority(0), '', 'no value', '[]'],
    ['the same bytes', stored(REQUEST), stored(REQUEST), '', '[{ request_id: 7,', 'which does not decode (byte '],
    [
      'its own bytes in the old one',
      withPriority(0, REQUEST),
      withPriority(0, REQUEST),
      '',
      'which does not decode (byte ',
      'priority: 0 }]',
    ],
  ])('part over %s', (_what, old, other, path, expected, observed) => {
    const mismatch = value(old, other);
    expect(mismatch?.aspect).toBe('storage');
    expect(mismatch?.where.slice(0, -path.length || undefined)).toMatch(PLACE);
    expect(mismatch?.where.endsWith(path)).toBe(true);
    expect(mismatch?.expected).toContain(expected);
    expect(mismatch?.observed).toContain(observed);
    expect(mismatch?.raw).toMatchObject({ key: KEY, expected: old, observed: other });
  });

  it('say why bytes are no value of either', () => {
    const short = /^byte \d+: expected /;
    const none = expect.stringMatching(short) as unknown;
    const values = [stored(REQUEST), withPriority(0, REQUEST), stored(), '0x04'];
    const said = (side: 'old' | 'next') => values.map((bytes) => meanings.undecodable(side, KEY, bytes));
    expect(said('old')).toEqual([undefined, none, undefined, none]);
    expect(said('next')).toEqual([none, undefined, undefined, none]);
  });

  it('have any requests translated from one to the other and back, and agree on them', () => {
    fc.assert(
      fc.property(valueOf(Compute.ComputeRequests.value), (requests) => {
        const [old, other] = [stored(...requests), withPriority(0, ...requests)];
        expect(translated(meanings.old, meanings.next, KEY, old)).toBe(other);
        expect(translated(meanings.next, meanings.old, KEY, withPriority(5, ...requests))).toBe(old);
        expect(value(old, other)).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });

  it('have nothing translated that is no value, or of no common item', () => {
    expect(translated(meanings.old, meanings.next, KEY, withPriority(0, REQUEST))).toBeUndefined();
    expect(translated(meanings.old, meanings.next, '0x' + '00'.repeat(32), '0x')).toBeUndefined();
  });
});

describe('what a value can not be in the new layout', () => {
  it('is not translated: a variant that is gone, a new field without a zero', () => {
    const types = new Map(lab.metadata.types);
    const [request] = [...types.values()].filter(({ path }) => path.at(-1) === 'ComputeRequest');
    const [status] = [...types.values()].filter(({ path }) => path.at(-1) === 'ComputeRequestStatus');
    if (request?.definition.kind !== 'composite' || status?.definition.kind !== 'variant')
      throw new Error('other types');
    const renamed = status.definition.variants.map((each) => ({ ...each, name: `${each.name}d` }));
    const endless = { name: 'again', type: request.id };
    const changes = [
      { ...status, definition: { kind: 'variant', variants: renamed } },
      { ...request, definition: { kind: 'composite', fields: [...request.definition.fields, endless] } },
    ] as const;
    for (const type of changes) {
      const next = { ...lab, metadata: { ...lab.metadata, types: new Map([...types, [type.id, type]]) } };
      const meanings = new TwoMeanings(lab, next);
      expect(meanings.isSame(meanings.common(KEY) ?? fail())).toBe(false);
      expect(translated(meanings.old, meanings.next, KEY, stored(REQUEST))).toBeUndefined();
      expect(translated(meanings.old, meanings.next, KEY, stored())).toBe(stored());
    }
  });
});

const fail = (): never => {
  throw new Error('it is not there');
};

describe('items of one layout', () => {
  const meanings = new TwoMeanings(lab, lab);
  const BROKEN = '0x0461';

  it('are compared as bytes: what decodes in neither is no difference where it is the same', () => {
    expect(meanings.value(KEY, BROKEN, BROKEN)).toBeUndefined();
    expect(meanings.value(KEY, stored(REQUEST), stored(REQUEST))).toBeUndefined();
  });

  it('part where bytes do, and say what does not decode', () => {
    const mismatch = meanings.value(KEY, BROKEN, '0x0462');
    expect(mismatch).toMatchObject({ raw: { expected: BROKEN, observed: '0x0462', byte: 1 } });
    expect(mismatch?.expected).toContain('0x0461, which does not decode (byte ');
  });
});

describe('what only one of two runtimes has', () => {
  it('a pallet: nothing of it is compared', () => {
    const meanings = new TwoMeanings(lab, later);
    expect(meanings.common(KEY)).toBeUndefined();
    expect(meanings.value(KEY, stored(REQUEST), null)).toBeUndefined();
    expect(meanings.diffs({ [KEY]: stored(REQUEST) }, {})).toBeUndefined();
    expect(meanings.common(rawKey(PalletIp.VmAvailableIps, null))).toBeDefined();
  });

  it.each([
    ['the old one', true],
    ['the new one', false],
  ])('an item of %s: the same', (_, isOld) => {
    const less = withItem('Compute.ComputeRequests', () => null);
    const meanings = isOld ? new TwoMeanings(lab, less) : new TwoMeanings(less, lab);
    expect(meanings.common(KEY)).toBeUndefined();
    expect(meanings.value(KEY, stored(REQUEST), stored())).toBeUndefined();
    expect(meanings.value(QUEUE, '0x04', '0x00')).toBeDefined();
    expect(translated(meanings.old, meanings.next, KEY, stored(REQUEST))).toBeUndefined();
  });

  it('a way to hash keys, or a type of them: the keys are not the same', () => {
    const moved = withItem('Compute.ComputeRequests', (item) => ({
      ...item,
      keys: item.keys.map((key) => ({ ...key, hasher: 'Twox64Concat' })),
    }));
    const single = withItem('Compute.ComputeRequests', (item) => ({ ...item, keys: [] }));
    const bytesKey =
      lab.metadata.pallets
        .flatMap((each) => each.storage?.items ?? [])
        .find(({ name }) => name === 'MinerComputeRequests')?.keys ?? [];
    const typed = withItem('Compute.ComputeRequests', (item) => ({ ...item, keys: bytesKey }));
    for (const next of [moved, single, typed])
      for (const meanings of [new TwoMeanings(lab, next), new TwoMeanings(next, lab)]) {
        expect(meanings.hasSameKeys(meanings.common(KEY) ?? fail())).toBe(false);
        expect(meanings.isSame(meanings.common(KEY) ?? fail())).toBe(true);
        expect(meanings.hasSameKeys(meanings.common(QUEUE) ?? fail())).toBe(true);
      }
  });
});

describe('what two steps wrote', () => {
  const meanings = new TwoMeanings(lab, noted);
  const has = (old: Hex | null, next: Hex | null) => ({ old: () => old, next: () => next });

  it('is the same where each wrote it in its own layout', () => {
    expect(meanings.diffs({ [KEY]: stored(REQUEST) }, { [KEY]: withPriority(0, REQUEST) })).toBeUndefined();
    expect(meanings.diffs({ [KEY]: null }, { [KEY]: null })).toBeUndefined();
  });

  it('parts where one removed it', () => {
    expect(meanings.diffs({ [KEY]: stored(REQUEST) }, { [KEY]: null })).toMatchObject({ observed: 'no value' });
  });

  it('that only one wrote is held against what the other still has', () => {
    const other = withPriority(0, { ...REQUEST, status: 'Failed' });
    expect(meanings.diffs({ [KEY]: stored(REQUEST) }, {}, has(null, withPriority(0, REQUEST)))).toBeUndefined();
    expect(meanings.diffs({}, { [KEY]: other }, has(stored(REQUEST), null))).toMatchObject({
      expected: '"Pending"',
      observed: '"Failed"',
    });
    expect(meanings.diffs({ [KEY]: null }, {}, has(null, null))).toBeUndefined();
  });

  it('that only one wrote is a difference where nobody knows what the other has', () => {
    expect(meanings.diffs({ [KEY]: stored() }, {})).toMatchObject({ expected: '[]', observed: 'no change' });
    expect(meanings.diffs({}, { [KEY]: null })).toMatchObject({ expected: 'no change', observed: 'no value' });
  });
});

describe('what two steps deposited', async () => {
  /** The records of the last of these steps. */
  const recordsOf = (steps: readonly Step[], mutant = 0): readonly Uint8Array[] => {
    const target = labTarget({ rules: Rules.deployed, mutant });
    target.reset(genesis());
    for (const step of steps) if ('call' in step) target.dispatch(step.call, step.origin);
    return target.records;
  };
  const meanings = new TwoMeanings(lab, noted);
  const purchased = recordsOf(running().slice(0, 2));
  const stopped = recordsOf([...running(), requestStop(A)]);

  it('is the same where it is', () => {
    expect(stopped.length).toBeGreaterThan(1);
    expect(meanings.events(stopped, stopped)).toBeUndefined();
  });

  it('parts where one deposited another, or none', () => {
    expect(meanings.events(stopped, [])).toMatchObject({
      where: 'event 0: Compute.ComputeStopRequested',
      expected: expect.stringMatching(/^Compute\.ComputeStopRequested \{ /) as unknown,
      observed: 'no event',
    });
    expect(meanings.events([], stopped)).toMatchObject({ expected: 'no event' });
    expect(meanings.events(stopped, purchased)?.observed).toMatch(/^(?:no event|Compute\.ComputeRequestCreated)/);
  });

  it('is compared with its topics, and parts in its own field', () => {
    const changed = stopped.map((record) => Uint8Array.from(record, (byte, at) => (at === 7 ? byte ^ 1 : byte)));
    expect(meanings.events(stopped, changed)?.where).toMatch(/^event 0: Compute\.ComputeStopRequested\.\w+$/);
    const cut = stopped.map((record) => record.slice(0, -1));
    expect(meanings.events(stopped, cut)?.observed).toContain('which does not decode');
  });

  it('of other pallets is not compared', () => {
    const other = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0);
    expect(meanings.old.eventOf(other)).toBeUndefined();
    expect(meanings.events([other, ...stopped], stopped)).toBeUndefined();
  });
});
