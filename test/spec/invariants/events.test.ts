/** Events and changes: INV-28 and INV-29, each broken in every way that its statement forbids. */
import { describe, expect, it } from 'vitest';
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
  Q,
  reportPinChecks,
  reportSpecs,
  requestBoot,
  requestDelete,
  requestStop,
  startJob,
} from '../../../src/spec/witnesses/cast.js';
import {
  ALICE,
  allSeen,
  asked,
  BOB,
  both,
  byId,
  entryIn,
  fail,
  forceDelete,
  fulfilBoot,
  fulfilReboot,
  fulfilResize,
  holds,
  IP,
  isBroken,
  lastSeen,
  lives,
  PERIOD,
  PLAN,
  plusAsked,
  plusEntry,
  plusRequest,
  reportMetrics,
  requestIn,
  requestReboot,
  requestResize,
  root,
  show,
  signed,
  SUB,
  tellVnc,
  THIRD_IP,
  time,
  withAsked,
  withEntry,
  withEvent,
  withRequest,
  type Breaking,
  type Seen,
  type StateView,
} from './scene.js';

const stopped = () => [...both(), requestStop(A), fulfilStop(M, 0n)];
const booting = () => [...stopped(), requestBoot(A)];
const rebooting = () => [...both(), requestReboot(A)];
const resizing = () => [...both(), requestResize(A, 20)];
const deleting = () => [...both(), requestDelete(A)];
/** A's second request is on its way. */
const starting = () => [...both(), addIp(THIRD_IP), buys(A), assign(M.node, 2n, A), startJob(M, 2n, JOB2, THIRD_IP)];
const JOB2 = '0x77';

/** Every event, with steps of which the last one has it. */
const EVENTS: Readonly<Record<string, () => readonly Step[]>> = {
  'Compute.ComputeRequestCreated': () => [...both(), buys(A)],
  'Compute.ComputeRequestDeleted': deleting,
  'Compute.ComputeRequestSubmitted': () => [...both(), buys(A), assign(M.node, 2n, A)],
  'Compute.ComputeRequestFulfilled': () => [...starting(), fulfil(M.node, 2n)],
  'Compute.ComputeDeletionRequestRemoved': () => [...deleting(), confirmDeletion(M, 0n, JOB)],
  'Compute.ComputeBootRequestRemoved': () => [...booting(), fulfilBoot(M, 0n)],
  'Compute.ComputeRebootRequestFulfilled': () => [...rebooting(), fulfilReboot(M, 0n)],
  'Compute.ComputeResizeRequestFulfilled': () => [...resizing(), fulfilResize(M, 0n)],
  'Compute.ComputeStopRequested': () => [...both(), requestStop(A)],
  'Compute.ComputeBootRequested': booting,
  'Compute.ComputeRebootRequested': rebooting,
  'Compute.ComputeResizeRequested': resizing,
  'Compute.ComputeDeleteRequested': deleting,
  'PalletIp.IpAssigned': starting,
  'PalletIp.IpReturned': () => [...deleting(), confirmDeletion(M, 0n, JOB)],
  'PalletIp.IpAdded': () => [...both(), addIp(THIRD_IP)],
  'PalletIp.IpRemoved': () => [...both(), addIp(THIRD_IP), root('PalletIp.remove_available_vm_ip', { ip: THIRD_IP })],
  'ExecutionUnit.NodeSpecsStored': () => [reportSpecs()],
  'ExecutionUnit.PinCheckMetricsUpdated': () => [reportSpecs(), reportPinChecks(1)],
};

/** What there is, too, and is not meant. */
const OTHERS: Readonly<Record<string, unknown>> = {
  plan_id: Q,
  owner: BOB,
  caller: BOB,
  request_id: 1n,
  miner: N.node,
  node: N.node,
  node_id: N.node,
  ip: OTHER_IP,
  vm_uuid: OTHER_JOB,
};

const fieldsOf = (name: string, steps: readonly Step[]): readonly string[] =>
  Object.keys(lastSeen(steps).answer?.events.find((event) => event.name === name)?.fields ?? {});

const state = (change: (state: StateView, before: StateView) => StateView) => (seen: Seen) => ({
  state: change(seen.state, seen.before),
  hasChanged: true,
});

