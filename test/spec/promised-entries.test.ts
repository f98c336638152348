/** What the README of the pallet says of an assignment and of the entry that it puts into a miner's list. */
import { describe, expect, it } from 'vitest';
import { callNamed } from '../../src/spec/calls.js';
import { hexOfText } from '../../src/spec/hex.js';
import { Rules } from '../../src/spec/rules.js';
import {
  ALICE,
  assign,
  BOB,
  buy,
  chainWithRequest,
  entryOf,
  fail,
  FIRST_BLOCK,
  fulfil,
  giveJob,
  IP,
  JOB,
  MINER,
  NODE,
  OTHER_NODE,
  PLAN,
  send,
} from './scenario.js';

const ofRequest0 = { node_id: NODE, request_id: 0n };

describe('an assignment', () => {
  it('comes from nobody: signed by the user it is BadOrigin', () => {
    const chain = chainWithRequest('bought');
    const call = callNamed('Compute.submit_compute_request_assignment', {
      miner_node_id: NODE,
      plan_id: PLAN,
      request_id: 0n,
      owner: ALICE,
    });
    expect(chain.dispatch(call, { kind: 'signed', account: ALICE }).outcome).toEqual({ badOrigin: true });
    expect(chain.dispatch(call, { kind: 'none' }).outcome).toEqual({ ok: true });
  });

  it('puts the request into the list of the miner in `miner_node_id`, and into no other', () => {
    const chain = chainWithRequest('bought');
    assign(chain, { miner_node_id: OTHER_NODE });
    expect(chain.state.Compute.MinerComputeRequests.get(OTHER_NODE)).toMatchObject([{ request_id: 0n }]);
    expect(chain.state.Compute.MinerComputeRequests.has(NODE)).toBe(false);
  });

  it('is of the request in `request_id`, and of no other', () => {
    const chain = chainWithRequest('bought');
    buy(chain);
    assign(chain, { request_id: 1n });
    const requests = chain.state.Compute.ComputeRequests.get(ALICE);
    expect(requests.map(({ request_id, is_assigned }) => [request_id, is_assigned])).toEqual([
      [0n, false],
      [1n, true],
    ]);
  });

  it('writes the `plan_id` that it was given into the entry, right or wrong', () => {
    const chain = chainWithRequest('bought');
    assign(chain);
    assign(chain, { plan_id: BOB });
    const entries = chain.state.Compute.MinerComputeRequests.get(NODE);
    expect(entries.map(({ plan_id }) => plan_id)).toEqual([PLAN, BOB]);
  });

  it('tells the `owner` that it was given in its event, right or wrong', () => {
    const chain = chainWithRequest('bought');
    expect(assign(chain).events).toMatchObject([{ fields: { owner: ALICE } }]);
    expect(assign(chain, { owner: BOB }).events).toMatchObject([{ fields: { owner: BOB } }]);
  });

  it('with a `plan_id` or `owner` that is not that of the request is refused where DEV-07 is repaired', () => {
    const repaired = chainWithRequest('bought', { rules: Rules.of(['DEV-07']) });
    const refused = { module: { pallet: 'Compute', error: 'ComputeRequestNotFound' } };
    expect(assign(repaired, { plan_id: BOB }).outcome).toEqual(refused);
    expect(assign(repaired, { owner: BOB }).outcome).toEqual(refused);
    expect(assign(repaired).outcome).toEqual({ ok: true });
  });

  it('answers ok, or an error that leaves neither storage nor events behind', () => {
    const chain = chainWithRequest('bought');
    const before = chain.raw('0x');
    const failed = assign(chain, { request_id: 77n });
    expect(failed).toMatchObject({ outcome: { other: true }, events: [] });
    expect(chain.raw('0x')).toEqual(before);
    expect(assign(chain).outcome).toEqual({ ok: true });
  });
});

describe('a field of an entry in a miner list', () => {
  it('`miner_node_id` is the node that the request was assigned to', () => {
    const chain = chainWithRequest('bought');
    assign(chain, { miner_node_id: OTHER_NODE });
    expect(entryOf(chain, OTHER_NODE).miner_node_id).toBe(OTHER_NODE);
  });

  it('`miner_account_id` is the account that registered the node', () => {
    expect(entryOf(chainWithRequest('assigned')).miner_account_id).toBe(MINER);
  });

  it('`job_id` is none until the miner tells its job', () => {
    const chain = chainWithRequest('assigned');
    expect(entryOf(chain).job_id).toBeNull();
    giveJob(chain);
    expect(entryOf(chain).job_id).toBe(JOB);
  });

  it('`hypervisor_ip` is none until the miner tells it', () => {
    const chain = chainWithRequest('running');
    expect(entryOf(chain).hypervisor_ip).toBeNull();
    send(chain, 'Compute.update_miner_compute_request_hypervisor_ip', {
      ...ofRequest0,
      hypervisor_ip: hexOfText('192.168.0.1'),
    });
    expect(entryOf(chain).hypervisor_ip).toBe(hexOfText('192.168.0.1'));
  });

  it('`fail_reason` is what the miner reported, byte for byte', () => {
    const chain = chainWithRequest('assigned');
    expect(entryOf(chain).fail_reason).toBeNull();
    fail(chain, 'out of memory');
    expect(entryOf(chain).fail_reason).toBe(hexOfText('out of memory'));
  });

  it('`vnc_port` is none until the miner tells it', () => {
    const chain = chainWithRequest('running');
    expect(entryOf(chain).vnc_port).toBeNull();
    send(chain, 'Compute.update_miner_compute_request_vnc', { ...ofRequest0, vnc_port: 5901n, vm_name: JOB });
    expect(entryOf(chain).vnc_port).toBe(5901n);
  });

  it('`ip_assigned` comes with the job, and is the IP that PalletIp gave to the VM', () => {
    const chain = chainWithRequest('assigned');
    expect(entryOf(chain).ip_assigned).toBeNull();
    giveJob(chain);
    expect(entryOf(chain).ip_assigned).toBe(IP);
    expect(chain.state.PalletIp.IpToRole.get(IP)).toEqual({ Vm: JOB });
  });

  it('`request_id` leads back to the request of the user', () => {
    const chain = chainWithRequest('bought');
    buy(chain, {}, BOB);
    assign(chain, { request_id: 1n, owner: BOB });
    const { request_id } = entryOf(chain);
    expect(chain.state.Compute.ComputeRequests.get(BOB)).toMatchObject([{ request_id, is_assigned: true }]);
  });

  it('`created_at` is the block of the assignment, not that of the purchase', () => {
    const chain = chainWithRequest('bought');
    chain.advance(4n);
    assign(chain);
    expect(entryOf(chain).created_at).toBe(FIRST_BLOCK + 4n);
  });

  it('`fullfilled` turns true when the miner marks the request fulfilled', () => {
    const chain = chainWithRequest('assigned');
    giveJob(chain);
    expect(entryOf(chain).fullfilled).toBe(false);
    fulfil(chain);
    expect(entryOf(chain).fullfilled).toBe(true);
  });
});
