/** The life of a request: INV-15 to INV-18, each broken in every way that its statement forbids. */
import { describe, expect, it } from 'vitest';
import { hexOfText } from '../../../src/spec/hex.js';
import { Rules } from '../../../src/spec/rules.js';
import type { Step } from '../../../src/spec/steps.js';
import { NO_CLOUD_INIT, type ComputeRequest, type ComputeRequestStatus } from '../../../src/spec/types/compute.js';
import {
  A,
  addIp,
  assign,
  B,
  buys,
  fulfil,
  fulfilStop,
  JOB,
  M,
  N,
  OTHER_IP,
  OTHER_JOB,
  Q,
  requestBoot,
  requestDelete,
  requestStop,
  running,
  startJob,
} from '../../../src/spec/witnesses/cast.js';
import {
  ALICE,
  BOB,
  both,
  byId,
  fail,
  fulfilBoot,
  fulfilReboot,
  holds,
  isBroken,
  PLAN,
  plusRequest,
  requestIn,
  requestReboot,
  show,
  signed,
  SUB,
  tellVnc,
  time,
  withAsked,
  withEntry,
  withRequest,
  type Breaking,
  type Seen,
  type StateView,
} from './scene.js';

const state = (change: (state: StateView, before: StateView) => StateView) => (seen: Seen) => ({
  state: change(seen.state, seen.before),
  hasChanged: true,
});

const request = (change: Partial<ComputeRequest> | null, id = 0n) => state((is) => withRequest(is, id, change));

const assigned = () => [addIp(), buys(A), assign(M.node, 0n, A)];
const stopping = () => [...running(), requestStop(A)];
const stopped = () => [...stopping(), fulfilStop(M, 0n)];
const booting = () => [...stopped(), requestBoot(A)];
const booted = () => [...booting(), fulfilBoot(M, 0n)];

/** Steps that come to a status, each by the last. */
const COME: Readonly<Record<Exclude<ComputeRequestStatus, 'Cancelled'>, () => readonly Step[]>> = {
  Pending: () => [buys(A)],
  InProgress: assigned,
  Running: running,
  Stopped: stopped,
  Failed: () => [...assigned(), fail(M, 0n, NO_CLOUD_INIT)],
};

const STATUSES = Object.keys(COME) as (keyof typeof COME)[];
const ALL: readonly ComputeRequestStatus[] = [...STATUSES, 'Cancelled'];

describe('INV-15, status machine', () => {
  isBroken('INV-15', [
    ...ALL.filter((status) => status !== 'Pending').map((status): Breaking => [
      `a request begins as ${status}`,
      [buys(A)],
      request({ status }),
    ]),
    ...STATUSES.flatMap((from) =>
      ALL.filter((to) => to !== from).map((to): Breaking => [
        `a request goes from ${from} to ${to} by itself`,
        [...COME[from](), time(1n)],
        request({ status: to }),
      ]),
    ),
    ['a request runs when it is assigned', assigned(), request({ status: 'Running' })],
    [
      'a request that runs is stopped by a reboot',
      [...running(), requestReboot(A), fulfilReboot(M, 0n)],
      request({ status: 'Stopped' }),
    ],
    ['a request is stopped when its user asks for it', stopping(), request({ status: 'Stopped' })],
    ['what runs fails', [...running(), tellVnc(M, 0n)], request({ status: 'Pending' })],
    [
      'another request is stopped, too',
      [...both(), requestStop(A), fulfilStop(M, 0n)],
      request({ status: 'Pending' }, 1n),
    ],
    ['an assignment leaves a request Pending', assigned(), request({ status: 'Pending' })],
    ['a fulfilment leaves a request InProgress', running(), request({ status: 'InProgress' })],
    ['a failure leaves a request InProgress', [...assigned(), fail(M, 0n)], request({ status: 'InProgress' })],
    ['a fulfilled stop leaves a request Running', stopped(), request({ status: 'Running' })],
    ['a fulfilled boot leaves a request Stopped', booted(), request({ status: 'Stopped' })],
  ]);

  holds('INV-15', [
    ['a VM is stopped and booted', booted()],
    [
      'a request fails and is assigned again',
      [...assigned(), fail(M, 0n), assign(M.node, 0n, A), fail(M, 0n, NO_CLOUD_INIT)],
    ],
  ]);

  it('tells two requests with one id apart by their order', () => {
    const tamper = state((is, was) => plusRequest(was, ALICE, { ...requestIn(is, 1n), request_id: 0n }));
    expect(show(byId('INV-15'), [...running(), buys(A)], { tamper })).toMatchObject({ broken: null });
  });
});

