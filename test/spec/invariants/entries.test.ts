/** What entries say: INV-10 and INV-35, each broken in every way that its statement forbids. */
import { describe } from 'vitest';
import { hexOfText } from '../../../src/spec/hex.js';
import { ACTION_LISTS } from '../../../src/spec/invariants.js';
import type { MinerComputeRequest } from '../../../src/spec/types/compute.js';
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
  Q,
  requestBoot,
  requestDelete,
  requestStop,
  running,
  startJob,
} from '../../../src/spec/witnesses/cast.js';
import {
  ALICE,
  asked,
  BOB,
  both,
  entryIn,
  fail,
  forceDelete,
  fulfilResize,
  holds,
  isBroken,
  plusAsked,
  plusEntry,
  requestReboot,
  requestResize,
  tellHypervisorIp,
  tellVnc,
  time,
  withAsked,
  withEntry,
  type AskedList,
  type Breaking,
  type Seen,
  type StateView,
} from './scene.js';

const state = (change: (state: StateView, before: StateView) => StateView) => (seen: Seen) => ({
  state: change(seen.state, seen.before),
  hasChanged: true,
});

const entry = (change: Partial<MinerComputeRequest> | null) => state((is) => withEntry(is, 0n, change));

const assigned = () => [addIp(), buys(A), assign(M.node, 0n, A)];
const started = () => [...assigned(), startJob(M, 0n, JOB)];

describe('INV-10, entries agree', () => {
  const LISTS: readonly AskedList[] = [...ACTION_LISTS, 'deletionQueue'];

  isBroken('INV-10', [
    ["an entry has another miner's name", both(), entry({ miner_node_id: N.node })],
    ['an entry has another account than its miner', both(), entry({ miner_account_id: ALICE })],
    ['an entry has another plan than its request', both(), entry({ plan_id: Q })],
    ...LISTS.map((list): Breaking => [
      `an entry of ${list} has another miner's name`,
      both(),
      state((is) => plusAsked(is, list, M.node, asked(is, 0n, { miner_node_id: N.node }))),
    ]),
    ...LISTS.map((list): Breaking => [
      `an entry of ${list} has another plan than its request`,
      both(),
      state((is) => plusAsked(is, list, M.node, asked(is, 0n, { plan_id: Q }))),
    ]),
    ...LISTS.map((list): Breaking => [
      `an entry of ${list} has another user than its request`,
      both(),
      state((is) => plusAsked(is, list, M.node, asked(is, 0n, { user_id: BOB }))),
    ]),
    ...ACTION_LISTS.map((list): Breaking => [
      `an entry of ${list} is asked of a miner that has not the VM`,
      both(),
      state((is) => plusAsked(is, list, N.node, asked(is, 0n, { miner_node_id: N.node }))),
    ]),
  ]);

  holds('INV-10', [
    ['everything is asked of a VM', [...both(), requestStop(A), requestReboot(A), requestResize(A, 20)]],
    ['a deletion is to be confirmed', [...both(), requestDelete(A)]],
  ]);
});

describe("INV-35, entries stay: a miner's", () => {
  const wrong = hexOfText('wrong');

  isBroken('INV-35', [
    ['an entry has a job when it is assigned', assigned(), entry({ job_id: JOB })],
    ['an entry has an IP when it is assigned', assigned(), entry({ ip_assigned: OTHER_IP })],
    ["an entry has a hypervisor's IP when it is assigned", assigned(), entry({ hypervisor_ip: OTHER_IP })],
    ['an entry has a VNC port when it is assigned', assigned(), entry({ vnc_port: 1n })],
    ['an entry has a reason to fail when it is assigned', assigned(), entry({ fail_reason: wrong })],
    ['an entry is fulfilled when it is assigned', assigned(), entry({ fullfilled: true })],
    ['an entry is of another block than its assignment', assigned(), entry({ created_at: 0n })],
    [
      'an entry is made by a call that does not assign',
      [...running(), requestStop(A)],
      state((is) => plusEntry(is, N.node, { ...entryIn(is, 0n), request_id: 9n })),
    ],
    [
      'an entry is made by time',
      [...running(), time(1n)],
      state((is) => plusEntry(is, N.node, { ...entryIn(is, 0n), request_id: 9n })),
    ],
    ['a report of a job does not come to the entry', started(), entry({ job_id: null })],
    ['a report of a job comes to the entry otherwise', started(), entry({ job_id: OTHER_JOB })],
    ['the IP does not come to the entry with its job', started(), entry({ ip_assigned: null })],
    ['a report of a job fulfils, too', started(), entry({ fullfilled: true })],
    ['nothing at all comes of a report of a job', started(), ({ before }) => ({ state: before, hasChanged: false })],
    [
      "a hypervisor's IP does not come to the entry",
      [...running(), tellHypervisorIp(M, 0n)],
      entry({ hypervisor_ip: null }),
    ],
    [
      "a hypervisor's IP comes as that of the VM",
      [...running(), tellHypervisorIp(M, 0n)],
      entry({ ip_assigned: hexOfText('192.168.0.1') }),
    ],
    ['a VNC port comes to the entry otherwise', [...running(), tellVnc(M, 0n)], entry({ vnc_port: 12n })],
    ['a fulfilment does not come to the entry', running(), entry({ fullfilled: false })],
    [
      'the reason of a failure comes to the entry otherwise',
      [...assigned(), fail(M, 0n)],
      state((_, was) => withEntry(was, 0n, { fail_reason: wrong })),
    ],
    ['time changes an entry', [...running(), time(1n)], entry({ vnc_port: 1n })],
    ['what a user asks for changes an entry', [...running(), requestReboot(A)], entry({ fullfilled: false })],
    ...(
      [
        ['miner_node_id', N.node],
        ['miner_account_id', ALICE],
        ['plan_id', Q],
        ['created_at', 7n],
      ] as const
    ).map(([name, value]): Breaking => [
      `${name} of an entry changes with a report`,
      [...running(), tellVnc(M, 0n)],
      entry({ [name]: value }),
    ]),
  ]);

  holds('INV-35', [
    [
      'a miner tells all that there is to tell',
      [...started(), fulfil(M.node, 0n), tellHypervisorIp(M, 0n), tellVnc(M, 0n)],
    ],
    ['it tells it again', [...running(), tellVnc(M, 0n), tellVnc(M, 0n)]],
    ['a failed entry is taken away', [...started(), fail(M, 0n)]],
    [
      'a failed entry keeps its reason',
      [...assigned(), fail(M, 0n)],
      state((_, was) => withEntry(was, 0n, { fail_reason: hexOfText('out of memory') })),
    ],
  ]);
});

