/** A runtime's pallets are found by what they offer, and what they offer is told. */
import * as fc from 'fast-check';
import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { checkLayout } from '../../src/targets/layout.js';
import { MetadataError, parseMetadata } from '../../src/targets/metadata.js';
import { foundIn, layoutOf, NAMES, partsOf } from './checked-layout.js';
import { encodeMetadata, type Pallet, type Runtime } from './metadata-builder.js';
import type { Member, RuntimeType } from './portable-types.js';
import { changedType, fields, specifiedRuntime, valueIs, withItem, withPallet, without } from './specified-runtime.js';

const renamedTo = (name: string) => (pallet: Pallet) => ({ ...pallet, name });

describe('a runtime as specified', () => {
  it.each([14, 15, 16] as const)('has every part the same, in metadata %i', (version) => {
    const layout = checkLayout(parseMetadata(encodeMetadata(specifiedRuntime, version)));
    const parts = NAMES.flatMap((name) => partsOf(foundIn(layout, name)));
    expect(parts.filter(({ verdict }) => verdict !== 'same')).toEqual([]);
    // 22 storage items, 29 calls, 24 events, 19 errors.
    expect(parts).toHaveLength(94);
    expect([layout.findings, layout.missing, layout.revised]).toEqual([[], [], true]);
  });

  it('without what later releases added lacks nothing', () => {
    const older = withPallet('ExecutionUnit', (pallet) => ({
      ...pallet,
      items: without('RequestsCount')(pallet.items),
      errors: without('TooManyRequests')(pallet.errors),
    }));
    const layout = layoutOf(older);
    expect([layout.findings, layout.missing, layout.revised]).toEqual([[], [], false]);
  });

  it('with RequestsCount is of a later release, and TooManyRequests is then missed', () => {
    const half = withPallet('ExecutionUnit', (pallet) => ({
      ...pallet,
      errors: without('TooManyRequests')(pallet.errors),
    }));
    const layout = layoutOf(half);
    expect([layout.missing, layout.revised]).toEqual([['ExecutionUnit.TooManyRequests'], true]);
  });

  it('with more than is specified has that listed, and no finding', () => {
    const extra: Member = { name: 'sudo_enable', index: 200, fields: [{ name: 'on', shape: { kind: 'bool' } }] };
    const more = withPallet('ExecutionUnit', (pallet) => ({
      ...pallet,
      items: [
        ...pallet.items,
        { name: 'Enabled', modifier: 'default', keys: [], value: { kind: 'bool' }, fallback: '0x00' },
      ],
      calls: [...pallet.calls, extra],
      events: [...pallet.events, { ...extra, name: 'Purged' }],
      errors: [...pallet.errors, { ...extra, name: 'TooMany', fields: [] }],
    }));
    const layout = layoutOf(more);
    expect(layout.findings).toEqual([]);
    expect(foundIn(layout, 'ExecutionUnit').undescribed).toEqual({
      storage: ['Enabled'],
      calls: ['sudo_enable'],
      events: ['Purged'],
      errors: ['TooMany'],
    });
  });
});

