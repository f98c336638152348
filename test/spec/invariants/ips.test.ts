/** Where IPs are, and who holds them: INV-01 and INV-04 to INV-08, each broken in every way that its statement forbids. */
import { describe } from 'vitest';
import { hexOfText, type Hex } from '../../../src/spec/hex.js';
import type { StateView } from '../../../src/spec/invariants.js';
import {
  A,
  addIp,
  assign,
  buys,
  confirmDeletion,
  JOB,
  M,
  OTHER_IP,
  OTHER_JOB,
  requestDelete,
  running,
  startJob,
} from '../../../src/spec/witnesses/cast.js';
import { both, fail, holds, IP, isBroken, PERIOD, root, THIRD_IP, time, withEntry, type Seen } from './scene.js';

const VM = { Vm: JOB };
const OTHER_VM = { Vm: OTHER_JOB };

const release = (ip: Hex) => ({ vm_name: JOB, ip, created_at: 1n, role_type: VM });

/** The last state, with parts of it otherwise. */
const state = (change: (state: StateView) => Partial<StateView>) => (seen: Seen) => ({
  state: { ...seen.state, ...change(seen.state) },
  hasChanged: true,
});

const pool = (ips: readonly Hex[], of = 'VmAvailableIps') => state(({ pools }) => ({ pools: { ...pools, [of]: ips } }));

/** A's VM is deleted, and its IP awaits its release, since block 1. */
const released = () => [...running(), requestDelete(A), confirmDeletion(M, 0n, JOB)];

describe('INV-01, unique IPs', () => {
  isBroken('INV-01', [
    ['an IP is twice in one pool', running(), pool([OTHER_IP, OTHER_IP])],
    [
      'an IP is in two pools',
      [...running(), addIp(OTHER_IP)],
      state(({ pools }) => ({ pools: { ...pools, AvailableClientIps: [OTHER_IP] } })),
    ],
    ['an IP is available and assigned', running(), pool([IP])],
    ['an IP is available and awaits its release', released(), pool([IP])],
    ['an IP is assigned and awaits its release', running(), state(() => ({ releases: [release(IP)] }))],
    ['an IP awaits its release twice', released(), state(({ releases }) => ({ releases: [...releases, ...releases] }))],
    [
      'an IP is held by two VMs',
      running(),
      state(({ roleToIp }) => ({ roleToIp: [...roleToIp, [OTHER_VM, IP]], ipToRole: [[IP, OTHER_VM]] })),
    ],
    [
      'an IP is held by one VM by RoleToIp, and by another by IpToRole',
      running(),
      state(() => ({ ipToRole: [[IP, OTHER_VM]] })),
    ],
    [
      'an IP is available, and held by a VM by IpToRole alone',
      [...running(), addIp(OTHER_IP)],
      state(({ ipToRole }) => ({ ipToRole: [...ipToRole, [OTHER_IP, OTHER_VM]] })),
    ],
  ]);

  holds('INV-01', [
    ['each IP is in another place', [...both(), addIp(THIRD_IP), requestDelete(A), confirmDeletion(M, 0n, JOB)]],
  ]);
});

