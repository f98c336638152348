/** Repaired rules where there are two of something: what is meant for one is not done to the other. */
import { describe, expect, it } from 'vitest';
import { createEngine, type Engine } from '../../src/engine/engine.js';
import { U32_MAX } from '../../src/engine/integers.js';
import { callNamed } from '../../src/spec/calls.js';
import { hexOfText } from '../../src/spec/hex.js';
import { Rules } from '../../src/spec/rules.js';
import { genesis, M, reportMetrics, reportSpecs } from '../../src/spec/witnesses/cast.js';
import {
  ALICE,
  assign,
  buy,
  chainWithRequest,
  fulfil,
  giveJob,
  IP,
  JOB,
  NODE,
  PLAN,
  reportOn,
  send,
  startChain,
} from '../spec/scenario.js';

const OTHER_IP = hexOfText('10.0.0.2');
const OTHER_JOB = hexOfText('other');
const OK = { ok: true };

const deleted = (chain: Engine, vm_name = JOB) => {
  send(chain, 'Compute.force_request_compute_delete', { account_id: ALICE, plan_id: PLAN });
  return send(chain, 'Compute.submit_compute_deletion_request', { ...reportOn(0n), vm_name }).outcome;
};

describe('a failure', () => {
  it.each([0n, 1n])('gives back request %i and its IP, not the other one in the miner’s list', (failed) => {
    const chain = startChain({ rules: Rules.parse('DEV-20=promised,DEV-21=promised') });
    send(chain, 'PalletIp.add_available_vm_ip', { ip: OTHER_IP });
    for (const request_id of [0n, 1n]) {
      buy(chain);
      assign(chain, { request_id });
    }
    giveJob(chain);
    giveJob(chain, { request_id: 1n, job_id: OTHER_JOB, ip: OTHER_IP });
    const fail_reason = hexOfText('no memory');
    const report = { node_id: NODE, request_id: failed, fail_reason };
    expect(send(chain, 'Compute.handle_miner_compute_request_failure', report).outcome).toEqual(OK);
    const { Compute, PalletIp } = chain.state;
    expect(Compute.MinerComputeRequests.get(NODE).map(({ request_id }) => request_id)).toEqual([1n - failed]);
    expect(Compute.ComputeRequests.get(ALICE).map(({ is_assigned }) => is_assigned)).toEqual([
      failed !== 0n,
      failed !== 1n,
    ]);
    expect(PalletIp.IpReleaseRequests.get().map(({ ip }) => ip)).toEqual([failed === 0n ? IP : OTHER_IP]);
  });
});

describe('an IP', () => {
  const rules = Rules.parse('DEV-03=promised');
  const added = (chain: Engine, name: 'PalletIp.add_available_client_ip' | 'PalletIp.add_available_vm_ip', ip = IP) =>
    send(chain, name, { ip }).outcome;
  const refused = { module: { pallet: 'PalletIp', error: 'IpAlreadyExists' } };

  it('that is in another pool is not added', () => {
    const chain = startChain({ rules });
    expect(added(chain, 'PalletIp.add_available_client_ip')).toEqual(refused);
    expect(added(chain, 'PalletIp.add_available_client_ip', OTHER_IP)).toEqual(OK);
    expect(added(chain, 'PalletIp.add_available_vm_ip', OTHER_IP)).toEqual(refused);
  });

  it('that waits for its release is not added, another one is', () => {
    const chain = chainWithRequest('running', { rules });
    expect(deleted(chain)).toEqual(OK);
    expect(chain.state.PalletIp.IpReleaseRequests.get()).toHaveLength(1);
    expect(added(chain, 'PalletIp.add_available_vm_ip')).toEqual(refused);
    expect(added(chain, 'PalletIp.add_available_vm_ip', OTHER_IP)).toEqual(OK);
  });
});

describe('a deletion', () => {
  it('of a VM without a job is confirmed, and releases nothing', () => {
    const chain = startChain({ rules: Rules.parse('DEV-06=promised') });
    for (const step of [buy, assign, fulfil]) expect(step(chain).outcome).toEqual(OK);
    expect(deleted(chain)).toEqual(OK);
    expect(chain.state.PalletIp.IpReleaseRequests.get()).toEqual([]);
  });
});

describe('a node’s sums', () => {
  it.each([
    ['promised', U32_MAX],
    ['deployed', 19],
  ])('of what it measured stop at the edge or go round: %s', (setting, total) => {
    const chain = createEngine({ rules: Rules.parse(`DEV-26=${setting}`) });
    chain.reset(genesis());
    for (const latency_ms of [U32_MAX, 20]) {
      for (const step of [reportSpecs(), reportMetrics(M.node)]) {
        if (!('call' in step)) throw new Error('a report is a call');
        const call =
          step.call.name === 'ExecutionUnit.update_metrics_data'
            ? callNamed(step.call.name, { ...step.call.args, latency_ms })
            : step.call;
        expect(chain.dispatch(call, step.origin).outcome).toEqual(OK);
      }
    }
    expect(chain.state.ExecutionUnit.NodeMetrics.get(M.node)?.total_latency_ms).toBe(total);
  });
});
