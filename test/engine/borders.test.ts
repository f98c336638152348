/** Where the engine meets what is not a call: blocks that pass, what a call throws that is no failure, maps that do not agree. */
import { describe, expect, it } from 'vitest';
import { createEngine } from '../../src/engine/engine.js';
import { Rules } from '../../src/spec/rules.js';
import { encode } from '../../src/spec/scale.js';
import { PalletIp, rawKey } from '../../src/spec/storage.js';
import { ALICE, chainWithRequest, IP, PLAN, JOB, RELEASE_PERIOD, reportOn, send } from '../spec/scenario.js';

describe('the engine', () => {
  it('opens every block, so that an IP comes back in the one in which it is due; or the last alone', () => {
    const waiting = { vm_name: JOB, ip: IP, created_at: 10n, role_type: { Vm: JOB } };
    const state = { [rawKey(PalletIp.IpReleaseRequests, null)]: encode(PalletIp.IpReleaseRequests.value, [waiting]) };
    const opened = (jump?: boolean): readonly bigint[] => {
      const chain = createEngine({ releasePeriod: RELEASE_PERIOD });
      chain.reset({ block: 10n, sudo: '0x', storage: state });
      return chain.advance(20n, jump).map(({ block }) => block);
    };
    expect(opened()).toEqual([10n + RELEASE_PERIOD]);
    expect(opened(true)).toEqual([30n]);
  });

  it('takes nothing for the failure of a call that is none', () => {
    const chain = chainWithRequest('running', {
      rules: Rules.parse('DEV-01=promised'),
      verify: () => {
        throw new Error('no verifier');
      },
    });
    expect(() => send(chain, 'Compute.mark_miner_compute_stop_request_fulfilled', reportOn(0n))).toThrow('no verifier');
  });

  it.each([
    ['no name in AssignedVmIps', { [rawKey(PalletIp.AssignedVmIps, null)]: null }],
    ['no IP in RoleToIp', { [rawKey(PalletIp.RoleToIp, { Vm: JOB })]: null }],
  ])('releases nothing of a VM that has %s', (_, raw) => {
    const chain = chainWithRequest('running');
    send(chain, 'Compute.force_request_compute_delete', { account_id: ALICE, plan_id: PLAN });
    chain.inject(raw);
    const before = chain.raw('0x');
    const { outcome } = send(chain, 'Compute.submit_compute_deletion_request', { ...reportOn(0n), vm_name: JOB });
    expect(outcome).toEqual({ module: { pallet: 'PalletIp', error: 'VmHasNoIp' } });
    expect(chain.raw('0x')).toEqual(before);
  });
});