describe('INV-28, events are true', () => {
  it('knows every event that any life has', () => {
    const names = new Set(allSeen(lives()).flatMap(({ answer }) => answer?.events.map(({ name }) => name) ?? []));
    expect([...names].toSorted()).toEqual(Object.keys(EVENTS).toSorted());
  });

  isBroken(
    'INV-28',
    Object.entries(EVENTS).flatMap(([name, steps]) =>
      fieldsOf(name, steps()).map((field): Breaking => [
        `${name} has another ${field}`,
        steps(),
        ({ answer }) => ({ answer: withEvent(answer, name, { [field]: OTHERS[field] }) }),
      ]),
    ),
  );

  isBroken(
    'INV-28',
    Object.entries(EVENTS)
      // A report that says what was known already changes nothing, and is a report.
      .filter(([name]) => name !== 'ExecutionUnit.PinCheckMetricsUpdated')
      .map(([name, steps]): Breaking => [
        `${name} is told, and nothing happens`,
        steps(),
        ({ before, answer }) => ({
          state: before,
          answer: answer && { ...answer, events: answer.events.filter((event) => event.name === name) },
        }),
      ]),
  );

  isBroken(
    'INV-28',
    Object.entries(EVENTS).map(([name, steps]): Breaking => [
      `${name} is told twice`,
      steps(),
      ({ answer }) => ({
        answer: answer && {
          ...answer,
          events: [...answer.events, ...answer.events.filter((event) => event.name === name)],
        },
      }),
    ]),
  );

  isBroken('INV-28', [
    [
      'an event is told that nobody knows',
      both(),
      ({ answer }) => ({ answer: answer && { ...answer, events: [{ name: 'Compute.IpAdded', fields: { ip: IP } }] } }),
    ],
    [
      'a boot is told as a reboot',
      [...booting(), fulfilBoot(M, 0n)],
      ({ answer }) => ({
        answer: answer && {
          ...answer,
          events: answer.events.map((event) => ({ ...event, name: 'Compute.ComputeRebootRequestFulfilled' })),
        },
      }),
    ],
    [
      'a sub-account is told as its main account',
      [...both(), signed(SUB, 'Compute.request_compute_stop', { plan_id: PLAN })],
      ({ answer }) => ({ answer: withEvent(answer, 'Compute.ComputeStopRequested', { caller: ALICE }) }),
    ],
    [
      'a forced deletion is told of another caller',
      [...both(), forceDelete(BOB)],
      ({ answer }) => ({ answer: withEvent(answer, 'Compute.ComputeDeleteRequested', { caller: ALICE }) }),
    ],
    [
      'a forced deletion is told of another plan',
      [...both(), forceDelete(BOB)],
      ({ answer }) => ({ answer: withEvent(answer, 'Compute.ComputeDeleteRequested', { plan_id: Q }) }),
    ],
    [
      'a stop is told that was open before',
      [...both(), requestStop(A)],
      (seen) => ({ before: seen.state, hasChanged: false }),
    ],
  ]);

  holds('INV-28', [
    ['a sub-account asks', [...both(), signed(SUB, 'Compute.request_compute_stop', { plan_id: PLAN })]],
    ['root deletes', [...both(), forceDelete(BOB)]],
    ['another size is asked for', [...resizing(), requestResize(A, 40)]],
    ['a node reports', [reportSpecs(), reportMetrics(M.node)]],
  ]);
});

