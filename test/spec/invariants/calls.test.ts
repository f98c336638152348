/** What any call may come to: INV-24 to INV-27 and INV-32, each broken in every way that its statement forbids. */
import { describe, expect, it } from 'vitest';
import type { Outcome, Validity } from '../../../src/spec/answers.js';
import { NO_SIGNATURE } from '../../../src/spec/signatures.js';
import type { Step } from '../../../src/spec/steps.js';
import {
  A,
  addIp,
  assign,
  buys,
  confirmDeletion,
  fulfil,
  fulfilStop,
  JOB,
  M,
  N,
  OTHER_IP,
  OTHER_JOB,
  reportPinChecks,
  reportSpecs,
  requestDelete,
  requestStop,
  running,
  startJob,
  STRANGER,
} from '../../../src/spec/witnesses/cast.js';
import {
  answered,
  both,
  byId,
  fail,
  fulfilBoot,
  fulfilReboot,
  fulfilResize,
  holds,
  isBroken,
  lastSeen,
  show,
  tellHypervisorIp,
  tellVnc,
  time,
  withEntry,
  type Breaking,
  type Call,
  type Seen,
} from './scene.js';

const OK: Outcome = { ok: true };
const error = (name: string, pallet = 'Compute'): Outcome => ({ module: { pallet, error: name } });

const EVENT = { name: 'Compute.ComputeRequestCreated', fields: {} };

describe('INV-24, no trace of a failure', () => {
  const failures: readonly (readonly [string, Outcome])[] = [
    ['an error', error('ComputeRequestNotFound')],
    ['Other', { other: true }],
    ['a dispatch error', { dispatchError: 'CannotLookup' }],
    ['the wrong origin', { badOrigin: true }],
    ['a panic', { panic: true }],
    ['an invalid call', { invalid: 'Call' }],
    ['an unknown call', { unknown: 'NoUnsignedValidator' }],
  ];

  isBroken('INV-24', [
    ...failures.map(([what, outcome]): Breaking => [
      `${what} leaves storage`,
      [...running(), requestStop(A)],
      () => answered(outcome),
    ]),
    ...failures.map(([what, outcome]): Breaking => [
      `${what} leaves an event`,
      [...running(), requestStop(A)],
      () => ({ ...answered(outcome, [EVENT]), hasChanged: false }),
    ]),
  ]);

  holds('INV-24', [['calls fail', [fulfil(M.node, 0n), addIp(), addIp(), requestStop(A), assign(STRANGER, 0n, A)]]]);
});

describe('INV-25, no panic', () => {
  isBroken('INV-25', [
    ['an unsigned call panics', running(), () => answered({ panic: true })],
    ['a signed call panics', [buys(A)], () => answered({ panic: true })],
    ['a call of root panics', [addIp()], () => answered({ panic: true })],
  ]);

  holds('INV-25', [['a request goes to nobody', [buys(A), assign(STRANGER, 0n, A)]]]);
});

describe('INV-26, an unknown id is named', () => {
  const UNKNOWN = 9n;
  const calls: readonly Step[] = [
    assign(M.node, UNKNOWN, A),
    startJob(M, UNKNOWN, OTHER_JOB, OTHER_IP),
    fulfilStop(M, UNKNOWN),
    confirmDeletion(M, UNKNOWN, JOB),
    fulfilBoot(M, UNKNOWN),
    fulfilReboot(M, UNKNOWN),
    fulfilResize(M, UNKNOWN),
    fulfil(M.node, UNKNOWN),
    tellHypervisorIp(M, UNKNOWN),
    fail(M, UNKNOWN),
    tellVnc(M, UNKNOWN),
  ];
  const nameOf = (step: Step): string => ('call' in step ? step.call.name : '');
  const told: readonly (readonly [string, Outcome])[] = [
    ['succeeds', OK],
    ['is told Other', { other: true }],
    ['is told CannotLookup', { dispatchError: 'CannotLookup' }],
    ['is told that there is no IP', error('NoAvailableIp')],
    ['is told by another pallet', error('VmHasNoIp', 'PalletIp')],
  ];

  isBroken('INV-26', [
    ...calls.flatMap((step) =>
      told.map(([what, outcome]): Breaking => [
        `${nameOf(step)} ${what}`,
        [...running(), step],
        () => answered(outcome),
      ]),
    ),
    [
      'a deletion is confirmed that was, before',
      [...running(), requestDelete(A), confirmDeletion(M, 0n, JOB), confirmDeletion(M, 0n, JOB)],
      () => answered(OK),
    ],
    [
      "a deletion of another miner's is confirmed",
      [...running(), requestDelete(A), confirmDeletion(N, 0n, JOB)],
      () => answered(OK),
    ],
  ]);

  holds('INV-26', [
    ['every call names it', [...running(), ...calls]],
    ['its miner did not sign', [...running(), fulfilStop(M, UNKNOWN, NO_SIGNATURE)]],
  ]);

  it('says nothing of ids that somebody has, and of deletions that somebody asked for', () => {
    const steps = [...running(), fulfil(M.node, 0n), requestDelete(A), confirmDeletion(M, 0n, OTHER_JOB)];
    expect(show(byId('INV-26'), steps, { tamper: () => answered({ other: true }) })).toMatchObject({
      broken: null,
      spoke: 0,
    });
  });
});

