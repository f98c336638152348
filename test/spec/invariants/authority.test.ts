/** Who may change what of whose: INV-19 to INV-23, each broken in every way that its statement forbids. */
import { describe, expect, it } from 'vitest';
import { accountAt, signAt } from '../../../src/spec/accounts.js';
import type { Outcome } from '../../../src/spec/answers.js';
import { signedMessage } from '../../../src/spec/calls.js';
import { hexOfText } from '../../../src/spec/hex.js';
import { ACTION_LISTS } from '../../../src/spec/invariants.js';
import { NO_SIGNATURE } from '../../../src/spec/signatures.js';
import type { Step } from '../../../src/spec/steps.js';
import {
  A,
  addIp,
  assign,
  B,
  buys,
  fulfil,
  fulfilStop,
  M,
  N,
  reportPinChecks,
  reportSpecs,
  requestDelete,
  requestStop,
  running,
  startJob,
  STRANGER,
} from '../../../src/spec/witnesses/cast.js';
import {
  ALICE,
  answered,
  asked,
  BOB,
  both,
  byId,
  forceDelete,
  fulfilReboot,
  holds,
  isBroken,
  PLAN,
  plusAsked,
  requestReboot,
  requestResize,
  show,
  signed,
  SUB,
  tellVnc,
  unsigned,
  withAsked,
  withEntry,
  withRequest,
  type AskedList,
  type Breaking,
  type Seen,
  type StateView,
} from './scene.js';

const OK: Outcome = { ok: true };
const NOT_FOUND: Outcome = { module: { pallet: 'Compute', error: 'ComputeRequestNotFound' } };

const LISTS: readonly AskedList[] = [...ACTION_LISTS, 'deletionQueue'];

const state = (change: (state: StateView, before: StateView) => StateView) => (seen: Seen) => ({
  state: change(seen.state, seen.before),
  hasChanged: true,
});

/** Something else than what the call is about changes, of B's: each kind of it. */
const touching = (what: string, steps: readonly Step[]): Breaking[] => [
  [`${what} changes another's request`, steps, state((is) => withRequest(is, 1n, { status: 'Pending' }))],
  [`${what} takes another's request away`, steps, state((is) => withRequest(is, 1n, null))],
  [`${what} changes a miner's entry of another's request`, steps, state((is) => withEntry(is, 1n, { vnc_port: 1n }))],
  [`${what} takes a miner's entry of another's request away`, steps, state((is) => withEntry(is, 1n, null))],
  ...LISTS.map((list): Breaking => [
    `${what} puts something of another's into ${list}`,
    steps,
    state((is, was) => plusAsked(is, list, N.node, asked(was, 1n))),
  ]),
];

const asking = () => [...both(), requestStop(B)];