describe('a pallet is found by its interface', () => {
  it('under another name, with the prefix of its storage', () => {
    const runtime = withPallet('Compute', renamedTo('ComputePallet'));
    const layout = layoutOf(runtime);
    const compute = foundIn(layout, 'Compute');
    expect([compute.name, compute.prefix, compute.index]).toEqual(['ComputePallet', 'ComputePallet', 67]);
    expect([layout.findings, layout.missing]).toEqual([[], []]);
    expect(compute.calls.some(({ moved }) => moved)).toBe(false);
  });

  it('whose storage prefix is not its name', () => {
    const layout = layoutOf(withPallet('Compute', (pallet) => ({ ...pallet, prefix: 'Cloud' })));
    expect(foundIn(layout, 'Compute').prefix).toBe('Cloud');
  });

  it('also where a pallet of another kind has its name', () => {
    const stub = (pallet: Pallet): Pallet => ({
      ...pallet,
      index: 99,
      items: pallet.items.slice(0, 1),
      calls: [],
      events: [],
    });
    const renamed = withPallet('Compute', renamedTo('Cloud'));
    const stubs = specifiedRuntime.pallets.filter(({ name }) => name === 'Compute').map(stub);
    const compute = foundIn(layoutOf({ ...renamed, pallets: [...stubs, ...renamed.pallets] }), 'Compute');
    expect([compute.name, compute.index]).toEqual(['Cloud', 67]);
  });

  it('and of two that offer the same, it is the one with the name', () => {
    const twins = specifiedRuntime.pallets.flatMap((pallet) => [
      { ...pallet, name: `${pallet.name}2`, index: pallet.index + 100 },
      pallet,
    ]);
    const layout = layoutOf({ ...specifiedRuntime, pallets: twins });
    expect(NAMES.map((name) => foundIn(layout, name).name)).toEqual(NAMES);
  });

  it('absent where it is not there', () => {
    const layout = layoutOf({ ...specifiedRuntime, pallets: without('Compute')(specifiedRuntime.pallets) });
    expect(layout.pallets.Compute).toEqual({
      verdict: 'absent',
      specified: 'Compute',
      reason:
        '`Compute` is absent: no pallet that is left has half of its storage items, calls and events (`PalletIp` has 4 of 42)',
    });
    expect(foundIn(layout, 'PalletIp').name).toBe('PalletIp');
    expect([layout.findings, layout.missing]).toEqual([[], []]);
  });

  it('all absent on a chain of another kind', () => {
    const layout = layoutOf({
      ...specifiedRuntime,
      pallets: specifiedRuntime.pallets.filter(({ name }) => name === 'System'),
    });
    expect(NAMES.map((name) => layout.pallets[name].verdict)).toEqual(NAMES.map(() => 'absent'));
    expect(layout.revised).toBe(false);
  });

  it('absent where only the name is right', () => {
    const empty = withPallet('Compute', (pallet) => ({ ...pallet, items: [], calls: [], events: [] }));
    expect(layoutOf(empty).pallets.Compute).toMatchObject({
      verdict: 'absent',
      reason: expect.stringContaining('`Compute` has 0 of 42') as string,
    });
  });

  const half = (pallet: Pallet): Pallet => ({ ...pallet, items: pallet.items.slice(0, 2), events: [] });

  it('with less than half of it only under its own name, and what it lacks is told', () => {
    // 2 storage items and 17 calls of 42 parts.
    const layout = layoutOf(withPallet('Compute', half));
    expect(
      foundIn(layout, 'Compute').events.every(({ verdict, index }) => verdict === 'absent' && index === null),
    ).toBe(true);
    expect(layout.missing).toHaveLength(6 + 17);
    expect(layout.findings).toEqual([]);
    const renamed = withPallet('Compute', (pallet) => ({ ...half(pallet), name: 'Other' }));
    expect(layoutOf(renamed).pallets.Compute.verdict).toBe('absent');
  });

  it('with just half of it, of which what later releases added is no part', () => {
    const renamed = withPallet('ExecutionUnit', (pallet) => ({
      ...pallet,
      name: 'Metrics',
      items: without('RequestsCount')(pallet.items),
      calls: pallet.calls.slice(0, 2),
      events: [],
    }));
    expect(foundIn(layoutOf(renamed), 'ExecutionUnit').name).toBe('Metrics');
  });

  it('and none is taken for two', () => {
    const merged = specifiedRuntime.pallets.reduce((all, each) => ({
      ...all,
      name: 'All',
      items: [...all.items, ...each.items],
      calls: [...all.calls, ...each.calls.map((call) => ({ ...call, index: call.index + all.calls.length }))],
    }));
    const layout = layoutOf({ ...specifiedRuntime, pallets: [merged] });
    expect(Object.values(layout.pallets).filter(({ verdict }) => verdict === 'found')).toHaveLength(1);
  });
});

