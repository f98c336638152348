/** The runtimes like the lab's next release: the one change that each has, as metadata and the layout check tell it. */
import { describe, expect, it } from 'vitest';
import { loadRuntime } from '../../../src/targets/runtime/runtime.js';
import type { Layout } from '../../../src/targets/layout.js';
import { lab } from '../../lab.js';
import { DROPPED, MIGRATED, MOVED, NOTED } from '../../variants.js';

/** What differs from the specification, and which calls of Compute have another index. */
const changesOf = ({ pallets: { Compute }, findings, missing }: Layout) => ({
  findings: findings.map(({ path, expected, observed }) => `${path}: ${expected}, ${observed}`),
  missing,
  moved: Compute.verdict === 'absent' ? [] : Compute.calls.filter(({ moved }) => moved),
});

const NO_CHANGE = { findings: [], missing: [], moved: [] };
const PRIORITY = { ...NO_CHANGE, findings: ['Compute.ComputeRequests value[].priority: absent, u32'] };

describe('a runtime like the next release of the lab', () => {
  it.each([
    ['noted', NOTED],
    ['migrated', MIGRATED],
    ['moved', MOVED],
    ['dropped', DROPPED],
  ])('"%s" has the next spec_version, and all else in its version as the lab', async (_, file) => {
    const { version } = await loadRuntime(file);
    expect(lab.version.spec_version).toBe(9000);
    expect(version).toEqual({ ...lab.version, spec_version: 9001 });
  });

  it('is held against a lab that is as specified', () => {
    expect(changesOf(lab.layout)).toEqual(NO_CHANGE);
  });

  it.each([
    ['noted', NOTED],
    ['migrated', MIGRATED],
  ])('"%s" has one more field at the end of a stored request', async (_, file) => {
    const { layout, metadata } = await loadRuntime(file);
    expect(changesOf(layout)).toEqual(PRIORITY);
    const names = [...metadata.types.values()].map(({ definition }) =>
      definition.kind === 'composite' ? definition.fields.map(({ name }) => name) : [],
    );
    const request = names.find((fields) => fields.includes('cloud_init_cid'));
    expect(request?.slice(-2)).toEqual(['miner_id', 'priority']);
  });

  it('"moved" has the stop request at another index, which is no finding: whoever sends it translates', async () => {
    const { layout } = await loadRuntime(MOVED);
    const stop = {
      name: 'Compute.request_compute_stop',
      verdict: 'same',
      differences: [],
      index: [67, 30],
      moved: true,
    };
    expect(changesOf(layout)).toEqual({ ...NO_CHANGE, moved: [stop] });
  });
});