describe('INV-16, running is started', () => {
  const broken = (come: () => readonly Step[], what: string): Breaking[] => [
    [`a ${what} VM has no entry`, come(), state((is) => withEntry(is, 0n, null))],
    [`a ${what} VM is not fulfilled`, come(), state((is) => withEntry(is, 0n, { fullfilled: false }))],
    [`a ${what} VM has no job`, come(), state((is) => withEntry(is, 0n, { job_id: null }))],
    [`a ${what} VM has no IP`, come(), state((is) => withEntry(is, 0n, { ip_assigned: null }))],
  ];

  isBroken('INV-16', [...broken(running, 'running'), ...broken(stopped, 'stopped')]);

  holds('INV-16', [['what is not yet started has neither', [...both(), buys(A), assign(M.node, 2n, A)]]]);
});

describe('INV-17, the last wish counts', () => {
  const dropped = (list: 'MinerComputeStopRequests' | 'MinerComputeBootRequests') =>
    state((is) => withAsked(is, list, 0n, null));
  /** A's VMs, one on N that is asked to stop, and then one on M, which comes first in key order. */
  const two = () => [
    addIp(),
    addIp(OTHER_IP),
    buys(A),
    assign(N.node, 0n, A),
    startJob(N, 0n, JOB),
    fulfil(N.node, 0n),
    requestStop(A),
    buys(A),
    assign(M.node, 1n, A),
    startJob(M, 1n, OTHER_JOB, OTHER_IP),
    fulfil(M.node, 1n),
    requestStop(A),
  ];

  isBroken('INV-17', [
    ['a stop that was granted is dropped', [...stopping(), time(1n)], dropped('MinerComputeStopRequests')],
    ['a boot that was granted is dropped', [...booting(), time(1n)], dropped('MinerComputeBootRequests')],
    [
      'a stop that was granted is marked as done and is not',
      [...stopping(), time(1n)],
      state((is) => withAsked(is, 'MinerComputeStopRequests', 0n, { fullfilled: true })),
    ],
    ['a stopped VM runs again by itself', [...stopped(), time(1n)], request({ status: 'Running' })],
    ['a booted VM is stopped by itself', [...booted(), time(1n)], request({ status: 'Stopped' })],
    ['a VM whose stop was fulfilled is Pending', stopped(), request({ status: 'Pending' })],
  ]);

  holds('INV-17', [
    ['a VM is stopped, booted and stopped', [...booted(), requestStop(A), fulfilStop(M, 0n)]],
    ['a stop is open, and something else is done', [...stopped(), requestBoot(A), tellVnc(M, 0n)]],
  ]);

  const brokenIn = (steps: readonly Step[], tamper?: (seen: Seen) => Partial<Seen>, rules = Rules.promised) =>
    show(byId('INV-17'), steps, { rules, ...(tamper && { tamper }) });

  it('forgets a VM with its deletion', () => {
    const reborn = request({ request_id: 0n }, 1n);
    expect(brokenIn([...stopped(), requestDelete(A), buys(A)], reborn)).toMatchObject({ broken: null, earlier: [] });
    expect(brokenIn([...stopped(), buys(A)], request({ status: 'Pending' })).broken).not.toBeNull();
  });

  it('is about the VM whose entry is new, where another one has an open entry', () => {
    const steps = [...two(), time(1n)];
    const { broken } = brokenIn(
      steps,
      state((is) => withAsked(is, 'MinerComputeStopRequests', 1n, null)),
    );
    expect(broken).toBe('request 1 is Running, though its user asked last for Stopped');
  });

  it('is granted again by an open entry where a second stop succeeds', () => {
    const deployed = Rules.promised.with('DEV-08', 'deployed').with('DEV-24', 'deployed');
    const steps = [...stopping(), requestBoot(A), requestStop(A), fulfilStop(M, 0n), fulfilBoot(M, 0n)];
    expect(brokenIn(steps, undefined, deployed).broken).toContain('asked last for Stopped');
  });

  it('says nothing of a wish that may be of either of two VMs', () => {
    const deployed = Rules.promised.with('DEV-08', 'deployed').with('DEV-24', 'deployed');
    // The chain means the one on M, which is booted last; from outside it may be the other.
    const steps = [...two(), requestBoot(A), requestStop(A), fulfilStop(M, 1n), fulfilBoot(M, 1n)];
    expect(brokenIn(steps, undefined, deployed)).toMatchObject({ broken: null, earlier: [] });
  });
});