describe('INV-04, conservation of IPs', () => {
  const adding = [...running(), addIp(OTHER_IP)];
  const removing = [...adding, addIp(THIRD_IP), root('PalletIp.remove_available_vm_ip', { ip: OTHER_IP })];
  const clients = 'AvailableClientIps';
  const addingClients = [root('PalletIp.add_available_client_ip', { ip: OTHER_IP })];

  isBroken('INV-04', [
    ['an added IP is in no pool', adding, pool([])],
    ['another IP is added', adding, pool([THIRD_IP])],
    ['another one is added, too', adding, pool([OTHER_IP, THIRD_IP])],
    [
      'an IP is added to another pool than it was to be',
      adding,
      state(({ pools }) => ({ pools: { ...pools, VmAvailableIps: [], [clients]: [OTHER_IP] } })),
    ],
    [
      "an IP is added to VMs' pool where it was to be another",
      addingClients,
      state(({ pools }) => ({ pools: { ...pools, VmAvailableIps: [OTHER_IP], [clients]: [] } })),
    ],
    ['an IP that was to be removed stays', removing, pool([OTHER_IP, THIRD_IP])],
    ['another IP is removed', removing, pool([OTHER_IP])],
    ['another one is removed, too', removing, pool([])],
    [
      'an IP is lost when it is assigned',
      running().slice(0, -1),
      state(() => ({ roleToIp: [], ipToRole: [], assignedVms: [] })),
    ],
    ['an IP is made when one is assigned', running().slice(0, -1), pool([OTHER_IP])],
    [
      'another IP than the one that was taken is assigned',
      running().slice(0, -1),
      state(() => ({ roleToIp: [[VM, THIRD_IP]] })),
    ],
    ['an IP is lost when its VM is deleted', released(), state(() => ({ releases: [] }))],
    ['an IP is lost when it was to come back', [...released(), time(PERIOD)], pool([])],
    ['an IP comes back twice', [...released(), time(PERIOD)], pool([IP, IP])],
    ['another pool gets an IP while time passes', [...released(), time(PERIOD)], pool([OTHER_IP], clients)],
    ['a pool loses an IP by a call that has nothing to do with it', [...adding, buys(A)], pool([])],
    ['an IP is made by a call that fails', [...adding, addIp(OTHER_IP)], pool([OTHER_IP, THIRD_IP])],
  ]);

  holds('INV-04', [
    ['IPs are added to a pool of their own', addingClients],
    [
      'the only IP of a pool is removed',
      [...addingClients, root('PalletIp.remove_available_client_ip', { ip: OTHER_IP })],
    ],
    ['an IP goes round', [...released(), time(PERIOD)]],
  ]);
});

describe('INV-05, IP maps agree', () => {
  isBroken('INV-05', [
    ['IpToRole lacks an IP', running(), state(() => ({ ipToRole: [] }))],
    ['RoleToIp lacks a VM', running(), state(() => ({ roleToIp: [], assignedVms: [] }))],
    ['they name another IP', running(), state(() => ({ ipToRole: [[OTHER_IP, VM]] }))],
    ['they name another VM', running(), state(() => ({ ipToRole: [[IP, OTHER_VM]] }))],
    ['they name another kind of role', running(), state(() => ({ ipToRole: [[IP, { Hypervisor: JOB }]] }))],
    ['AssignedVmIps lacks a VM', running(), state(() => ({ assignedVms: [] }))],
    ['AssignedVmIps has one too many', running(), state(() => ({ assignedVms: [JOB, OTHER_JOB] }))],
    ['AssignedVmIps has a VM twice', running(), state(() => ({ assignedVms: [JOB, JOB] }))],
    ['AssignedVmIps has another VM', running(), state(() => ({ assignedVms: [OTHER_JOB] }))],
  ]);

  holds('INV-05', [
    [
      'their keys are in another order',
      both(),
      state(({ ipToRole, assignedVms }) => ({
        ipToRole: ipToRole.toReversed(),
        assignedVms: assignedVms.toReversed(),
      })),
    ],
    [
      'an IP is held by what is no VM',
      running(),
      state(({ ipToRole, roleToIp }) => ({
        ipToRole: [...ipToRole, [OTHER_IP, { Hypervisor: OTHER_JOB }]],
        roleToIp: [...roleToIp, [{ Hypervisor: OTHER_JOB }, OTHER_IP]],
      })),
    ],
  ]);
});