describe("INV-19, a user's own", () => {
  const sent = (step: Step, origin: 'none' | 'signed' | 'root'): Step => {
    if (!('call' in step)) throw new Error('expected a call');
    return { call: step.call, origin: origin === 'none' ? { kind: origin } : { kind: origin, account: BOB } };
  };

  isBroken('INV-19', [
    ...touching('a stop', [...both(), requestStop(A)]),
    ...touching('a deletion', [...both(), requestDelete(A)]),
    ...touching('a forced deletion', [...both(), forceDelete(ALICE)]),
    ...touching('a purchase', [...both(), buys(A)]),
    [
      'a resize drops what another asked for',
      [...asking(), requestResize(A, 9)],
      state((is) => withAsked(is, 'MinerComputeStopRequests', 1n, null)),
    ],
    [
      'who buys for another gets the request',
      [...both(), signed(A, 'Marketplace.purchase_plan', purchase(BOB))],
      state((is) => ({
        ...is,
        requests: is.requests.map(([owner, list]) => [owner === BOB ? ALICE : owner, list] as const),
      })),
    ],
    [
      'a sub-account changes what it has itself',
      [...both(), signed(SUB, 'Compute.request_compute_stop', { plan_id: PLAN })],
      state((is) => withAsked(is, 'MinerComputeStopRequests', 0n, { user_id: accountAt(SUB) })),
    ],
    ['anybody forces a deletion', [...both(), sent(forceDelete(ALICE), 'signed')], () => answered(OK)],
    ['nobody forces a deletion', [...both(), sent(forceDelete(ALICE), 'none')], () => answered(OK)],
    ['anybody adds an IP', [...both(), sent(addIp(), 'signed')], () => answered(OK)],
    ['nobody buys', [...both(), sent(buys(A), 'none')], () => answered(OK)],
    ['root stops a VM', [...both(), sent(requestStop(A), 'root')], () => answered(OK)],
    ['a user assigns', [...both(), buys(A), sent(assign(M.node, 2n, A), 'signed')], () => answered(OK)],
  ]);

  holds('INV-19', [
    ['users ask for everything', [...both(), requestStop(A), requestStop(B), requestReboot(A), requestResize(B, 9)]],
    [
      'a sub-account asks for its main account',
      [...both(), signed(SUB, 'Compute.request_compute_stop', { plan_id: PLAN })],
    ],
    ['a user buys for another', [signed(A, 'Marketplace.purchase_plan', purchase(BOB))]],
    ['root deletes for a user', [...both(), forceDelete(BOB)]],
  ]);
});

function purchase(pay_for: string) {
  return {
    plan_id: PLAN,
    plan_technical_description: '0x',
    image_name: '0x',
    image_url: '0x',
    cloud_init_cid: null,
    pay_for,
    miner_id: null,
  };
}

describe('INV-20, miners sign', () => {
  const NAMES = [
    'Compute.mark_miner_compute_stop_request_fulfilled',
    'Compute.submit_compute_boot_request_fulfillment',
    'Compute.submit_compute_reboot_request_fulfillment',
    'Compute.submit_compute_resize_request_fulfillment',
  ] as const;
  const name = NAMES[0];
  const message = signedMessage(name, M.node, 0n);

  /** A call that is refused, and succeeds all the same. */
  const forged = (what: string, step: Step): Breaking => [what, [...both(), requestStop(A), step], () => answered(OK)];

  isBroken(
    'INV-20',
    [
      ...NAMES.map((each) =>
        forged(
          `${each} succeeds with no signature`,
          unsigned(each, { node_id: M.node, request_id: 0n, signature: NO_SIGNATURE }),
        ),
      ),
      forged("another node's owner signed", fulfilStop(M, 0n, signAt(N.owner, message))),
      forged('the user signed', fulfilStop(M, 0n, signAt(A, message))),
      forged(
        'the owner signed for another request',
        fulfilStop(M, 0n, signAt(M.owner, signedMessage(name, M.node, 1n))),
      ),
      forged('the owner signed for another node', fulfilStop(M, 0n, signAt(M.owner, signedMessage(name, N.node, 0n)))),
      forged(
        'the owner signed another call',
        fulfilStop(
          M,
          0n,
          signAt(M.owner, signedMessage('Compute.submit_compute_reboot_request_fulfillment', M.node, 0n)),
        ),
      ),
      forged('the node is not registered', fulfilStop({ node: STRANGER, owner: M.owner }, 0n)),
    ].map(([what, steps, tamper]): Breaking => [what, steps, tamper]),
  );

  holds('INV-20', [
    ['owners sign', [...both(), requestStop(A), fulfilStop(M, 0n), requestReboot(B), fulfilReboot(N, 1n)]],
  ]);
});