describe('another index is no difference, and is there to translate', () => {
  const moved = withPallet('Compute', (pallet) => ({
    ...pallet,
    index: 90,
    calls: pallet.calls.map((call) => ({ ...call, index: call.index + 100 })),
    events: pallet.events.map((event) => ({ ...event, index: event.index + 1 })),
    errors: pallet.errors.map((error) => ({ ...error, index: error.index + 20 })),
  }));
  const layout = layoutOf(moved);
  const compute = foundIn(layout, 'Compute');

  it('for calls and events', () => {
    expect(layout.findings).toEqual([]);
    expect(compute.calls.find(({ name }) => name === 'Compute.request_compute_stop')).toMatchObject({
      verdict: 'same',
      index: [90, 109],
      moved: true,
    });
    expect(compute.events.find(({ name }) => name === 'Compute.IpAdded')).toMatchObject({
      index: [90, 4],
      moved: true,
    });
  });

  it('for errors, whose number then means another name', () => {
    expect(compute.errors[0]).toMatchObject({ name: 'Compute.NoAvailableIp', verdict: 'same', index: 20, moved: true });
    expect([compute.errorNames.get(24), compute.errorNames.get(4)]).toEqual(['InvalidSignature', undefined]);
  });

  it('and what has not moved is not said to have', () => {
    const ip = foundIn(layout, 'PalletIp');
    expect([...ip.calls, ...ip.events, ...ip.errors].filter((part) => part.moved)).toEqual([]);
    expect(ip.errorNames.get(4)).toBe('RoleAlreadyHasIp');
  });
});

it('a finding is a sentence that says where, what, what was specified, and what follows', () => {
  const changed = withItem('Compute.NextRequestId', valueIs({ kind: 'uint', bits: 64 }));
  const [finding] = layoutOf(changed).findings;
  expect(finding?.sentence).toBe(
    `\`Compute.NextRequestId\` is u64 in this runtime, u128 in the spec (metadata type ${finding?.type ?? '?'}): ` +
      "it has to be decoded with the runtime's own types.",
  );
  const [renamed] = layoutOf(withPallet('Compute', renamedTo('Cloud'), changed)).findings;
  expect(renamed?.sentence).toContain('`Compute.NextRequestId` (of `Cloud`) is u64 in this runtime');
});

const isLeaf = ({ kind }: RuntimeType): boolean => ['uint', 'bool', 'bytes', 'text', 'fixed'].includes(kind);

it('whichever type of an interface is another, there is exactly the finding of it', () => {
  let count = 0;
  const changeLeaf = (target: number) => {
    let at = 0;
    return (part: RuntimeType): RuntimeType => {
      if (!isLeaf(part)) return part;
      at += 1;
      count = at;
      return at - 1 === target ? { kind: 'i32' } : part;
    };
  };
  const changed = (target: number): Runtime => {
    const change = changeLeaf(target);
    const inFields = fields((all) => all.map((each) => ({ ...each, shape: changedType(each.shape, change) })));
    return {
      ...specifiedRuntime,
      pallets: specifiedRuntime.pallets.map((pallet) => ({
        ...pallet,
        items: pallet.items.map((item) => ({
          ...item,
          keys: item.keys.map((key) => ({ ...key, type: changedType(key.type, change) })),
          value: changedType(item.value, change),
        })),
        calls: pallet.calls.map(inFields),
        events: pallet.events.map(inFields),
      })),
    };
  };
  changed(-1);
  expect(count).toBeGreaterThan(300);
  fc.assert(
    fc.property(fc.nat(count - 1), (target) => {
      const observed = layoutOf(changed(target)).findings.map((finding) => finding.observed);
      expect(observed).toEqual([expect.stringMatching(/^(?:Option<)*i32>*$/)]);
    }),
    { numRuns: 200 },
  );
});

it('garbled metadata that still can be read is checked without a failure', () => {
  const bytes = encodeMetadata(specifiedRuntime);
  let checked = 0;
  const position = fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(position, ([at, byte]) => {
      try {
        checkLayout(parseMetadata(bytes.with(at, byte)));
        checked += 1;
      } catch (error) {
        expect(error).toBeInstanceOf(MetadataError);
      }
    }),
    { numRuns: 1_000 },
  );
  expect(checked).toBeGreaterThan(100);
});

it('300 KB of metadata are read and checked in less than 300 ms', () => {
  const large = encodeMetadata({ ...specifiedRuntime, docs: Array.from({ length: 60 }, () => 'x'.repeat(80)) });
  expect(large.length).toBeGreaterThan(300_000);
  const start = performance.now();
  expect(checkLayout(parseMetadata(large)).findings).toEqual([]);
  expect(performance.now() - start).toBeLessThan(300);
});