describe('INV-06, IPs come back', () => {
  const entry = (change: Parameters<typeof withEntry>[2]) => (seen: Seen) => ({
    state: withEntry(seen.state, 0n, change),
  });

  isBroken('INV-06', [
    ['the VM that holds an IP has another job', running(), entry({ job_id: OTHER_JOB })],
    ['the VM that holds an IP has no job', running(), entry({ job_id: null })],
    ['the VM that holds an IP has failed', running(), entry({ fail_reason: hexOfText('out of memory') })],
    ['the VM that holds an IP is no longer there', running(), entry(null)],
    [
      'the deletion of the VM that holds an IP is confirmed',
      [...running(), requestDelete(A)],
      state(() => ({ deletionQueue: [] })),
    ],
    [
      'the deletion of another VM is to be confirmed',
      [...running(), requestDelete(A)],
      state(({ deletionQueue }) => ({
        deletionQueue: deletionQueue.map(
          ([node, entries]) => [node, entries.map((each) => ({ ...each, job_id: OTHER_JOB }))] as const,
        ),
      })),
    ],
  ]);

  holds('INV-06', [
    ['the deletion of the VM that holds an IP is to be confirmed', [...running(), requestDelete(A)]],
    [
      'an IP is held by what is no VM',
      running(),
      state(({ roleToIp }) => ({ roleToIp: [...roleToIp, [{ Hypervisor: OTHER_JOB }, OTHER_IP]] })),
    ],
  ]);
});

describe('INV-07, a VM keeps its IP', () => {
  isBroken('INV-07', [
    ['the job of a VM holds no IP', running(), state(() => ({ roleToIp: [] }))],
    ['the job of a VM holds another IP', running(), state(() => ({ roleToIp: [[VM, OTHER_IP]] }))],
    ['its IP is held by another job', running(), state(() => ({ roleToIp: [[OTHER_VM, IP]] }))],
    [
      'a VM has a job, and was given no IP',
      running(),
      (seen) => ({ state: withEntry({ ...seen.state, roleToIp: [] }, 0n, { ip_assigned: null }) }),
    ],
    [
      'its entry names another IP',
      running(),
      (seen) => ({ state: withEntry(seen.state, 0n, { ip_assigned: OTHER_IP }) }),
    ],
  ]);

  holds('INV-07', [
    [
      'a VM that has failed holds none',
      both(),
      (seen) => ({
        state: withEntry({ ...seen.state, roleToIp: [[OTHER_VM, OTHER_IP]] }, 0n, { fail_reason: '0x' }),
      }),
    ],
    ['a VM has failed', [addIp(), buys(A), assign(M.node, 0n, A), startJob(M, 0n, JOB), fail(M, 0n)]],
  ]);
});

describe('INV-08, released in time', () => {
  const tooEarly = [...released(), time(PERIOD - 1n)];
  const due = [...released(), time(PERIOD)];

  isBroken('INV-08', [
    ['an IP comes back a block too early', tooEarly, state(() => ({ releases: [], pools: { VmAvailableIps: [IP] } }))],
    ['an IP comes back by a call', [...released(), buys(A)], state(() => ({ releases: [] }))],
    ['an IP comes back a block too late', due, state(() => ({ releases: [release(IP)], pools: {} }))],
    ['nothing at all happens when an IP is due', due, ({ before }) => ({ state: before, hasChanged: false })],
    [
      'an IP is due in a block that was jumped over',
      [...released(), time(PERIOD * 2n, true)],
      ({ before }) => ({
        state: before,
        hasChanged: false,
      }),
    ],
    ['an IP is due, and is not available', due, pool([])],
    ['an IP is due, and another one is available', due, pool([OTHER_IP])],
    [
      'an IP that waits is to wait longer',
      [...released(), time(1n)],
      state(() => ({ releases: [{ ...release(IP), created_at: 2n }] })),
    ],
  ]);

  holds('INV-08', [
    ['an IP waits as long as it is to', tooEarly],
    ['an IP comes back in its block', due],
    ['an IP comes back after a jump', [...released(), time(PERIOD * 2n, true)]],
  ]);
});
