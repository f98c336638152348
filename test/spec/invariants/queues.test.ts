/** Ids and lists: INV-02, INV-03, INV-09 and INV-11 to INV-14, each broken in every way that its statement forbids. */
import { describe } from 'vitest';
import { ACTION_LISTS } from '../../../src/spec/invariants.js';
import {
  A,
  addIp,
  assign,
  B,
  buys,
  confirmDeletion,
  JOB,
  M,
  N,
  requestBoot,
  requestDelete,
  requestStop,
  running,
  STORAGE_MINER,
  STRANGER,
  fulfilStop,
} from '../../../src/spec/witnesses/cast.js';
import {
  ALICE,
  asked,
  BOB,
  both,
  entryIn,
  fail,
  holds,
  isBroken,
  plusAsked,
  plusEntry,
  plusRequest,
  requestIn,
  requestReboot,
  requestResize,
  time,
  withAsked,
  withEntry,
  withRequest,
  type Breaking,
  type Seen,
  type StateView,
} from './scene.js';

/** The last state, otherwise. */
const state = (change: (state: StateView, before: StateView) => StateView) => (seen: Seen) => ({
  state: change(seen.state, seen.before),
  hasChanged: true,
});

const assigned = () => [buys(A), assign(M.node, 0n, A)];

describe('INV-02, monotonic request ids', () => {
  const buyingAgain = [...running(), requestDelete(A), confirmDeletion(M, 0n, JOB), buys(A), buys(B)];
  const next = (nextRequestId: bigint) => state((is) => ({ ...is, nextRequestId }));

  isBroken('INV-02', [
    ['one owner has an id twice', both(), state((is) => plusRequest(is, ALICE, requestIn(is, 0n)))],
    ['two owners have an id', both(), state((is) => plusRequest(is, BOB, requestIn(is, 0n)))],
    ['an id is not below NextRequestId', both(), next(1n)],
    ['NextRequestId goes back while time passes', [...running(), time(1n)], next(0n)],
    ['NextRequestId goes on while time passes', [...running(), time(1n)], next(2n)],
    ['NextRequestId stays where a request is bought', [...running(), buys(B)], next(1n)],
    ['NextRequestId grows by two', [...running(), buys(B)], next(3n)],
    ['the id of a deleted request comes back', buyingAgain, state((is) => withRequest(is, 2n, { request_id: 0n }))],
    [
      'an id is left out',
      buyingAgain,
      state((is) => ({ ...withRequest(is, 2n, { request_id: 3n }), nextRequestId: 4n })),
    ],
  ]);

  holds('INV-02', [['requests come and go', buyingAgain]]);
});

describe('INV-03, queue consistency', () => {
  const gone = (is: StateView): StateView => withRequest(is, 0n, null);

  isBroken('INV-03', [
    ["a miner's entry has no request", both(), state((is) => gone(is))],
    ...ACTION_LISTS.map((list): Breaking => [
      `an entry of ${list} has no request`,
      both(),
      state((is) => plusAsked(is, list, M.node, asked(is, 0n, { request_id: 9n }))),
    ]),
    [
      'the request of a deletion is still there',
      [...running(), requestDelete(A)],
      state((is, before) => plusRequest(is, ALICE, requestIn(before, 0n))),
    ],
    ['a request is twice in one queue', both(), state((is) => plusEntry(is, M.node, entryIn(is, 0n)))],
    ["a request is in two miners' queues", both(), state((is) => plusEntry(is, N.node, entryIn(is, 0n)))],
  ]);

  holds('INV-03', [
    ['everything is asked of a VM', [...both(), requestStop(A), requestReboot(A), requestResize(A, 20)]],
    ['a deletion is to be confirmed', [...both(), requestStop(A), requestDelete(A)]],
    ['a failed request is assigned again', [...assigned(), fail(M, 0n), assign(N.node, 0n, A)]],
  ]);
});

