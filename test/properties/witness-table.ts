/** What each witness shows at the steps that decide: DEVIATIONS.md, RULES.md and `docs/findings.md`, restated. */
import { accountAt } from '../../src/spec/accounts.js';
import { hexOfText, type Hex } from '../../src/spec/hex.js';
import type { DeviationRule } from '../../src/spec/rules.js';

/** What a step must show: the outcome, the events in order with some of their fields, some of the keys written. */
export interface Shown {
  readonly outcome: string;
  readonly events?: readonly (readonly [string, Readonly<Record<string, unknown>>])[];
  /**
   * By name; values decoded, in JSON form, and of structures some fields; null is a key that was removed, undefined one
   * that was not touched. An empty list: no key at all was touched.
   */
  readonly keys?: Readonly<Record<string, unknown>> | readonly [];
}

export interface Row {
  /** From 0. */
  readonly step: number;
  readonly deployed: Shown;
  readonly promised: Shown;
}

const [userA, userB] = [accountAt('//Assay//user//0'), accountAt('//Assay//user//1')];
const PLAN: Hex = '0x' + '50'.repeat(32);
const OTHER_PLAN: Hex = '0x' + '51'.repeat(32);
const NODE = hexOfText('assay-m');
const IP = hexOfText('10.0.0.1');
const U128_MAX = (2n ** 128n - 1n).toString();

const fails = (outcome: string): Shown => ({ outcome, events: [], keys: [] });
const ipAssigned = ['PalletIp.IpAssigned', { ip: IP }] as const;
const fulfilled = ['Compute.ComputeRequestFulfilled', { node: NODE, request_id: '0', owner: userA }] as const;
const ipReturned = ['PalletIp.IpReturned', { vm_uuid: hexOfText('1a2b-3c4d'), ip: IP }] as const;
const removed = ['Compute.ComputeDeletionRequestRemoved', { node_id: NODE, request_id: '0', owner: userA }] as const;
const stopRequested = ['Compute.ComputeStopRequested', { plan_id: PLAN, owner: userB, caller: userB }] as const;
const created = ['Compute.ComputeRequestCreated', { plan_id: PLAN, owner: userA }] as const;
const metricsOfNode = 'ExecutionUnit.NodeMetrics["assay-m"]';
const requestsOfA = `Compute.ComputeRequests[${userA}]`;
const entriesOf = (item: string, node = 'assay-m'): string => `Compute.Miner${item}["${node}"]`;
const actionQueues = ['Stop', 'Boot', 'Reboot', 'Resize'].map((action) => entriesOf(`Compute${action}Requests`));
const emptiedLists = [entriesOf('ComputeRequests'), requestsOfA];
const keysAt = (names: readonly string[], value: unknown): Record<string, unknown> =>
  Object.fromEntries(names.map((name) => [name, value]));

