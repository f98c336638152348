/** What a counterexample says of the state around its last step. */
import { describe, expect, it } from 'vitest';
import { makeCast, recordedCast } from '../../src/properties/cast.js';
import { lastChanges } from '../../src/properties/last-change.js';
import { allDifferences, firstDifference } from '../../src/properties/readable.js';
import { recordScenario } from '../../src/properties/record.js';
import type { StateChange } from '../../src/spec/run-events.js';
import type { Step } from '../../src/spec/steps.js';
import { witnessOf } from '../../src/spec/witnesses.js';
import { EngineTarget } from '../../src/targets/engine-target.js';

/** A VM that is bought, given to a miner, started and fulfilled, then asked to stop. */
const found = witnessOf('DEV-08');
if (found === undefined) throw new Error('DEV-08 has no witness');
const witness = found;

const [owner] = witness.genesis.accounts;

const changesOf = async (steps: readonly Step[]): Promise<StateChange[]> =>
  lastChanges(await recordScenario(new EngineTarget(), 0, witness.genesis, recordedCast(makeCast()), steps));

const upTo = (call: string): Step[] => {
  const at = witness.steps.findIndex((step) => 'call' in step && step.call.name === call);
  return witness.steps.slice(0, at + 1);
};

describe('what the last step of a counterexample changed', () => {
  it('is told field by field, with what was there before', async () => {
    expect(await changesOf(upTo('Compute.mark_compute_request_fulfilled'))).toEqual([
      { where: `Compute.ComputeRequests[${owner}][0].status`, before: '"InProgress"', after: '"Running"' },
      { where: 'Compute.MinerComputeRequests["assay-m"][0].fullfilled', before: 'false', after: 'true' },
    ]);
  });

  it('has nothing before where a key is new', async () => {
    const changes = await changesOf(upTo('Compute.request_compute_stop'));
    const [entry] = changes.filter(({ where }) => where.startsWith('Compute.MinerComputeStopRequests['));
    expect(entry?.before).toBeNull();
    expect(entry?.after).toContain('request_id');
  });

  it('is nothing where the last step changed nothing, or there is none', async () => {
    expect(await changesOf([])).toEqual([]);
    expect(await changesOf([...upTo('Marketplace.purchase_plan'), { advance: 1n }])).toEqual([]);
    expect(lastChanges([])).toEqual([]);
  });
});

describe('all differences of two values', () => {
  it('are the smallest parts that differ, in order, and the first of them is the first difference', () => {
    const [left, right] = [
      { a: [1, 2, 3], b: 'x', c: null },
      { a: [1, 5], b: 'x', c: { d: 1 } },
    ];
    const all = [...allDifferences(left, right)];
    expect(all.map(({ path }) => path)).toEqual(['.a[1]', '.a[2]', '.c']);
    expect(firstDifference(left, right)).toEqual(all[0]);
    expect(firstDifference(left, left)).toBeUndefined();
  });
});