describe('INV-35, entries stay: what is asked of a VM', () => {
  const asking = {
    MinerComputeStopRequests: [...both(), requestStop(A)],
    MinerComputeBootRequests: [...both(), requestStop(A), fulfilStop(M, 0n), requestBoot(A)],
    MinerComputeRebootRequests: [...both(), requestReboot(A)],
    MinerComputeResizeRequests: [...both(), requestResize(A, 20)],
    deletionQueue: [...both(), requestDelete(A)],
  } as const;
  const LISTS = [...ACTION_LISTS, 'deletionQueue'] as const;
  type Change = Parameters<typeof withAsked>[3];
  const inEach = (what: string, change: Change) =>
    LISTS.map((list): Breaking => [
      `a new entry of ${list} ${what}`,
      asking[list],
      state((is) => withAsked(is, list, 0n, change)),
    ]);
  const later = (what: string, change: Change) =>
    LISTS.map((list): Breaking => [
      `an entry of ${list} ${what} while time passes`,
      [...asking[list], time(1n)],
      state((is) => withAsked(is, list, 0n, change)),
    ]);

  isBroken('INV-35', [
    ...inEach("has another job than the VM's", { job_id: OTHER_JOB }),
    ...inEach('has no job', { job_id: null }),
    ...inEach('has another user', { user_id: BOB }),
    ...inEach('has another plan', { plan_id: Q }),
    ...inEach('has another block', { created_at: 0n }),
    ...inEach('is fulfilled', { fullfilled: true }),
    ...later('gets another job', { job_id: OTHER_JOB }),
    ...later('gets another block', { created_at: 0n }),
    [
      'a size is stored that nobody asked for',
      [...both(), requestResize(A, 20)],
      state((is) => withAsked(is, 'MinerComputeResizeRequests', 0n, { resize_gbs: 4 })),
    ],
    [
      'the size asked for last is not stored',
      [...both(), requestResize(A, 20), requestResize(A, 40)],
      state((is) => withAsked(is, 'MinerComputeResizeRequests', 0n, { resize_gbs: 30 })),
    ],
    [
      'the size asked for first stays',
      [...both(), requestResize(A, 20), requestResize(A, 40)],
      ({ before }) => ({ state: before, hasChanged: false }),
    ],
    ...ACTION_LISTS.map((list): Breaking => [
      `an entry of ${list} is made by a miner`,
      [...both(), tellVnc(M, 0n)],
      state((is) => plusAsked(is, list, M.node, asked(is, 0n))),
    ]),
    [
      'an entry is made by time',
      [...both(), time(1n)],
      state((is) => plusAsked(is, 'MinerComputeStopRequests', M.node, asked(is, 0n))),
    ],
  ]);

  holds('INV-35', [
    [
      'everything is asked of a VM',
      [...both(), requestStop(A), requestReboot(A), requestResize(A, 20), requestResize(A, 40)],
    ],
    [
      'an answered entry stays, marked',
      [...both(), requestResize(A, 20), fulfilResize(M, 0n)],
      state((_, was) => withAsked(was, 'MinerComputeResizeRequests', 0n, { fullfilled: true })),
    ],
    ['a VM is deleted by root', [...both(), forceDelete(BOB)]],
    ['a deletion is confirmed', [...both(), requestDelete(A), confirmDeletion(M, 0n, JOB)]],
  ]);
});
