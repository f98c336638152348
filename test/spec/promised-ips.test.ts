/** What the README of the pallet says of IPs: how a VM gets one, what the function answers, how it comes back. */
import { describe, expect, it } from 'vitest';
import { hexOfText } from '../../src/spec/hex.js';
import {
  ALICE,
  buy,
  assign,
  chainWithRequest,
  entryOf,
  giveJob,
  IP,
  JOB,
  NODE,
  PLAN,
  RELEASE_PERIOD,
  send,
} from './scenario.js';

describe('the IP of a VM', () => {
  it('is taken from the available ones, and is among them again a release period after the deletion', () => {
    const chain = chainWithRequest('running');
    const { VmAvailableIps, AssignedVmIps } = chain.state.PalletIp;
    expect([VmAvailableIps.get(), AssignedVmIps.get()]).toEqual([[], [JOB]]);
    send(chain, 'Compute.request_compute_delete', { plan_id: PLAN });
    send(chain, 'Compute.submit_compute_deletion_request', { node_id: NODE, request_id: 0n, vm_name: JOB });
    expect(AssignedVmIps.get()).toEqual([]);
    chain.advance(RELEASE_PERIOD - 1n);
    expect(VmAvailableIps.get()).toEqual([]);
    chain.advance(1n);
    expect(VmAvailableIps.get()).toEqual([IP]);
  });

  it('belongs to the VM that the call names, and that VM to it', () => {
    const chain = chainWithRequest('assigned');
    giveJob(chain, { job_id: hexOfText('vm-7') });
    expect(chain.state.PalletIp.RoleToIp.get({ Vm: hexOfText('vm-7') })).toBe(IP);
    expect(chain.state.PalletIp.RoleToIp.has({ Vm: JOB })).toBe(false);
  });

  it('is the one that the call asked for, not any that is available', () => {
    const chain = chainWithRequest('assigned');
    const second = hexOfText('10.0.0.2');
    send(chain, 'PalletIp.add_available_vm_ip', { ip: second });
    giveJob(chain, { ip: second });
    expect(chain.state.PalletIp.RoleToIp.get({ Vm: JOB })).toBe(second);
    expect(chain.state.PalletIp.VmAvailableIps.get()).toEqual([IP]);
  });

  it('that can not be assigned fails the call, and undoes the job that came with it', () => {
    const chain = chainWithRequest('assigned');
    const { outcome, events } = giveJob(chain, { ip: hexOfText('10.9.9.9') });
    expect(outcome).toEqual({ module: { pallet: 'PalletIp', error: 'NoAvailableIp' } });
    expect(events).toEqual([]);
    expect(entryOf(chain).job_id).toBeNull();
    expect(giveJob(chain).outcome).toEqual({ ok: true });
  });

  it('stays with its first VM while a second asks for it', () => {
    const chain = chainWithRequest('running');
    buy(chain);
    assign(chain, { request_id: 1n, owner: ALICE });
    giveJob(chain, { request_id: 1n, job_id: hexOfText('another') });
    expect(chain.state.PalletIp.IpToRole.get(IP)).toEqual({ Vm: JOB });
    expect(chain.state.PalletIp.AssignedVmIps.get()).toEqual([JOB]);
  });
});
