/**
 * What a dispatch costs must not grow with the state: the same number of map and index operations at 100 and at a million
 * live requests, ten an owner and a hundred a miner. Counted, so that no clock decides.
 */
import { describe, expect, it } from 'vitest';
import { createEngine, type Engine } from '../../src/engine/engine.js';
import { callOf, type Call } from '../../src/spec/calls.js';
import { EMPTY, hexOfText, type Hex } from '../../src/spec/hex.js';
import { encode } from '../../src/spec/scale.js';
import { NO_SIGNATURE } from '../../src/spec/signatures.js';
import { rawKey, storage } from '../../src/spec/storage.js';

const PER_OWNER = 10;
const PER_MINER = 100;

const hex = (kind: string, number: number, bytes: number): Hex =>
  '0x' + kind + number.toString(16).padStart(bytes * 2 - 2, '0');
const ownerOf = (id: number): Hex => hex('0a', Math.floor(id / PER_OWNER), 32);
const planOf = (id: number): Hex => hex('0b', id % PER_MINER, 32);
const nodeOf = (id: number): Hex => hex('0c', Math.floor(id / PER_MINER), 16);

const registrations = (requests: number): Record<Hex, Hex> => {
  const { NodeRegistration } = storage.Registration;
  const raw: Record<Hex, Hex> = {};
  for (let id = 0; id <= requests; id += PER_MINER) {
    const node_id = nodeOf(id);
    raw[rawKey(NodeRegistration, node_id)] = encode(NodeRegistration.value, {
      node_id,
      node_type: 'ComputeMiner',
      ipfs_node_id: null,
      status: 'Online',
      registered_at: 0n,
      owner: hex('0d', id, 32),
    });
  }
  return raw;
};

const purchase = (id: number): Call =>
  callOf('Marketplace.purchase_plan', {
    plan_id: planOf(id),
    plan_technical_description: EMPTY,
    image_name: EMPTY,
    image_url: EMPTY,
    cloud_init_cid: null,
    pay_for: null,
    miner_id: null,
  });

const assign = (id: number): Call =>
  callOf('Compute.submit_compute_request_assignment', {
    miner_node_id: nodeOf(id),
    plan_id: planOf(id),
    request_id: BigInt(id),
    owner: ownerOf(id),
  });

const fulfil = (id: number): Call =>
  callOf('Compute.mark_compute_request_fulfilled', { node_id: nodeOf(id), request_id: BigInt(id) });

/** An engine with that many requests, all running. */
const populated = (requests: number): Engine => {
  const engine = createEngine();
  engine.reset({ block: 1n, sudo: ownerOf(0), storage: registrations(requests) });
  const send = (call: Call, account?: Hex): void => {
    const { outcome } = engine.dispatch(call, account === undefined ? { kind: 'none' } : { kind: 'signed', account });
    if (!('ok' in outcome)) throw new Error(`${call.name}: ${JSON.stringify(outcome)}`);
  };
  for (let id = 0; id < requests; id += 1) {
    send(purchase(id), ownerOf(id));
    send(assign(id));
    send(fulfil(id));
  }
  return engine;
};

/** The operations of each call on the middle request, in the order of a VM's life. */
const costs = (engine: Engine, requests: number): Record<string, number> => {
  const id = requests / 2;
  const ids = { node_id: nodeOf(id), request_id: BigInt(id) };
  const owner = { kind: 'signed', account: ownerOf(id) } as const;
  const none = { kind: 'none' } as const;
  const root = { kind: 'root', account: ownerOf(0) } as const;
  const signed = { ...ids, signature: NO_SIGNATURE };
  const plan = { plan_id: planOf(id) };
  const life: (readonly [Call, typeof owner | typeof none | typeof root])[] = [
    [callOf('PalletIp.add_available_vm_ip', { ip: hexOfText('10.0.0.1') }), root],
    [
      callOf('Compute.update_miner_compute_request', { ...ids, job_id: hexOfText('vm'), ip: hexOfText('10.0.0.1') }),
      none,
    ],
    [callOf('Compute.update_miner_compute_request_hypervisor_ip', { ...ids, hypervisor_ip: EMPTY }), none],
    [callOf('Compute.update_miner_compute_request_vnc', { ...ids, vnc_port: 1n, vm_name: EMPTY }), none],
    [callOf('Compute.handle_miner_compute_request_failure', { ...ids, fail_reason: EMPTY }), none],
    [callOf('Compute.mark_compute_request_fulfilled', ids), none],
    [callOf('Compute.request_compute_stop', plan), owner],
    [callOf('Compute.mark_miner_compute_stop_request_fulfilled', signed), none],
    [callOf('Compute.request_compute_boot', plan), owner],
    [callOf('Compute.submit_compute_boot_request_fulfillment', signed), none],
    [callOf('Compute.request_compute_reboot', plan), owner],
    [callOf('Compute.submit_compute_reboot_request_fulfillment', signed), none],
    [callOf('Compute.request_compute_resize', { ...plan, resize_to_gbs: 1 }), owner],
    [callOf('Compute.submit_compute_resize_request_fulfillment', signed), none],
    [callOf('Compute.request_compute_delete', plan), owner],
    [callOf('Compute.submit_compute_deletion_request', { ...ids, vm_name: hexOfText('vm') }), none],
    [callOf('Compute.force_request_compute_delete', { plan_id: planOf(id + 1), account_id: ownerOf(id + 1) }), root],
    [purchase(requests), { kind: 'signed', account: ownerOf(id) }],
    [assign(requests), none],
  ];
  const counted: Record<string, number> = {};
  for (const [call, origin] of life) {
    const before = engine.operations;
    const { outcome } = engine.dispatch(call, origin);
    expect(outcome, call.name).toEqual({ ok: true });
    counted[call.name] = engine.operations - before;
  }
  return counted;
};

describe('what a dispatch costs', () => {
  it('is the same number of operations at a hundred and at a million live requests', () => {
    const few = costs(populated(100), 100);
    expect(Object.values(few).every((count) => count > 0 && count < 60)).toBe(true);
    expect(costs(populated(1_000_000), 1_000_000)).toEqual(few);
  });
});