describe('INV-29, changes have events', () => {
  /** Of which the README knows no change that could be missed. */
  const REPORTS = ['ExecutionUnit.NodeSpecsStored', 'ExecutionUnit.PinCheckMetricsUpdated'];

  isBroken(
    'INV-29',
    Object.entries(EVENTS)
      .filter(([name]) => !REPORTS.includes(name))
      .map(([name, steps]): Breaking => [
        `${name} is missing`,
        steps(),
        ({ answer }) => ({ answer: withEvent(answer, name, null) }),
      ]),
  );

  const after = (name: keyof typeof EVENTS): readonly Step[] => EVENTS[name]?.() ?? [];
  const twoOf: readonly (readonly [string, (is: StateView, was: StateView) => StateView])[] = [
    [
      'Compute.ComputeRequestCreated',
      (is) => plusRequest(is, BOB, { ...requestIn(is, 2n), request_id: 3n, owner: BOB }),
    ],
    ['Compute.ComputeRequestDeleted', (is) => withRequest(is, 1n, null)],
    ['Compute.ComputeRequestSubmitted', (is) => plusEntry(is, N.node, { ...entryIn(is, 2n), request_id: 3n })],
    ['Compute.ComputeRequestFulfilled', (is) => plusEntry(is, N.node, { ...entryIn(is, 2n), request_id: 3n })],
    ['Compute.ComputeStopRequested', (is) => plusAsked(is, 'MinerComputeStopRequests', N.node, asked(is, 1n))],
    ['Compute.ComputeBootRequested', (is) => plusAsked(is, 'MinerComputeBootRequests', N.node, asked(is, 1n))],
    ['Compute.ComputeRebootRequested', (is) => plusAsked(is, 'MinerComputeRebootRequests', N.node, asked(is, 1n))],
    ['Compute.ComputeResizeRequested', (is) => plusAsked(is, 'MinerComputeResizeRequests', N.node, asked(is, 1n))],
    ['Compute.ComputeDeleteRequested', (is) => plusAsked(is, 'deletionQueue', N.node, asked(is, 1n))],
    ['PalletIp.IpAssigned', (is) => ({ ...is, roleToIp: [...is.roleToIp, [{ Vm: '0x78' }, '0x79']] })],
    ['PalletIp.IpReturned', (is) => ({ ...is, releases: [...is.releases, ...is.releases] })],
    ['PalletIp.IpAdded', (is) => ({ ...is, pools: { ...is.pools, AvailableClientIps: [IP] } })],
  ];
  isBroken(
    'INV-29',
    twoOf.map(([name, change]): Breaking => [`${name} is told once, and was done twice`, after(name), state(change)]),
  );

  const answering: readonly (readonly [
    string,
    'MinerComputeBootRequests' | 'MinerComputeRebootRequests' | 'MinerComputeResizeRequests',
    () => readonly Step[],
  ])[] = [
    ['boot', 'MinerComputeBootRequests', booting],
    ['reboot', 'MinerComputeRebootRequests', rebooting],
    ['resize', 'MinerComputeResizeRequests', resizing],
  ];
  isBroken(
    'INV-29',
    answering.flatMap(([what, list, steps]): Breaking[] => {
      const dropped = state((is) => withAsked(is, list, 0n, null));
      const marked = state((is) => withAsked(is, list, 0n, { fullfilled: true }));
      return [
        [`a ${what} goes while time passes`, [...steps(), time(1n)], dropped],
        [`a ${what} is marked while time passes`, [...steps(), time(1n)], marked],
        [`a ${what} goes when its user asks for something else`, [...steps(), requestResize(A, 50)], dropped],
        [`a ${what} goes when its miner reports something else`, [...steps(), tellVnc(M, 0n)], dropped],
        [`a ${what} goes when another VM is deleted`, [...steps(), forceDelete(BOB)], dropped],
      ];
    }),
  );

  const byTime = (
    change: (is: StateView, was: StateView) => StateView,
  ): [readonly Step[], ReturnType<typeof state>] => [[...rebooting(), requestDelete(A), time(1n)], state(change)];
  isBroken('INV-29', [
    ['a request goes by itself', ...byTime((is) => withRequest(is, 1n, null))],
    ['a request comes by itself', ...byTime((is) => plusRequest(is, BOB, { ...requestIn(is, 1n), request_id: 2n }))],
    ['a request is assigned by itself', ...byTime((is) => plusEntry(is, M.node, entryIn(is, 1n)))],
    [
      'a stop is asked for by itself',
      ...byTime((is) => plusAsked(is, 'MinerComputeStopRequests', N.node, asked(is, 1n))),
    ],
    ['a deletion is asked for by itself', ...byTime((is) => plusAsked(is, 'deletionQueue', N.node, asked(is, 1n)))],
    ['a deletion is confirmed by itself', ...byTime((is) => withAsked(is, 'deletionQueue', 0n, null))],
    [
      'a request is fulfilled by itself',
      [...starting(), time(1n)],
      state((is) => withEntry(is, 2n, { fullfilled: true })),
    ],
  ]);

  holds('INV-29', [
    ['what was asked of a VM goes with it', [...rebooting(), requestStop(A), requestResize(A, 1), requestDelete(A)]],
    ['a stop is answered, of which no event tells', stopped()],
    ['another size is asked for', [...resizing(), requestResize(A, 40)]],
    ['an IP comes back', [...deleting(), confirmDeletion(M, 0n, JOB), time(PERIOD)]],
    ['a request fails', [...starting(), fail(M, 2n)]],
    [
      'an answered entry stays, marked',
      [...resizing(), fulfilResize(M, 0n)],
      state((_, was) => withAsked(was, 'MinerComputeResizeRequests', 0n, { fullfilled: true })),
    ],
  ]);

  it('says nothing of calls that change nothing', () => {
    expect(show(byId('INV-29'), [fulfil(M.node, 0n), time(1n)]).spoke).toBe(0);
  });
});
