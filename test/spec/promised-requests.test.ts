/** What the README of the pallet says of a compute request: how it comes to be, what its fields mean, which states it has. */
import { describe, expect, it } from 'vitest';
import { encode } from '../../src/spec/scale.js';
import { hexOfText } from '../../src/spec/hex.js';
import { rawKey, SubAccount } from '../../src/spec/storage.js';
import {
  ALICE,
  assign,
  BOB,
  buy,
  chainWithRequest,
  fail,
  FIRST_BLOCK,
  fulfil,
  giveJob,
  NODE,
  PLAN,
  reportOn,
  requestOf,
  send,
  startChain,
} from './scenario.js';

const ofPlan = { plan_id: PLAN };

describe('a compute request', () => {
  it('is created by a purchase, assigned to a miner, and fulfilled', () => {
    const chain = startChain();
    const happened = [buy, assign, giveJob, fulfil].flatMap((step) => step(chain).events.map(({ name }) => name));
    expect(happened).toEqual([
      'Compute.ComputeRequestCreated',
      'Compute.ComputeRequestSubmitted',
      'Compute.ComputeRequestFulfilled',
      'PalletIp.IpAssigned',
      'Compute.ComputeRequestFulfilled',
    ]);
  });

  it('can be stopped, booted, rebooted, resized and deleted by its user', () => {
    const chain = chainWithRequest('running');
    send(chain, 'Compute.request_compute_stop', ofPlan);
    send(chain, 'Compute.request_compute_boot', ofPlan);
    send(chain, 'Compute.request_compute_reboot', ofPlan);
    send(chain, 'Compute.request_compute_resize', { plan_id: PLAN, resize_to_gbs: 40 });
    const { Compute } = chain.state;
    const { MinerComputeStopRequests, MinerComputeBootRequests, MinerComputeRebootRequests } = Compute;
    const queues = [
      MinerComputeStopRequests,
      MinerComputeBootRequests,
      MinerComputeRebootRequests,
      Compute.MinerComputeResizeRequests,
    ];
    for (const queue of queues) expect(queue.get(NODE)).toMatchObject([{ request_id: 0n, user_id: ALICE }]);
    expect(Compute.MinerComputeResizeRequests.get(NODE)).toMatchObject([{ resize_gbs: 40 }]);

    send(chain, 'Compute.request_compute_delete', ofPlan);
    expect(Compute.MinerComputeDeletionRequests.get(NODE)).toMatchObject([{ request_id: 0n, user_id: ALICE }]);
    expect(Compute.ComputeRequests.get(ALICE)).toEqual([]);
  });

  it('gets the number in NextRequestId, which then grows by one', () => {
    const chain = startChain();
    for (const expected of [0n, 1n, 2n]) {
      expect(chain.state.Compute.NextRequestId.get()).toBe(expected);
      buy(chain);
      expect(requestOf(chain).request_id).toBe(expected);
    }
  });

  it('is kept under the account that owns it', () => {
    const chain = startChain();
    buy(chain);
    buy(chain, {}, BOB);
    expect(requestOf(chain, ALICE)).toMatchObject({ request_id: 0n, owner: ALICE });
    expect(requestOf(chain, BOB)).toMatchObject({ request_id: 1n, owner: BOB });
  });
});