describe('INV-27, once is once', () => {
  const changes = (seen: Seen) => ({
    ...answered(OK),
    state: withEntry(seen.state, 0n, { vnc_port: 7n }),
    hasChanged: true,
  });
  const again = [...running(), fulfil(M.node, 0n)];

  isBroken('INV-27', [
    ['a call that is sent again changes something', again, changes],
    ['a call that is sent again has an event', again, () => answered(OK, [EVENT])],
    ['a call that is sent again fails and changes something', again, () => ({ hasChanged: true })],
    ['time passed before a call is sent again', [...running(), time(3n), fulfil(M.node, 0n)], changes],
    ['a call is sent a third time', [...again, fulfil(M.node, 0n)], changes],
    [
      'others failed before a call is sent again',
      [...running(), fulfil(M.node, 9n), addIp(), requestStop('//Assay//user//1'), fulfil(M.node, 0n)],
      changes,
    ],
    [
      'others were asked before a call is sent again',
      [...running(), { query: 'get_node_metrics', args: { node_id: M.node } }, fulfil(M.node, 0n)],
      changes,
    ],
    ['the reason of a failure is reported again', [buys(A), assign(M.node, 0n, A), fail(M, 0n), fail(M, 0n)], changes],
  ]);

  holds('INV-27', [
    ['what is sent again is refused', again],
    ['what is sent again does nothing', [...running(), tellVnc(M, 0n), time(1n), tellVnc(M, 0n)]],
  ]);

  it.each<[string, readonly Step[]]>([
    ['something else succeeded between', [...running(), requestStop(A), fulfil(M.node, 0n)]],
    ['it is another call', [...running(), tellVnc(M, 0n), tellHypervisorIp(M, 0n)]],
    ['it names another request', [...both(), tellVnc(M, 0n), tellVnc(N, 1n)]],
    ['the first one failed', [buys(A), fulfil(M.node, 0n), fulfil(M.node, 0n)]],
    ['a user buys twice', [buys(A), buys(A)]],
    ['root adds an IP twice', [addIp(), addIp()]],
    ['a node reports twice', [reportSpecs(), reportPinChecks(1), reportPinChecks(1)]],
  ])('says nothing where %s', (_, steps) => {
    expect(show(byId('INV-27'), steps, { tamper: changes })).toMatchObject({ broken: null, spoke: 0 });
  });
});

describe('INV-32, tags tell apart', () => {
  const validity = (...provides: readonly string[]): Validity => ({
    ok: { priority: '1', requires: [], provides: [...provides], longevity: '5', propagate: true },
  });
  const two = [...running(), tellVnc(M, 0n), tellHypervisorIp(M, 0n)];
  const tagOf = (seen: Seen, call: Call): string => {
    const said = seen.validityOf(call);
    return said !== null && 'ok' in said ? said.ok.provides.join() : '';
  };
  const stepBefore = tellVnc(M, 0n);
  /** The last call has the tag of the one before it. */
  const tagOfOther =
    (...more: readonly string[]) =>
    (seen: Seen) => ({
      validityOf: () => validity(...more, 'call' in stepBefore ? tagOf(seen, stepBefore.call) : ''),
    });

  isBroken('INV-32', [
    ['calls of two names have one tag', two, tagOfOther()],
    ['one of its tags is that of another call', two, tagOfOther('0x01')],
    ['calls of one name, for two miners, have one tag', [...running(), tellVnc(M, 0n), tellVnc(N, 0n)], tagOfOther()],
    ['a call that failed has the tag', [tellVnc(M, 0n), tellHypervisorIp(M, 0n)], tagOfOther()],
  ]);

  holds('INV-32', [
    ['calls have tags of their own', two],
    ['a call is sent twice', [...two, tellHypervisorIp(M, 0n)]],
    [
      'a call is sent twice, with another between',
      [...running(), tellVnc(M, 0n), tellHypervisorIp(M, 0n), tellVnc(M, 0n)],
      tagOfOther(),
    ],
    ['a call that the pool refuses is like another', two, () => ({ validityOf: () => ({ invalid: 'Call' }) })],
    ['a call that the pool was not asked about is like another', two, () => ({ validityOf: () => null })],
  ]);

  it('says nothing of calls in two blocks, whatever their tags', () => {
    const steps = [tellVnc(M, 0n), time(1n), tellHypervisorIp(M, 0n)];
    const tamper = () => ({ validityOf: () => validity('0x01') });
    expect(show(byId('INV-32'), steps, { tamper })).toMatchObject({ broken: null, spoke: 0 });
    const look = byId('INV-32').watch();
    const all = { ...lastSeen(steps.slice(0, 1)), validityOf: () => validity('0x01') };
    expect(look(all)).toEqual({ broken: null, spoke: 0 });
    expect(look({ ...all, block: 2n, step: steps[2] ?? null })).toEqual({ broken: null, spoke: 0 });
    expect(look({ ...all, block: 2n }).broken).toContain('one tag');
  });

  it('says nothing of signed calls', () => {
    const tamper = () => ({ validityOf: () => validity('0x01') });
    expect(show(byId('INV-32'), [tellVnc(M, 0n), buys(A)], { tamper })).toMatchObject({ broken: null, spoke: 0 });
  });
});
