/** The audit of lab runtimes: what is known is named, what is on no list is open, what holds is silent. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runAudit, type AuditOptions } from '../../src/audit/audit.js';
import { noExpectations } from '../../src/gate/expectations.js';
import { openRecording } from '../../src/properties/recording-file.js';
import { hexOfText } from '../../src/spec/hex.js';
import { invariants } from '../../src/spec/invariants.js';
import { Rules } from '../../src/spec/rules.js';
import type { Finding, RunEvent, SuiteFinished } from '../../src/spec/run-events.js';
import { encode } from '../../src/spec/scale.js';
import { Compute, rawKey } from '../../src/spec/storage.js';
import { accepting, labSide, TODAY, type LabSide } from '../gate/lab-gate.js';

interface Audited {
  readonly findings: readonly Finding[];
  readonly open: readonly Finding[];
  readonly suites: ReadonlyMap<string, SuiteFinished>;
}

const folder = mkdtempSync(join(tmpdir(), 'assay-audit-'));

const audit = async (side: LabSide, options: Partial<AuditOptions> = {}): Promise<Audited> => {
  const events: RunEvent[] = [];
  await runAudit({
    side: labSide(side),
    expectations: noExpectations,
    today: TODAY,
    command: 'npx assay audit',
    regressions: [],
    requireCoverage: false,
    state: null,
    seed: 1,
    runs: 40,
    maxSteps: 40,
    out: folder,
    now: () => performance.now(),
    emit: (event) => void events.push(event),
    ...options,
  });
  const findings = events.filter((event) => event.type === 'finding');
  const suites = events.filter((event) => event.type === 'suite-finished');
  return {
    findings,
    open: findings.filter(({ status }) => status === 'open'),
    suites: new Map(suites.map((suite) => [suite.suite, suite])),
  };
};

/** One thing is wrong with it. */
const late: LabSide = { rules: Rules.promised.with('DEV-20', 'deployed') };

describe('an audit', () => {
  it('finds nothing in a runtime that keeps every promise', async () => {
    const { findings, suites } = await audit({ rules: Rules.promised });
    expect(findings).toEqual([]);
    expect(suites.get('fingerprint')?.summary).toBe('promised');
    for (const { verdict } of suites.values()) expect(verdict).toBe('conforms');
  });

  it('names a deviation, and the invariants that it breaks, each with promise, severity, steps and replay', async () => {
    const { findings, open, suites } = await audit(late);
    expect(open).toEqual([]);
    expect(suites.get('fingerprint')?.verdict).toBe('deviates');
    const ids = findings.map(({ id }) => id);
    expect(ids).toContain('rule/DEV-20');
    expect(ids).toContain('invariant/INV-09/DEV-20');
    for (const { status, severity, promise, steps = [], command = '' } of findings) {
      expect([status, severity]).toEqual(['known', 'high']);
      expect(promise).toMatch(/^(our own norm|the pallet's README)/);
      expect(steps.length).toBeGreaterThan(0);
      expect(command).toMatch(/^npx assay replay \S+ --target '?runtime:/);
    }
  });

  it('keeps a recording of each finding that says what it is about', async () => {
    const { findings } = await audit(late);
    for (const { file = '', kind } of findings) {
      const { header } = await openRecording(file);
      expect(kind === 'invariant' ? header.invariant?.id : header.finding).toBeTruthy();
    }
  });

  it('calls a finding the same whatever the seed', async () => {
    const broken = invariants.filter(({ brokenBy }) => brokenBy.includes('DEV-20')).map(({ id }) => id);
    const known = ['rule/DEV-20', ...broken.map((id) => `invariant/${id}/DEV-20`)];
    for (const seed of [1, 77]) {
      const { findings } = await audit(late, { seed, runs: 120 });
      const named = findings.map(({ id }) => id);
      expect(named).toContain('invariant/INV-09/DEV-20');
      expect(named.filter((id) => !known.includes(id))).toEqual([]);
    }
  });

  it('finds a bug that is on no list, however known all else is', async () => {
    const { open, suites } = await audit({ mutant: 22 });
    expect(open.map(({ kind }) => kind)).toContain('difference');
    expect(open.some(({ part }) => part === 'Compute.update_miner_compute_request_hypervisor_ip')).toBe(true);
    expect(suites.get('unexplained differences')?.verdict).toBe('finding');
  });

  it('lets pass what is accepted, and finds what was accepted in vain', async () => {
    const { open } = await audit({ rules: Rules.promised, mutant: 22 });
    const ids = [...new Set(open.map(({ id }) => id))];
    expect(ids.length).toBeGreaterThan(0);
    const expectations = accepting('findings', [...ids, 'difference/Compute.nothing/outcome']);
    const again = await audit({ rules: Rules.promised, mutant: 22 }, { expectations });
    expect(again.open.map(({ id }) => id)).toEqual(['expectation/difference/Compute.nothing/outcome/not-come-true']);
    expect(again.findings.filter(({ status }) => status === 'accepted').length).toBeGreaterThan(0);
  });

  it('looks at a state that is there', async () => {
    const key = rawKey(Compute.MinerComputeStopRequests, hexOfText('m'));
    const storage = { [key]: encode(Compute.MinerComputeStopRequests.value, []) };
    const state = { from: 'a snapshot', storage, block: 7n };
    const { open, suites } = await audit({ rules: Rules.promised }, { state });
    expect(open).toMatchObject([{ kind: 'state', part: 'INV-12', severity: 'low' }]);
    expect(open[0]?.steps?.[0]).toContain(key);
    expect(suites.get('state a snapshot')?.verdict).toBe('finding');
  });
});