describe('INV-09, assigned if queued', () => {
  const mark = (is_assigned: boolean) => state((is) => withRequest(is, 0n, { is_assigned }));

  isBroken('INV-09', [
    ['a request is not marked, and a miner has it', assigned(), mark(false)],
    ['a request is marked, and no miner has it', assigned(), state((is) => withEntry(is, 0n, null))],
    ['a request is marked before a miner has it', [buys(A)], mark(true)],
    [
      'a request is marked that its miner has failed',
      assigned(),
      state((is) => withEntry(is, 0n, { fail_reason: '0x' })),
    ],
    ['a request is marked that was given back', [...assigned(), fail(M, 0n)], mark(true)],
  ]);

  holds('INV-09', [
    ['a request was given back', [...assigned(), fail(M, 0n)]],
    [
      'a request is not marked that its miner has failed',
      assigned(),
      state((is) => withEntry(withRequest(is, 0n, { is_assigned: false }), 0n, { fail_reason: '0x' })),
    ],
  ]);
});

describe('INV-11, bounded queues', () => {
  const twice = (on: typeof M) =>
    ACTION_LISTS.map((list): Breaking => [
      `a VM is in ${list} twice, the second time of ${on === M ? 'the same' : 'another'} miner`,
      [...running(), requestReboot(A)],
      state((is) => {
        const entry = asked(is, 0n, { fullfilled: true });
        return plusAsked(
          plusAsked(
            { ...is, actionQueues: { ...is.actionQueues, MinerComputeRebootRequests: [] } },
            list,
            M.node,
            entry,
          ),
          list,
          on.node,
          entry,
        );
      }),
    ]);

  isBroken('INV-11', [...twice(M), ...twice(N)]);

  holds('INV-11', [
    [
      'a VM is in each list once',
      [...running(), requestStop(A), requestReboot(A), requestResize(A, 2), requestResize(A, 3)],
    ],
    ['two VMs are in one list', [...both(), requestStop(A), requestStop(B)]],
    ['a VM is stopped and booted over and over', [...running(), requestStop(A), fulfilStop(M, 0n), requestBoot(A)]],
  ]);
});

describe('INV-12, no empty lists', () => {
  isBroken('INV-12', [
    ['an owner has no requests', both(), state((is) => withRequest(is, 0n, null))],
    ['a miner has no requests', both(), state((is) => withEntry(is, 0n, null))],
    [
      'a miner has no deletions',
      [...running(), requestDelete(A)],
      state((is) => withAsked(is, 'deletionQueue', 0n, null)),
    ],
    ...ACTION_LISTS.map((list): Breaking => [
      `a miner has nothing in ${list}`,
      both(),
      state((is) => withAsked(plusAsked(is, list, M.node, asked(is, 0n)), list, 0n, null)),
    ]),
  ]);

  holds('INV-12', [['all that was asked was answered', [...running(), requestStop(A), fulfilStop(M, 0n)]]]);
});

describe('INV-13, miner honoured', () => {
  isBroken('INV-13', [
    [
      'a request that names a miner is given to another',
      [buys(A, M.node), assign(M.node, 0n, A)],
      state((is) => withRequest(is, 0n, { miner_id: N.node })),
    ],
    [
      'a request that names a miner is given to another, too',
      [buys(A, M.node), assign(M.node, 0n, A)],
      state((is) => plusEntry(is, N.node, entryIn(is, 0n))),
    ],
  ]);

  holds('INV-13', [
    ['another request names no miner', [buys(A, M.node), buys(B), assign(M.node, 0n, A), assign(N.node, 1n, B)]],
  ]);
});

describe('INV-14, compute miners only', () => {
  const to = (node: string) => state((is) => ({ ...is, minerQueue: [[node, [entryIn(is, 0n)]]] }));

  isBroken('INV-14', [
    ['a request is given to a node that stores', assigned(), to(STORAGE_MINER)],
    ['a request is given to a node that nobody registered', assigned(), to(STRANGER)],
  ]);

  holds('INV-14', [['requests are given to compute miners', [addIp(), ...both()]]]);
});
