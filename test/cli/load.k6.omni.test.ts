/** A load on the omni-node: k6 sends it, and all that its blocks say is what the engine says; where a bug is switched on it is not. */
import { describe, expect, it } from 'vitest';
import { loaded, rowsOf, timeout } from './load.js';

describe('a load on the omni-node', () => {
  it('is verified, block by block, without a difference', { timeout }, async () => {
    const came = await loaded(...['--target', 'omni', '--rate', '100', '--duration', '15s', '--seed', '1']);
    const { suite, events } = came;
    expect(came.stderr).toBe('');
    expect(suite?.summary).toMatch(
      /^1 500 extrinsics sent, 1 500 included in \d+ blocks, 0 unexplained differences, 0 lost/,
    );
    expect(suite).toMatchObject({ differences: 0, steps: 1_500 });
    expect(events.filter(({ type }) => type === 'difference')).toEqual([]);
    const [sent, taken, refused, included, ok, failed, lost] = rowsOf(came, 'load/calls').all ?? [];
    expect({ sent, taken, refused, included, lost }).toEqual({
      sent: 1_500,
      taken: 1_500,
      refused: 0,
      included: 1_500,
      lost: 0,
    });
    expect(Number(ok)).toBeGreaterThan(1_000);
    expect(failed).toContain('Compute.ComputeRequestNotFound');
    const [p50 = null] = rowsOf(came, 'load/times').time_to_inclusion ?? [];
    expect(Number(p50)).toBeGreaterThan(0);
    const machine = events.find((event) => event.type === 'machine');
    expect(Object.keys(machine?.versions ?? {})).toEqual(expect.arrayContaining(['node', 'k6', 'polkadot-omni-node']));
    const curves = events.filter((event) => event.type === 'curves');
    expect(curves.map(({ id }) => id)).toEqual(['load/course', 'load/fullness']);
    expect(curves[0]?.lines.map(({ name }) => name)).toEqual(['offered', 'taken by the pool', 'included']);
    // A machine that is busy besides may cross a limit of time; it may not bring about a difference.
    const crossed = events.filter((event) => event.type === 'finding');
    expect(crossed.filter(({ id }) => !id.startsWith('load/threshold/'))).toEqual([]);
    expect(came.code).toBe(crossed.length === 0 ? 0 : 1);
  });

  it('shows a bug that is switched on, with the call that has it', { timeout }, async () => {
    const flags = ['--rate', '150', '--users', '50', '--duration', '15s', '--seed', '7'];
    const came = await loaded('--target', 'omni:?mutant=2', ...flags);
    expect({ stderr: came.stderr, code: came.code }).toEqual({ stderr: '', code: 1 });
    expect(came.suite?.verdict).toBe('finding');
    const findings = came.events.filter((event) => event.type === 'finding');
    const found = findings.find(({ id }) => id === 'load/difference/Compute.submit_compute_boot_request_fulfillment');
    expect(found?.sentence).toMatch(/\.status: expected "Running", came "\w+"/);
    expect(came.stdout).toContain('Compute.submit_compute_boot_request_fulfillment');
  });
});