describe('INV-21, the named alone', () => {
  const record = (node: string) => (seen: Seen) => {
    const [known] = seen.before.metrics;
    if (known === undefined) throw new Error('expected a record');
    return {
      state: { ...seen.state, metrics: [...seen.state.metrics, [node, { ...known[1], vm_count: 99 }] as const] },
      hasChanged: true,
    };
  };
  const reporting = [reportSpecs(), ...both()];

  isBroken('INV-21', [
    ...touching('a report on an entry', [...both(), tellVnc(M, 0n)]),
    ...touching('a fulfilment', [
      ...both(),
      buys(A),
      assign(M.node, 2n, A),
      addIp(hexOfText('10.0.0.9')),
      startJob(M, 2n, hexOfText('c-d'), hexOfText('10.0.0.9')),
      fulfil(M.node, 2n),
    ]),
    ...touching('an assignment', [...both(), buys(A), assign(M.node, 2n, A)]),
    ...touching('a report of specs', [...both(), reportSpecs()]),
    [
      "a report on an entry changes another miner's entry of the same request",
      [...both(), tellVnc(M, 0n)],
      state((is, was) => plusAsked(is, 'MinerComputeStopRequests', N.node, asked(was, 0n))),
    ],
    ['a report on an entry changes the record of its node', [...reporting, tellVnc(M, 0n)], record(N.node)],
    ["a report of specs changes another node's record", [...reporting, reportSpecs({ vm_count: 4 })], record(N.node)],
    ["a report of checks changes another node's record", [...reporting, reportPinChecks(1)], record(STRANGER)],
  ]);

  holds('INV-21', [
    ['miners tell what they have to tell', [...reporting, tellVnc(M, 0n), requestStop(A), fulfilStop(M, 0n)]],
    ['a node reports', [reportSpecs(), reportSpecs({ vm_count: 3 }), reportPinChecks(1)]],
  ]);
});

describe('INV-22, own VM is found', () => {
  const asks: readonly Step[] = [
    requestStop(A),
    signed(A, 'Compute.request_compute_boot', { plan_id: PLAN }),
    requestDelete(A),
    requestReboot(A),
    requestResize(A, 9),
  ];
  const nameOf = (step: Step): string => ('call' in step ? step.call.name : '');

  isBroken('INV-22', [
    ...asks.map((step): Breaking => [
      `${nameOf(step)} does not find a VM`,
      [...both(), step],
      () => answered(NOT_FOUND),
    ]),
    [
      'a sub-account does not find the VM of whom it stands for',
      [...both(), signed(SUB, 'Compute.request_compute_stop', { plan_id: PLAN })],
      () => answered(NOT_FOUND),
    ],
    ...asks.map((step): Breaking => [
      `${nameOf(step)} finds a VM that is not fulfilled`,
      [buys(A), assign(M.node, 0n, A), step],
      () => answered(OK),
    ]),
    ['a stop finds the VM of another', [...running(), requestStop(B)], () => answered(OK)],
    ['a stop says something else of a VM that is not there', [requestStop(A)], () => answered({ other: true })],
  ]);

  holds('INV-22', [
    ['there is one', [...both(), requestStop(A)]],
    [
      'there is one, and it can not be booted',
      [...both(), signed(A, 'Compute.request_compute_boot', { plan_id: PLAN })],
    ],
    ['there is none', [...running(), requestStop(B)]],
  ]);

  it('says nothing of calls that ask for nothing', () => {
    expect(show(byId('INV-22'), both()).spoke).toBe(0);
  });
});

describe('INV-23, deletion is of one VM', () => {
  isBroken('INV-23', [
    ...touching('a deletion', [...both(), requestDelete(A)]),
    ...touching('a forced deletion', [...both(), forceDelete(ALICE)]),
    [
      "a deletion drops what was asked of its owner's other VM",
      [...both(), requestStop(B), requestDelete(A)],
      state((is) => withAsked(is, 'MinerComputeStopRequests', 1n, null)),
    ],
    [
      "a deletion takes its owner's other request along",
      [...both(), buys(A), requestDelete(A)],
      state((is) => withRequest(is, 2n, null)),
    ],
  ]);

  holds('INV-23', [
    [
      'what was asked of the VM goes with it',
      [...both(), requestStop(A), requestReboot(A), requestResize(A, 1), requestDelete(A)],
    ],
  ]);
});