/** DEVIATIONS.md and RULES.md, restated at the step that decides (the first row) and at what follows from it. */
export const table: Readonly<Record<DeviationRule, readonly [Row, ...Row[]]>> = {
  'DEV-01': [
    {
      step: 6,
      deployed: { outcome: 'ok', events: [], keys: { [requestsOfA]: [{ status: 'Stopped' }] } },
      promised: fails('Compute.InvalidSignature'),
    },
  ],
  'DEV-02': [{ step: 1, deployed: fails('panic'), promised: fails('CannotLookup') }],
  'DEV-03': [
    {
      step: 6,
      deployed: {
        outcome: 'ok',
        events: [['PalletIp.IpAdded', { ip: IP }]],
        keys: { 'PalletIp.VmAvailableIps': [IP] },
      },
      promised: fails('PalletIp.IpAlreadyExists'),
    },
    {
      step: 7,
      deployed: {
        outcome: 'ok',
        events: [['Compute.ComputeRequestFulfilled', { request_id: '1', owner: userB }], ipAssigned],
        keys: {
          [`PalletIp.IpToRole["10.0.0.1"]`]: { Vm: hexOfText('5e6f-7a8b') },
          // The role of the first VM stays: both hold it.
          [`PalletIp.RoleToIp[{"Vm":"${hexOfText('1a2b-3c4d')}"}]`]: undefined,
        },
      },
      promised: fails('PalletIp.NoAvailableIp'),
    },
  ],
  'DEV-04': [
    {
      step: 10,
      deployed: fails('Compute.ComputeRequestNotFound'),
      promised: {
        outcome: 'ok',
        events: [stopRequested],
        keys: { [entriesOf('ComputeStopRequests')]: [{ request_id: '1', user_id: userB }] },
      },
    },
  ],
  'DEV-05': [
    {
      step: 2,
      deployed: {
        outcome: 'ok',
        events: [['Compute.ComputeRequestSubmitted', { miner: hexOfText('assay-n'), request_id: '0', owner: userA }]],
        keys: {
          [entriesOf('ComputeRequests', 'assay-n')]: [{ request_id: '0' }],
          [entriesOf('ComputeRequests')]: undefined,
        },
      },
      promised: fails('Compute.ComputeRequestNotFound'),
    },
  ],
  'DEV-06': [
    {
      step: 6,
      deployed: fails('PalletIp.VmHasNoIp'),
      promised: {
        outcome: 'ok',
        events: [ipReturned],
        keys: { 'PalletIp.IpReleaseRequests': [{ ip: IP }], [entriesOf('ComputeDeletionRequests')]: null },
      },
    },
  ],
  'DEV-07': [
    {
      step: 1,
      deployed: {
        outcome: 'ok',
        events: [['Compute.ComputeRequestSubmitted', { owner: userB }]],
        keys: {
          [entriesOf('ComputeRequests')]: [{ request_id: '0', plan_id: OTHER_PLAN }],
          [requestsOfA]: [{ request_id: '0', plan_id: PLAN, owner: userA }],
        },
      },
      promised: fails('Compute.ComputeRequestNotFound'),
    },
  ],
  'DEV-08': [
    {
      step: 6,
      deployed: { outcome: 'ok', events: [['Compute.ComputeStopRequested', { owner: userA }]], keys: [] },
      promised: fails('Compute.ComputeStopRequestAlreadyExists'),
    },
  ],
  'DEV-09': [
    {
      step: 6,
      deployed: { outcome: 'ok', events: [ipReturned] },
      promised: { outcome: 'ok', events: [ipReturned, removed] },
    },
  ],
  'DEV-10': [
    {
      step: 3,
      deployed: { outcome: 'ok', events: [fulfilled, ipAssigned] },
      promised: { outcome: 'ok', events: [ipAssigned] },
    },
    {
      step: 4,
      deployed: { outcome: 'ok', events: [fulfilled] },
      promised: { outcome: 'ok', events: [fulfilled] },
    },
  ],
  'DEV-11': [{ step: 0, deployed: fails('DispatchError::Other'), promised: fails('Compute.ComputeRequestNotFound') }],
  'DEV-12': [
    {
      step: 5,
      deployed: { outcome: 'ok', events: [], keys: { [requestsOfA]: [{ request_id: '0', status: 'Pending' }] } },
      promised: fails('DispatchError::Other'),
    },
  ],
  'DEV-13': [
    {
      step: 6,
      deployed: {
        outcome: 'ok',
        keys: { [entriesOf('ComputeStopRequests')]: [{ request_id: '0', fullfilled: true }] },
      },
      promised: { outcome: 'ok', keys: { [entriesOf('ComputeStopRequests')]: [] } },
    },
  ],
  'DEV-16': [
    {
      step: 5,
      deployed: { outcome: 'ok', keys: keysAt([...emptiedLists, ...actionQueues], []) },
      promised: { outcome: 'ok', keys: { ...keysAt(emptiedLists, null), ...keysAt(actionQueues, undefined) } },
    },
  ],
  'DEV-17': [
    {
      step: 2,
      deployed: {
        outcome: 'ok',
        events: [created],
        keys: { [requestsOfA]: [{ request_id: (2n ** 128n - 2n).toString() }, { request_id: U128_MAX }] },
      },
      promised: fails('Arithmetic::Overflow'),
    },
    {
      step: 3,
      deployed: {
        outcome: 'ok',
        events: [created],
        keys: { [requestsOfA]: [{}, { request_id: U128_MAX }, { request_id: U128_MAX }] },
      },
      promised: fails('Arithmetic::Overflow'),
    },
  ],
  'DEV-19': [
    {
      step: 1,
      deployed: {
        outcome: 'ok',
        events: [['Compute.ComputeRequestSubmitted', { miner: hexOfText('assay-n') }]],
        keys: { [entriesOf('ComputeRequests', 'assay-n')]: [{ request_id: '0' }], [requestsOfA]: [{ miner_id: NODE }] },
      },
      promised: fails('Compute.ComputeRequestNotFound'),
    },
  ],
  'DEV-20': [
    {
      step: 2,
      deployed: {
        outcome: 'ok',
        events: [],
        keys: {
          [requestsOfA]: [{ status: 'Pending', is_assigned: true }],
          [entriesOf('ComputeRequests')]: [{ request_id: '0', fail_reason: hexOfText('out of memory') }],
        },
      },
      promised: {
        outcome: 'ok',
        events: [],
        keys: { [requestsOfA]: [{ status: 'Pending', is_assigned: false }], [entriesOf('ComputeRequests')]: [] },
      },
    },
  ],
  'DEV-21': [
    {
      step: 4,
      deployed: { outcome: 'ok', events: [], keys: { 'PalletIp.IpReleaseRequests': undefined } },
      promised: {
        outcome: 'ok',
        events: [ipReturned],
        keys: { 'PalletIp.IpReleaseRequests': [{ ip: IP, created_at: '1' }], 'PalletIp.AssignedVmIps': [] },
      },
    },
  ],
  'DEV-22': [
    {
      step: 5,
      deployed: {
        outcome: 'ok',
        keys: {
          [entriesOf('ComputeRequests')]: [{ job_id: hexOfText('5e6f-7a8b') }],
          'PalletIp.AssignedVmIps': [hexOfText('1a2b-3c4d'), hexOfText('5e6f-7a8b')],
        },
      },
      promised: fails('PalletIp.VmAlreadyHasIp'),
    },
  ],
  'DEV-23': [
    {
      step: 11,
      deployed: {
        outcome: 'ok',
        keys: { [entriesOf('ComputeStopRequests')]: [], [requestsOfA]: [{ request_id: '1' }] },
      },
      promised: {
        outcome: 'ok',
        keys: { [entriesOf('ComputeStopRequests')]: undefined, [requestsOfA]: [{ request_id: '1' }] },
      },
    },
  ],
  'DEV-24': [
    {
      step: 5,
      deployed: { outcome: 'ok', keys: { [entriesOf('ComputeBootRequests')]: [{ request_id: '0' }] } },
      promised: fails('DispatchError::Other'),
    },
  ],
  'DEV-25': [
    {
      step: 2,
      deployed: { outcome: 'ok', events: [fulfilled], keys: { [requestsOfA]: [{ status: 'Running' }] } },
      promised: fails('Compute.VmHasNoIp'),
    },
  ],
  'DEV-26': [
    {
      step: 2,
      deployed: { outcome: 'ok', keys: { [metricsOfNode]: { total_pin_checks: 0 } } },
      promised: { outcome: 'ok', keys: { [metricsOfNode]: undefined } },
    },
  ],
  'DEV-27': [
    {
      step: 1,
      deployed: { outcome: 'ok', keys: { [metricsOfNode]: undefined } },
      promised: { outcome: 'ok', keys: { [metricsOfNode]: { is_sev_enabled: true } } },
    },
  ],
  // It is the tags that differ: see below.
  'DEV-28': [{ step: 0, deployed: fails('DispatchError::Other'), promised: fails('DispatchError::Other') }],
  'DEV-29': [
    {
      step: 1,
      deployed: { outcome: 'ok', keys: { [entriesOf('ComputeRequests', 'assay-storage')]: [{ request_id: '0' }] } },
      promised: fails('CannotLookup'),
    },
  ],
};
