/** When the README of the pallet says that an event is triggered, and with which values in its parentheses. */
import { describe, expect, it } from 'vitest';
import { encode } from '../../src/spec/scale.js';
import { Compute, rawKey } from '../../src/spec/storage.js';
import {
  ALICE,
  assign,
  BOB,
  buy,
  chainWithRequest,
  FIRST_BLOCK,
  fulfil,
  giveJob,
  JOB,
  NODE,
  PLAN,
  reportOn,
  send,
  startChain,
} from './scenario.js';

const ofPlan = { plan_id: PLAN };
/** Node, request and owner of everything that happens to Alice's request 0. */
const ofRequest = { node_id: NODE, request_id: 0n, owner: ALICE };

describe('an event of Compute', () => {
  it('ComputeRequestCreated comes with a purchase', () => {
    const { events } = buy(startChain(), { pay_for: BOB });
    expect(events).toEqual([{ name: 'Compute.ComputeRequestCreated', fields: { plan_id: PLAN, owner: BOB } }]);
  });

  it('ComputeRequestSubmitted comes with an assignment', () => {
    const { events } = assign(chainWithRequest('bought'));
    const fields = { miner: NODE, request_id: 0n, owner: ALICE };
    expect(events).toEqual([{ name: 'Compute.ComputeRequestSubmitted', fields }]);
  });

  it('ComputeRequestFulfilled comes when the miner marks the request fulfilled, and with its job already', () => {
    const chain = chainWithRequest('assigned');
    const told = { name: 'Compute.ComputeRequestFulfilled', fields: { node: NODE, request_id: 0n, owner: ALICE } };
    expect(giveJob(chain).events[0]).toEqual(told);
    expect(fulfil(chain).events).toEqual([told]);
  });

  it('ComputeDeletionRequestRemoved comes with a confirmed deletion while the request still exists', () => {
    const chain = chainWithRequest('running');
    const { MinerComputeDeletionRequests: deletions } = Compute;
    const entry = {
      miner_node_id: NODE,
      job_id: JOB,
      request_id: 0n,
      user_id: ALICE,
      plan_id: PLAN,
      created_at: FIRST_BLOCK,
      fullfilled: false,
    };
    chain.inject({ [rawKey(deletions, NODE)]: encode(deletions.value, [entry]) });
    const { events } = send(chain, 'Compute.submit_compute_deletion_request', {
      node_id: NODE,
      request_id: 0n,
      vm_name: JOB,
    });
    expect(events.at(-1)).toEqual({ name: 'Compute.ComputeDeletionRequestRemoved', fields: ofRequest });
    expect(chain.state.Compute.MinerComputeDeletionRequests.has(NODE)).toBe(false);
  });

  it('ComputeBootRequestRemoved comes when the miner did the boot, though the entry stays, marked', () => {
    const chain = chainWithRequest('running');
    send(chain, 'Compute.request_compute_boot', ofPlan);
    const { events } = send(chain, 'Compute.submit_compute_boot_request_fulfillment', reportOn(0n));
    expect(events).toEqual([{ name: 'Compute.ComputeBootRequestRemoved', fields: ofRequest }]);
    expect(chain.state.Compute.MinerComputeBootRequests.get(NODE)).toMatchObject([{ fullfilled: true }]);
  });

  it('ComputeBootRequestRemoved does not come where a deletion removes the boot request', () => {
    const chain = chainWithRequest('running');
    send(chain, 'Compute.request_compute_boot', ofPlan);
    const { events } = send(chain, 'Compute.request_compute_delete', ofPlan);
    expect(chain.state.Compute.MinerComputeBootRequests.get(NODE)).toEqual([]);
    expect(events.map(({ name }) => name)).toEqual(['Compute.ComputeRequestDeleted', 'Compute.ComputeDeleteRequested']);
  });

  it('ComputeRebootRequestFulfilled comes when the miner did the reboot', () => {
    const chain = chainWithRequest('running');
    send(chain, 'Compute.request_compute_reboot', ofPlan);
    const { events } = send(chain, 'Compute.submit_compute_reboot_request_fulfillment', reportOn(0n));
    expect(events).toEqual([{ name: 'Compute.ComputeRebootRequestFulfilled', fields: ofRequest }]);
  });

  it('ComputeResizeRequestFulfilled comes when the miner did the resize', () => {
    const chain = chainWithRequest('running');
    send(chain, 'Compute.request_compute_resize', { plan_id: PLAN, resize_to_gbs: 40 });
    const { events } = send(chain, 'Compute.submit_compute_resize_request_fulfillment', reportOn(0n));
    expect(events).toEqual([{ name: 'Compute.ComputeResizeRequestFulfilled', fields: ofRequest }]);
  });
});
