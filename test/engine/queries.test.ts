/** The getters that Compute offers to other pallets (BEHAVIOUR.md section 8), over entries of every kind on two nodes. */
import { describe, expect, it } from 'vitest';
import { createEngine, type Engine } from '../../src/engine/engine.js';
import { queryResult, type QueryName } from '../../src/engine/queries.js';
import { hexOfText, readable, type Hex } from '../../src/spec/hex.js';
import { decode, encode } from '../../src/spec/scale.js';
import { list, struct, type Of } from '../../src/spec/shape.js';
import { Compute, rawKey } from '../../src/spec/storage.js';
import { ComputeRequest, MinerComputeRequest } from '../../src/spec/types/compute.js';
import { ALICE, BOB, MINER, NODE, OTHER_NODE, PLAN } from '../spec/scenario.js';

const JOB = hexOfText('job');
const REASON = hexOfText('no memory');

/** An entry that is called by its `ip_assigned`, so that an answer can be read. */
const entry = (name: string, change: Partial<MinerComputeRequest>): MinerComputeRequest => ({
  miner_node_id: NODE,
  miner_account_id: MINER,
  job_id: null,
  hypervisor_ip: null,
  fail_reason: null,
  vnc_port: null,
  ip_assigned: hexOfText(name),
  request_id: 0n,
  plan_id: PLAN,
  created_at: 1n,
  fullfilled: false,
  ...change,
});

const ON_NODE: readonly MinerComputeRequest[] = [
  entry('new', {}),
  entry('new, fulfilled', { fullfilled: true }),
  entry('new, failed', { fail_reason: REASON, request_id: 1n }),
  entry('job', { job_id: JOB, request_id: 1n }),
  entry('job, failed', { job_id: JOB, fail_reason: REASON }),
  entry('job, vnc', { job_id: JOB, vnc_port: 5900n }),
  entry('runs', { job_id: JOB, fullfilled: true }),
  entry('runs, failed', { job_id: JOB, fullfilled: true, fail_reason: REASON }),
  entry('runs, hypervisor', { job_id: JOB, fullfilled: true, hypervisor_ip: JOB }),
  entry('runs, vnc', { job_id: JOB, fullfilled: true, vnc_port: 5900n }),
];
const ON_OTHER: readonly MinerComputeRequest[] = [
  entry('other, failed', { miner_node_id: OTHER_NODE, fail_reason: REASON }),
  entry('other', { miner_node_id: OTHER_NODE }),
];

const request = (owner: Hex, request_id: bigint, status: ComputeRequest['status']): ComputeRequest => ({
  request_id,
  plan_technical_description: '0x',
  plan_id: PLAN,
  status,
  created_at: 1n,
  owner,
  selected_image: { name: '0x', image_url: '0x' },
  is_assigned: false,
  cloud_init_cid: null,
  miner_id: null,
});

const chain = (): Engine => {
  const engine = createEngine();
  const { ComputeRequests, MinerComputeRequests } = Compute;
  const requestsOf = (owner: Hex, requests: readonly ComputeRequest[]): readonly [Hex, Hex] => [
    rawKey(ComputeRequests, owner),
    encode(ComputeRequests.value, requests),
  ];
  const entriesOf = (node: Hex, entries: readonly MinerComputeRequest[]): readonly [Hex, Hex] => [
    rawKey(MinerComputeRequests, node),
    encode(MinerComputeRequests.value, entries),
  ];
  engine.reset({
    block: 1n,
    sudo: ALICE,
    storage: Object.fromEntries([
      requestsOf(ALICE, [request(ALICE, 0n, 'Pending'), request(ALICE, 1n, 'Running'), request(ALICE, 2n, 'Pending')]),
      requestsOf(BOB, [request(BOB, 3n, 'Pending')]),
      entriesOf(NODE, ON_NODE),
      entriesOf(OTHER_NODE, ON_OTHER),
    ]),
  });
  return engine;
};

const answer = (name: QueryName, args: Readonly<Record<string, unknown>>): unknown =>
  decode(queryResult(name), chain().query(name, args));

const namesOf = (entries: readonly MinerComputeRequest[]): string[] =>
  entries.map(({ ip_assigned }) => readable(ip_assigned ?? '0x').replaceAll('"', ''));

const Entries = list(MinerComputeRequest);
const UserVms = list(struct('UserVm', { request: ComputeRequest, entries: Entries }));

/** As decoded: the codec's own type, named again. */
const entriesIn = (name: QueryName, args: Readonly<Record<string, unknown>>): string[] =>
  namesOf(decode(Entries, chain().query(name, args)));

describe('a node’s entries', () => {
  it.each<[QueryName, string[]]>([
    ['unfulfilled_requests', ['new']],
    ['pending_jobs', ['job', 'job, vnc']],
    ['pending_vnc', ['job', 'runs', 'runs, hypervisor']],
    ['pending_hypervisor_ip', ['runs', 'runs, vnc']],
  ])('%s are those, in the list’s order, and no other node’s', (name, expected) => {
    expect(entriesIn(name, { node_id: NODE })).toEqual(expected);
    expect(entriesIn(name, { node_id: OTHER_NODE })).toEqual(name === 'unfulfilled_requests' ? ['other'] : []);
    expect(answer(name, { node_id: hexOfText('nobody') })).toEqual([]);
  });
});

describe('requests', () => {
  it('are pending by their status, in the order of their owners’ keys', () => {
    const { ComputeRequests } = Compute;
    const first = rawKey(ComputeRequests, ALICE) < rawKey(ComputeRequests, BOB) ? [0n, 2n, 3n] : [3n, 0n, 2n];
    const pending = decode(list(ComputeRequest), chain().query('pending_requests', {}));
    expect(pending.map(({ request_id }) => request_id)).toEqual(first);
  });

  it('have failed where an entry of theirs has a reason, on any node, in key order', () => {
    const { MinerComputeRequests } = Compute;
    const ofNodes = [
      { node: NODE, failed: ['job, failed', 'runs, failed'] },
      { node: OTHER_NODE, failed: ['other, failed'] },
    ].toSorted((left, right) =>
      rawKey(MinerComputeRequests, left.node) < rawKey(MinerComputeRequests, right.node) ? -1 : 1,
    );
    expect(entriesIn('failed_entries', { request_id: 0n })).toEqual(ofNodes.flatMap(({ failed }) => failed));
    expect(entriesIn('failed_entries', { request_id: 1n })).toEqual(['new, failed']);
    expect(entriesIn('failed_entries', { request_id: 2n })).toEqual([]);
  });

  it('are a user’s VMs, each with what miners hold for it', () => {
    const vms: Of<typeof UserVms> = decode(UserVms, chain().query('user_vms', { account: ALICE }));
    expect(vms.map((vm) => vm.request.request_id)).toEqual([0n, 1n, 2n]);
    const ofRequest = (id: bigint): string[] =>
      namesOf([...ON_NODE, ...ON_OTHER].filter((each) => each.request_id === id));
    expect(vms.map((vm) => namesOf(vm.entries).toSorted())).toEqual([0n, 1n, 2n].map((id) => ofRequest(id).toSorted()));
    expect(answer('user_vms', { account: MINER })).toEqual([]);
  });
});
