/** Each invariant on states made by hand: one that is whole, and one broken in every way that its statement forbids. */
import { describe, expect, it } from 'vitest';
import { invariants, type Invariant, type StateView } from '../../src/spec/invariants.js';
import { EMPTY, hexOfText, type Hex } from '../../src/spec/hex.js';
import type { ComputeRequest } from '../../src/spec/types/compute.js';

const IP = hexOfText('10.0.0.1');
const OTHER_IP = hexOfText('10.0.0.2');
const VM = { Vm: hexOfText('vm-1') };
const OTHER_VM = { Vm: hexOfText('vm-2') };
const ALICE: Hex = '0x' + '0a'.repeat(32);
const BOB: Hex = '0x' + '0b'.repeat(32);
const MINER = hexOfText('M');
const OTHER_MINER = hexOfText('N');

const empty: StateView = {
  nextRequestId: 0n,
  requests: [],
  minerQueue: [],
  actionQueues: {},
  deletionQueue: [],
  pools: {},
  ipToRole: [],
  roleToIp: [],
  releases: [],
};

const request = (request_id: bigint): ComputeRequest => ({
  request_id,
  plan_technical_description: EMPTY,
  plan_id: EMPTY,
  status: 'Pending',
  created_at: 0n,
  owner: ALICE,
  selected_image: { name: EMPTY, image_url: EMPTY },
  is_assigned: false,
  cloud_init_cid: null,
  miner_id: null,
});

const release = (ip: Hex) => ({ vm_name: VM.Vm, ip, created_at: 0n, role_type: VM });

const byId = (id: string): Invariant => {
  const found = invariants.find((invariant) => invariant.id === id);
  if (found === undefined) throw new Error(`no invariant ${id}`);
  return found;
};

/** What the invariant says of the last of some states, watched in turn. */
const verdictOf = (id: string, ...states: readonly Partial<StateView>[]): string | null => {
  const look = byId(id).watch();
  const said = states.map((state) => look({ ...empty, ...state }).broken);
  return said.at(-1) ?? null;
};

describe('INV-01, unique IPs', () => {
  const assigned = { ipToRole: [[IP, VM]], roleToIp: [[VM, IP]] } as const;

  it('holds where each IP is in one place', () => {
    const state = { ...assigned, pools: { VmAvailableIps: [OTHER_IP] }, releases: [release(hexOfText('10.0.0.3'))] };
    expect(verdictOf('INV-01', state)).toBeNull();
    expect(byId('INV-01').watch()({ ...empty, ...state }).spoke).toBe(3);
  });

  it.each<[string, Partial<StateView>]>([
    ['twice in one pool', { pools: { VmAvailableIps: [IP, IP] } }],
    ['in two pools', { pools: { VmAvailableIps: [IP], AvailableClientIps: [IP] } }],
    ['available and assigned', { ...assigned, pools: { VmAvailableIps: [IP] } }],
    ['available and awaiting release', { pools: { VmAvailableIps: [IP] }, releases: [release(IP)] }],
    ['assigned and awaiting release', { ...assigned, releases: [release(IP)] }],
    ['awaiting release twice', { releases: [release(IP), release(IP)] }],
    [
      'held by two VMs',
      {
        ipToRole: [[IP, OTHER_VM]],
        roleToIp: [
          [VM, IP],
          [OTHER_VM, IP],
        ],
      },
    ],
    ['held by one VM by RoleToIp and by another by IpToRole', { ipToRole: [[IP, OTHER_VM]], roleToIp: [[VM, IP]] }],
  ])('breaks where an IP is %s', (_, state) => {
    expect(verdictOf('INV-01', state)).toContain('10.0.0.1');
  });
});

describe('INV-02, monotonic request ids', () => {
  it('holds while ids are given once each, and requests go', () => {
    const states = [
      { nextRequestId: 1n, requests: [[ALICE, [request(0n)]]] },
      { nextRequestId: 2n, requests: [[ALICE, [request(0n), request(1n)]]] },
      { nextRequestId: 2n, requests: [[ALICE, [request(1n)]]] },
    ] as const;
    expect(verdictOf('INV-02', ...states)).toBeNull();
  });

  it.each<[string, readonly Partial<StateView>[]]>([
    [
      'two owners hold an id',
      [
        {
          nextRequestId: 1n,
          requests: [
            [ALICE, [request(0n)]],
            [BOB, [request(0n)]],
          ],
        },
      ],
    ],
    ['one owner holds an id twice', [{ nextRequestId: 1n, requests: [[ALICE, [request(0n), request(0n)]]] }]],
    ['an id is not below NextRequestId', [{ nextRequestId: 0n, requests: [[ALICE, [request(0n)]]] }]],
    ['NextRequestId goes back', [{ nextRequestId: 2n }, { nextRequestId: 1n }]],
    [
      'an id comes back after its request was deleted',
      [
        { nextRequestId: 1n, requests: [[ALICE, [request(0n)]]] },
        { nextRequestId: 1n },
        { nextRequestId: 1n, requests: [[BOB, [request(0n)]]] },
      ],
    ],
  ])('breaks where %s', (_, states) => {
    expect(verdictOf('INV-02', ...states)).not.toBeNull();
  });
});

describe('INV-03, queue consistency', () => {
  const live = { nextRequestId: 9n, requests: [[ALICE, [request(1n)]]] } as const;
  const entry = (request_id: bigint) => ({ request_id });

  it('holds where queues know live requests and deletions dead ones', () => {
    const state: Partial<StateView> = {
      ...live,
      minerQueue: [[MINER, [entry(1n)]]],
      actionQueues: { MinerComputeStopRequests: [[MINER, [entry(1n), entry(1n)]]] },
      deletionQueue: [[MINER, [entry(2n)]]],
    };
    expect(verdictOf('INV-03', state)).toBeNull();
    expect(byId('INV-03').watch()({ ...empty, ...state }).spoke).toBe(4);
  });

  it.each<[string, Partial<StateView>]>([
    ["a miner's entry has no request", { minerQueue: [[MINER, [entry(2n)]]] }],
    ...[
      'MinerComputeStopRequests',
      'MinerComputeBootRequests',
      'MinerComputeRebootRequests',
      'MinerComputeResizeRequests',
    ].map((queue): [string, Partial<StateView>] => [
      `${queue} has no request`,
      { actionQueues: { [queue]: [[MINER, [entry(2n)]]] } },
    ]),
    ['a deletion entry has a request', { deletionQueue: [[MINER, [entry(1n)]]] }],
    ['a request is twice in one queue', { minerQueue: [[MINER, [entry(1n), entry(1n)]]] }],
    [
      "a request is in two miners' queues",
      {
        minerQueue: [
          [MINER, [entry(1n)]],
          [OTHER_MINER, [entry(1n)]],
        ],
      },
    ],
  ])('breaks where %s', (_, state) => {
    expect(verdictOf('INV-03', { ...live, ...state })).not.toBeNull();
  });
});