describe('INV-18, facts stay', () => {
  const wrong: readonly (readonly [string, Partial<ComputeRequest>])[] = [
    ['plan', { plan_id: Q }],
    ['description', { plan_technical_description: '0x' }],
    ["image's name", { selected_image: { name: '0x', image_url: hexOfText('QmDebian12') } }],
    ["image's address", { selected_image: { name: hexOfText('debian-12'), image_url: '0x' } }],
    ['cloud-init', { cloud_init_cid: '0x' }],
    ['miner', { miner_id: '0x' }],
    ['block', { created_at: 9n }],
    ['owner', { owner: BOB }],
  ];

  const buying = (pay_for: string | null): Step =>
    signed(SUB, 'Marketplace.purchase_plan', {
      plan_id: PLAN,
      plan_technical_description: '0x',
      image_name: '0x',
      image_url: '0x',
      cloud_init_cid: hexOfText('QmCloud'),
      pay_for,
      miner_id: M.node,
    });

  const movedTo = (owner: string, id: bigint) =>
    state((is) => plusRequest(withRequest(is, id, null), owner, { ...requestIn(is, id), owner }));

  isBroken('INV-18', [
    ...wrong.map(([what, change]): Breaking => [
      `a request is bought with another ${what}`,
      [buys(A)],
      request(change),
    ]),
    ['a request is assigned when it is bought', [buys(A)], request({ is_assigned: true })],
    ...wrong.map(([what, change]): Breaking => [
      `another ${what} comes with the assignment`,
      assigned(),
      request(change),
    ]),
    ['what was bought changes while time passes', [...running(), time(1n)], request({ plan_id: Q })],
    ['the request is its signer’s, who is a sub-account', [buying(null)], movedTo(signerOf(buying(null)), 0n)],
    ['the request is its signer’s, who buys for somebody', [buying(BOB)], movedTo(ALICE, 0n)],
    ['a purchase makes no request', [...running(), buys(B)], ({ before }) => ({ state: before, hasChanged: false })],
    [
      'a purchase makes two requests',
      [...running(), buys(B)],
      state((is) => plusRequest(is, BOB, { ...requestIn(is, 1n), request_id: 2n })),
    ],
    [
      'a request is made by another call',
      [...running(), requestStop(A)],
      state((is) => plusRequest(is, ALICE, { ...requestIn(is, 0n), request_id: 2n })),
    ],
    [
      'a request is made by time',
      [...running(), time(1n)],
      state((is) => plusRequest(is, ALICE, { ...requestIn(is, 0n), request_id: 2n })),
    ],
  ]);

  holds('INV-18', [
    ['a request lives', booted()],
    ['a sub-account buys', [buying(null)]],
    ['somebody buys for another', [buying(BOB)]],
    ['a request is deleted', [...running(), requestDelete(A)]],
  ]);
});

function signerOf(step: Step): string {
  if ('call' in step && step.origin.kind === 'signed') return step.origin.account;
  throw new Error('expected a signed call');
}
