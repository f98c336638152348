/** In which situation the README of the pallet says that an error is raised. */
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/spec/answers.js';
import type { ErrorName } from '../../src/spec/events.js';
import { hexOfText } from '../../src/spec/hex.js';
import { Rules } from '../../src/spec/rules.js';
import { assign, BOB, buy, chainWithRequest, giveJob, IP, JOB, NODE, PLAN, reportOn, send } from './scenario.js';

const ofPlan = { plan_id: PLAN };
const compute = (error: ErrorName<'Compute'>): Outcome => ({ module: { pallet: 'Compute', error } });
const palletIp = (error: ErrorName<'PalletIp'>): Outcome => ({ module: { pallet: 'PalletIp', error } });

describe('an error about IPs comes from PalletIp:', () => {
  it('NoAvailableIp when there is no IP left to assign', () => {
    const chain = chainWithRequest('running');
    buy(chain);
    assign(chain, { request_id: 1n });
    const { outcome } = giveJob(chain, { request_id: 1n, job_id: hexOfText('another') });
    expect(outcome).toEqual(palletIp('NoAvailableIp'));
  });

  it('NoAvailableIp also when IPs are left, but not the one asked for', () => {
    const chain = chainWithRequest('assigned');
    expect(giveJob(chain, { ip: hexOfText('10.9.9.9') }).outcome).toEqual(palletIp('NoAvailableIp'));
    expect(chain.state.PalletIp.VmAvailableIps.get()).toEqual([IP]);
  });

  it('VmAlreadyHasIp when the VM has one', () => {
    const chain = chainWithRequest('running');
    send(chain, 'PalletIp.add_available_vm_ip', { ip: hexOfText('10.0.0.2') });
    expect(giveJob(chain, { ip: hexOfText('10.0.0.2') }).outcome).toEqual(palletIp('VmAlreadyHasIp'));
  });

  it('VmHasNoIp when the IP of a VM without one is to be released', () => {
    const chain = chainWithRequest('running');
    send(chain, 'Compute.request_compute_delete', ofPlan);
    const { outcome } = send(chain, 'Compute.submit_compute_deletion_request', {
      node_id: NODE,
      request_id: 0n,
      vm_name: hexOfText('vm-8f1c2d'),
    });
    expect(outcome).toEqual(palletIp('VmHasNoIp'));
  });

  it('IpAlreadyExists when an available IP is added again; one that is assigned gives NoAvailableIp to the next', () => {
    const chain = chainWithRequest('assigned');
    const add = () => send(chain, 'PalletIp.add_available_vm_ip', { ip: IP }).outcome;
    expect(add()).toEqual(palletIp('IpAlreadyExists'));
    giveJob(chain);
    expect(giveJob(chain, { job_id: hexOfText('another') }).outcome).toEqual(palletIp('NoAvailableIp'));
  });
});

describe('an error of Compute:', () => {
  it('InvalidSignature for a signature that is not the miner owner, where DEV-01 is repaired', () => {
    const repaired = chainWithRequest('running', { rules: Rules.of(['DEV-01']) });
    send(repaired, 'Compute.request_compute_stop', ofPlan);
    const { outcome } = send(repaired, 'Compute.mark_miner_compute_stop_request_fulfilled', reportOn(0n));
    expect(outcome).toEqual(compute('InvalidSignature'));
  });

  it('ComputeRequestNotFound when a user has no VM of the plan, or a miner no entry of the request', () => {
    const chain = chainWithRequest('running');
    expect(send(chain, 'Compute.request_compute_stop', ofPlan, BOB).outcome).toEqual(compute('ComputeRequestNotFound'));
    expect(giveJob(chain, { request_id: 7n, job_id: JOB }).outcome).toEqual(compute('ComputeRequestNotFound'));
  });

  it('ComputeDeletionRequestNotFound when no deletion was asked for', () => {
    const confirmed = { node_id: NODE, request_id: 0n, vm_name: JOB };
    const { outcome } = send(chainWithRequest('running'), 'Compute.submit_compute_deletion_request', confirmed);
    expect(outcome).toEqual(compute('ComputeDeletionRequestNotFound'));
  });

  it('ComputeStopRequestAlreadyExists for a second stop, where DEV-08 is repaired', () => {
    const repaired = chainWithRequest('running', { rules: Rules.of(['DEV-08']) });
    const stop = () => send(repaired, 'Compute.request_compute_stop', ofPlan).outcome;
    expect([stop(), stop()]).toEqual([{ ok: true }, compute('ComputeStopRequestAlreadyExists')]);
  });

  it('ComputeStopRequestNotFound when no stop was asked for', () => {
    const chain = chainWithRequest('running');
    const { outcome } = send(chain, 'Compute.mark_miner_compute_stop_request_fulfilled', reportOn(0n));
    expect(outcome).toEqual(compute('ComputeStopRequestNotFound'));
  });

  it('ComputeBootRequestNotFound when no boot was asked for', () => {
    const chain = chainWithRequest('running');
    const { outcome } = send(chain, 'Compute.submit_compute_boot_request_fulfillment', reportOn(0n));
    expect(outcome).toEqual(compute('ComputeBootRequestNotFound'));
  });

  it('ComputeRebootRequestNotFound when no reboot was asked for', () => {
    const chain = chainWithRequest('running');
    const { outcome } = send(chain, 'Compute.submit_compute_reboot_request_fulfillment', reportOn(0n));
    expect(outcome).toEqual(compute('ComputeRebootRequestNotFound'));
  });

  it('ComputeResizeRequestNotFound when no resize was asked for', () => {
    const chain = chainWithRequest('running');
    const { outcome } = send(chain, 'Compute.submit_compute_resize_request_fulfillment', reportOn(0n));
    expect(outcome).toEqual(compute('ComputeResizeRequestNotFound'));
  });
});
