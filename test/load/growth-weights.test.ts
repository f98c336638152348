/** What a block admits, read from a runtime's own words, and from which size on it overruns. */
import { describe, expect, it } from 'vitest';
import { capacities, capacityTables, worthChecking, type Capacity } from '../../src/load/growth/capacity.js';
import { databaseTime, type Cost } from '../../src/load/growth/cost.js';
import { valueAt } from '../../src/load/growth/fit.js';
import { survey } from '../../src/load/growth/survey.js';
import { admitted, blockLength, blockWeights, dispatchInfo, type BlockWeights } from '../../src/load/growth/weights.js';
import { OPENINGS } from '../../src/load/growth/tour.js';
import type { RuntimeMetadata } from '../../src/targets/metadata.js';
import { lab, labScope, labTarget } from '../lab.js';

const MICROSECOND = 1_000_000n;
const STOP = 'Compute.request_compute_stop';
const ASSIGN = 'Compute.submit_compute_request_assignment';

const target = labTarget();
const measured = await survey({
  target,
  calls: new Set(labScope.calls),
  sizes: [],
  tours: 0,
  moreSizes: [1, 10, 100],
  goesOn: () => Promise.resolve(true),
});

const withoutConstants = (metadata: RuntimeMetadata): RuntimeMetadata => ({
  ...metadata,
  pallets: metadata.pallets.map((pallet) => (pallet.name === 'System' ? { ...pallet, constants: [] } : pallet)),
});

describe("a block's limits", () => {
  it('are read from the constants', () => {
    const weights = blockWeights(lab.metadata);
    expect(weights?.max_block.ref_time).toBe(2_000_000n * MICROSECOND);
    expect(weights?.per_class.normal.max_total?.ref_time).toBe(1_500_000n * MICROSECOND);
    expect(blockLength(lab.metadata)?.max.normal).toBeGreaterThan(1_000_000n);
  });

  it('are none where there are no constants', () => {
    const metadata = withoutConstants(lab.metadata);
    expect([blockWeights(metadata), blockLength(metadata)]).toEqual([null, null]);
    expect(capacities(metadata, measured)).toEqual([]);
  });
});

describe('what a call declares', () => {
  it('is in its own event: one database write more for those that nobody signs (BEHAVIOUR.md section 5)', () => {
    const of = (part: typeof STOP | typeof ASSIGN) =>
      dispatchInfo(lab.metadata, measured.examples.get(part)?.records ?? []);
    const assignment = of('Compute.submit_compute_request_assignment');
    expect(assignment?.class).toBe('normal');
    expect(assignment?.weight.ref_time).toBeGreaterThanOrEqual(100n * MICROSECOND + 10_000n);
    expect(of(STOP)?.weight.ref_time).toBeGreaterThanOrEqual(10_000n);
    expect(dispatchInfo(lab.metadata, [])).toBeNull();
  });

  it('is nothing of the opening of a block, whatever came before it', () => {
    for (const part of Object.values(OPENINGS)) expect(measured.examples.get(part)).toMatchObject({ records: [] });
  });

  it('is the same at any size: DEV-14', async () => {
    const larger = await survey({
      target,
      calls: new Set(labScope.calls),
      sizes: [],
      tours: 0,
      moreSizes: [200],
      goesOn: () => Promise.resolve(true),
    });
    for (const [part, { records }] of measured.examples) {
      const there = larger.examples.get(part)?.records ?? [];
      expect(dispatchInfo(lab.metadata, there), part).toEqual(dispatchInfo(lab.metadata, records));
    }
  });
});

describe('the calls that a block admits', () => {
  const weight = (microseconds: bigint, proof_size = 0n) => ({ ref_time: microseconds * MICROSECOND, proof_size });
  const ofClass = { base_extrinsic: weight(100n), max_total: weight(1_000n) };
  const weights: BlockWeights = {
    base_block: weight(500n),
    max_block: { ref_time: 2_000n * MICROSECOND, proof_size: 2n ** 64n - 1n },
    per_class: { normal: ofClass, operational: { ...ofClass, max_total: null }, mandatory: ofClass },
  };
  const lengths = { max: { normal: 1_000n, operational: 1_000n, mandatory: 1_000n } };

  it('are those whose weights fit into the part of their class', () => {
    expect(admitted({ weight: weight(100n), class: 'normal' }, 10, weights, lengths)).toEqual({
      calls: 5,
      by: 'weight',
    });
  });

  it('are those that fit into what the block itself leaves, where the class has no limit', () => {
    expect(admitted({ weight: weight(0n), class: 'operational' }, 10, weights, lengths)).toEqual({
      calls: 15,
      by: 'weight',
    });
  });

  it('are fewer where their bytes fill the block first', () => {
    const info = { weight: weight(0n), class: 'normal' } as const;
    expect(admitted(info, 300, weights, lengths)).toEqual({ calls: 3, by: 'length' });
    expect(admitted(info, 300, weights, null)).toEqual({ calls: 10, by: 'weight' });
  });
});

describe('the size from which on a block overruns', () => {
  const all = capacities(lab.metadata, measured);
  const of = (part: string): Capacity | undefined => all.find((each) => each.part === part);
  /** By the curves, whole operations. */
  const timeOf = ({ growth: { counted } }: Capacity, size: number): number => {
    const at = (measure: 'reads' | 'writes'): number => Math.round(valueAt(counted[measure].fit, size));
    return databaseTime({ reads: at('reads'), writes: at('writes') });
  };

  it('is told of every call whose operations grow, and of no other', () => {
    expect(all.map(({ axis }) => axis).filter((axis) => axis === 'requests')).toHaveLength(9);
    expect(all.map(({ axis }) => axis).filter((axis) => axis === 'miners')).toHaveLength(6);
    expect(all).toHaveLength(15);
  });

  it('is the smallest one', () => {
    for (const each of all) {
      const from = each.callFrom ?? 0;
      expect(timeOf(each, from), each.part).toBeGreaterThan(2_000_000);
      expect(timeOf(each, from - 1), each.part).toBeLessThanOrEqual(2_000_000);
    }
  });

  it('is some 20 000 requests for an assignment, which walks over them twice, and a handful for a block of them', () => {
    const assignment = of(ASSIGN);
    // 4 reads a request: 100 us.
    expect(assignment?.callFrom).toBeGreaterThan(19_900);
    expect(assignment?.callFrom).toBeLessThanOrEqual(20_000);
    const calls = assignment?.admitted?.calls ?? 0;
    expect(assignment?.blockFromGrowth).toBe(Math.floor(2_000_000 / (calls * 100)) + 1);
  });

  it('is held against a count there, where that is no larger than a tour can take', () => {
    expect(worthChecking(all, 'requests', 10_000)).toBe(of(ASSIGN)?.callFrom);
    expect(worthChecking(all, 'requests', 100)).toBeNull();
    expect(worthChecking(all, 'owned', 10_000)).toBeNull();
  });

  it('is told with where it was counted, and with what was counted where that is something else', () => {
    const [first] = all;
    const cost: Cost = { reads: 10, writes: 1, 'bytes read': 0, 'bytes written': 0 };
    const check = { axis: 'requests', size: 5, costs: new Map(first ? [[first.part, cost]] : []) } as const;
    const [, table] = capacityTables('suite', lab.metadata, all, [check]);
    expect(table?.rows[0]?.at(-1)).toMatch(/^350 us at 5, not [\d ]+$/);
    expect(table?.rows[1]?.at(-1)).toBeNull();
  });
});