describe('a field of a compute request', () => {
  it('`request_id` is another for each request, whoever buys and whatever was deleted', () => {
    const chain = chainWithRequest('running');
    send(chain, 'Compute.request_compute_delete', ofPlan);
    buy(chain);
    buy(chain, {}, BOB);
    expect([requestOf(chain, ALICE).request_id, requestOf(chain, BOB).request_id]).toEqual([1n, 2n]);
  });

  it('`plan_technical_description` is what the purchase gave', () => {
    const chain = startChain();
    buy(chain, { plan_technical_description: '0xff00' });
    expect(requestOf(chain).plan_technical_description).toBe('0xff00');
  });

  it('`plan_id` is that of the plan which was bought', () => {
    const chain = startChain();
    buy(chain, { plan_id: BOB });
    expect(requestOf(chain).plan_id).toBe(BOB);
  });

  it('`created_at` is the block in which the request was created', () => {
    const chain = startChain();
    chain.advance(7n);
    buy(chain);
    chain.advance(1n);
    assign(chain);
    expect(requestOf(chain).created_at).toBe(FIRST_BLOCK + 7n);
  });

  it('`owner` is who is paid for, or the main account behind a sub-account', () => {
    const chain = startChain();
    const { SubAccount: mainOf } = SubAccount;
    chain.inject({ [rawKey(mainOf, BOB)]: encode(mainOf.value, ALICE) });
    buy(chain, {}, BOB);
    expect(requestOf(chain, ALICE).owner).toBe(ALICE);
    buy(chain, { pay_for: PLAN });
    expect(requestOf(chain, PLAN).owner).toBe(PLAN);
  });

  it('`selected_image` has the name and the address of the image that the purchase chose', () => {
    const chain = startChain();
    buy(chain, { image_name: hexOfText('alpine'), image_url: hexOfText('QmAlpine') });
    expect(requestOf(chain).selected_image).toEqual({ name: hexOfText('alpine'), image_url: hexOfText('QmAlpine') });
  });

  it('`image_url` may hold an IPFS hash or any other bytes', () => {
    const chain = startChain();
    buy(chain, { image_url: '0xff' });
    expect(requestOf(chain).selected_image.image_url).toBe('0xff');
  });

  it('`is_assigned` turns true with the assignment, and stays so when the miner fails', () => {
    const chain = chainWithRequest('bought');
    expect(requestOf(chain).is_assigned).toBe(false);
    assign(chain);
    expect(requestOf(chain).is_assigned).toBe(true);
    fail(chain, 'out of memory');
    expect(requestOf(chain)).toMatchObject({ status: 'Pending', is_assigned: true });
  });

  it('`cloud_init_cid` is what the purchase gave, or none', () => {
    const chain = chainWithRequest('bought');
    expect(requestOf(chain).cloud_init_cid).toBeNull();
    buy(chain, { cloud_init_cid: hexOfText('QmInit') });
    expect(requestOf(chain).cloud_init_cid).toBe(hexOfText('QmInit'));
  });

  it('`miner_id` is the miner that the user chose, or none', () => {
    const chain = chainWithRequest('bought');
    expect(requestOf(chain).miner_id).toBeNull();
    buy(chain, { miner_id: NODE });
    expect(requestOf(chain).miner_id).toBe(NODE);
  });
});

describe('the status of a compute request', () => {
  it('is Pending until a miner gets it', () => {
    const chain = chainWithRequest('bought');
    chain.advance(3n);
    expect(requestOf(chain).status).toBe('Pending');
  });

  it('is InProgress from the assignment on, with a job too', () => {
    const chain = chainWithRequest('assigned');
    expect(requestOf(chain).status).toBe('InProgress');
    giveJob(chain);
    expect(requestOf(chain).status).toBe('InProgress');
  });

  it('is Running once the miner fulfilled it, and again after a stop and a boot', () => {
    const chain = chainWithRequest('running');
    expect(requestOf(chain).status).toBe('Running');
    send(chain, 'Compute.request_compute_stop', ofPlan);
    send(chain, 'Compute.mark_miner_compute_stop_request_fulfilled', reportOn(0n));
    send(chain, 'Compute.request_compute_boot', ofPlan);
    send(chain, 'Compute.submit_compute_boot_request_fulfillment', reportOn(0n));
    expect(requestOf(chain).status).toBe('Running');
  });

  it('is Stopped once the miner did what the user asked, not before', () => {
    const chain = chainWithRequest('running');
    send(chain, 'Compute.request_compute_stop', ofPlan);
    expect(requestOf(chain).status).toBe('Running');
    send(chain, 'Compute.mark_miner_compute_stop_request_fulfilled', reportOn(0n));
    expect(requestOf(chain).status).toBe('Stopped');
  });

  it('is Failed after a report that the cloud-init CID is missing, and Pending after any other error', () => {
    const chain = chainWithRequest('assigned');
    fail(chain, 'Error: No Cloud-Init CID provided.');
    expect(requestOf(chain).status).toBe('Failed');
    const another = chainWithRequest('assigned');
    fail(another, 'out of memory');
    expect(requestOf(another).status).toBe('Pending');
  });
});
