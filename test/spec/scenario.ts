/**
 * The situation in which the README's promises are tried: two users, two registered miner nodes, one plan and one available
 * IP, in the reference engine. The steps of a VM's life are functions; each can be sent with other arguments.
 */
import { createEngine, type Dispatched, type Engine, type EngineOptions } from '../../src/engine/engine.js';
import { outcomeText, type Origin } from '../../src/spec/answers.js';
import { callNamed, calls, type CallArgs, type CallName } from '../../src/spec/calls.js';
import { hexOfText, type Hex } from '../../src/spec/hex.js';
import { encode } from '../../src/spec/scale.js';
import type { Of } from '../../src/spec/shape.js';
import { PalletIp, rawKey, Registration } from '../../src/spec/storage.js';
import type { ComputeRequest, MinerComputeRequest } from '../../src/spec/types/compute.js';
import type { MultiSignature } from '../../src/spec/types/registration.js';

const of32 = (byte: string): Hex => '0x' + byte.repeat(32);

export const ALICE = of32('a1');
export const BOB = of32('b0');
/** Who registered both nodes. */
export const MINER = of32('33');
const SUDO = of32('55');
export const PLAN = of32('99');
export const NODE = hexOfText('node-1');
export const OTHER_NODE = hexOfText('node-2');
/** The one IP that is available. */
export const IP = hexOfText('10.0.0.1');
/** The job of Alice's VM, and thereby the name under which it gets its IP. */
export const JOB = hexOfText('8f1c2d-4e');
/** 64 zero bytes: no account's signature of anything. */
export const NO_SIGNATURE: MultiSignature = { Sr25519: '0x' + '00'.repeat(64) };
/** The block that is open when a scenario begins. */
export const FIRST_BLOCK = 10n;
export const RELEASE_PERIOD = 5n;

const registered = (node_id: Hex): Of<(typeof Registration.NodeRegistration)['value']> => ({
  node_id,
  node_type: 'ComputeMiner',
  ipfs_node_id: null,
  status: 'Online',
  registered_at: 1n,
  owner: MINER,
});

/** A chain at its first block. */
export const startChain = (options: EngineOptions = {}): Engine => {
  const engine = createEngine({ releasePeriod: RELEASE_PERIOD, ...options });
  const { NodeRegistration } = Registration;
  const registrations = [NODE, OTHER_NODE].map((node): readonly [Hex, Hex] => [
    rawKey(NodeRegistration, node),
    encode(NodeRegistration.value, registered(node)),
  ]);
  const ips: readonly [Hex, Hex] = [rawKey(PalletIp.VmAvailableIps, null), encode(PalletIp.VmAvailableIps.value, [IP])];
  engine.reset({ block: FIRST_BLOCK, sudo: SUDO, storage: Object.fromEntries([...registrations, ips]) });
  return engine;
};

/** Sends a call with the origin that it wants; `signer` signs it where it wants a signature. */
export const send = <N extends CallName>(chain: Engine, name: N, args: CallArgs<N>, signer = ALICE): Dispatched => {
  const origins: Readonly<Record<Origin['kind'], Origin>> = {
    none: { kind: 'none' },
    signed: { kind: 'signed', account: signer },
    root: { kind: 'root', account: SUDO },
  };
  return chain.dispatch(callNamed(name, args), origins[calls[name].origin]);
};

/** Buys the plan: creates a request. */
export const buy = (
  chain: Engine,
  change: Partial<CallArgs<'Marketplace.purchase_plan'>> = {},
  buyer = ALICE,
): Dispatched =>
  send(
    chain,
    'Marketplace.purchase_plan',
    {
      plan_id: PLAN,
      plan_technical_description: hexOfText('{"cpu_cores":2}'),
      image_name: hexOfText('debian'),
      image_url: hexOfText('QmDebian'),
      cloud_init_cid: null,
      pay_for: null,
      miner_id: null,
      ...change,
    },
    buyer,
  );

/** Assigns request 0 to the node. */
export const assign = (
  chain: Engine,
  change: Partial<CallArgs<'Compute.submit_compute_request_assignment'>> = {},
): Dispatched =>
  send(chain, 'Compute.submit_compute_request_assignment', {
    miner_node_id: NODE,
    plan_id: PLAN,
    request_id: 0n,
    owner: ALICE,
    ...change,
  });

/** Tells the job and the IP of request 0. */
export const giveJob = (
  chain: Engine,
  change: Partial<CallArgs<'Compute.update_miner_compute_request'>> = {},
): Dispatched =>
  send(chain, 'Compute.update_miner_compute_request', {
    node_id: NODE,
    request_id: 0n,
    job_id: JOB,
    ip: IP,
    ...change,
  });

const ofRequest0 = { node_id: NODE, request_id: 0n };

/** The arguments of a miner's report about a request, with a signature that nobody made. */
export const reportOn = (request_id: bigint) => ({ node_id: NODE, request_id, signature: NO_SIGNATURE });

/** Says that request 0 runs. */
export const fulfil = (chain: Engine): Dispatched => send(chain, 'Compute.mark_compute_request_fulfilled', ofRequest0);

/** Says that request 0 failed. */
export const fail = (chain: Engine, fail_reason: string): Dispatched =>
  send(chain, 'Compute.handle_miner_compute_request_failure', { ...ofRequest0, fail_reason: hexOfText(fail_reason) });

const LIFE = { bought: [buy], assigned: [buy, assign], running: [buy, assign, giveJob, fulfil] } as const;

/** A chain on which Alice's request 0 has come this far on the node. */
export const chainWithRequest = (come: keyof typeof LIFE, options: EngineOptions = {}): Engine => {
  const chain = startChain(options);
  for (const step of LIFE[come]) {
    const { outcome } = step(chain);
    if (!('ok' in outcome)) throw new Error(`a request does not get to be ${come}: ${outcomeText(outcome)}`);
  }
  return chain;
};

const the = <T>(value: T | undefined, what: string): T => {
  if (value === undefined) throw new Error(`${what} is not there`);
  return value;
};

/** The newest request of a user. */
export const requestOf = (chain: Engine, owner = ALICE): ComputeRequest =>
  the(chain.state.Compute.ComputeRequests.get(owner).at(-1), `a request of ${owner}`);

/** The newest entry in a node's list. */
export const entryOf = (chain: Engine, node = NODE): MinerComputeRequest =>
  the(chain.state.Compute.MinerComputeRequests.get(node).at(-1), `an entry of ${node}`);
