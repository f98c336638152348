/**
 * Half of getting deep: a request that exists takes a step of its life as a healthy miner and an honest user would take
 * it (BEHAVIOUR.md section 9): assignment, job and IP, fulfilment, VNC port and hypervisor's IP, then what the user may ask for.
 */
import { callOf, type Call } from '../../spec/calls.js';
import { hexOfText, type Hex } from '../../spec/hex.js';
import type { ComputeRequest, MinerComputeRequest } from '../../spec/types/compute.js';
import type { Step } from '../../spec/steps.js';
import { accountsOf, type Cast } from '../cast.js';
import { vmNameOf } from '../service/miner.js';
import { byId, choose, pick, queued, type Command, type Model, type Queued } from './command.js';
import { FAIL_REASONS, uintOf } from './edges.js';

const unsigned = (call: Call): Step => ({ call, origin: { kind: 'none' } });

interface Owned {
  readonly owner: Hex;
  readonly request: ComputeRequest;
}

/** Every branch that means something is below it. */
export const BRANCHES = 48;

const HYPERVISOR_IP = hexOfText('192.168.0.1');
const FIRST_PORT = 5900n;

/** Whom a request is given to: whom it names, or anybody where it names nobody. `detail` may have it wrong. */
const assigneeOf = ({ cast }: Model, wished: Hex | null, branch: number, detail: number): Hex => {
  const any = choose(cast.miners, branch).node;
  // What takes no VMs (DEV-29), nobody at all (DEV-02), and a miner whatever the wish (DEV-19).
  const wrong = [cast.storageMiner.node, choose(cast.strangers, branch), any];
  return wrong[15 - (detail % 16)] ?? wished ?? any;
};

const assignment = ({ owner, request }: Owned, miner_node_id: Hex): Step =>
  unsigned(
    callOf('Compute.submit_compute_request_assignment', {
      miner_node_id,
      plan_id: request.plan_id,
      request_id: request.request_id,
      owner,
    }),
  );

/** One in sixteen jobs is told a second time, under another name (DEV-22). */
const isToldAgain = (branch: number): boolean => branch % 16 === 9;

/** A job as VM managers name them; some name VMs as their worker will call them, so that their IPs do come back. */
const jobOf = (request_id: bigint, branch: number): Hex => {
  const id = request_id.toString(16);
  if (isToldAgain(branch)) return hexOfText(`${id}a2b-5e6f`);
  return hexOfText(branch % 4 === 3 ? `vm-${id}` : `${id}a2b-3c4d`);
};

/** An IP for an empty pool: the first that nobody has and that is in no pool, or by mistake one that a VM has (DEV-03). */
const nextIp = ({ engine, cast }: Model, isMistaken: boolean): Hex | undefined => {
  const { IpToRole, IpReleaseRequests } = engine.state.PalletIp;
  const waiting = IpReleaseRequests.get();
  if (isMistaken) return cast.ips.find((ip) => IpToRole.has(ip));
  return cast.ips.find((ip) => !IpToRole.has(ip) && !waiting.some((release) => release.ip === ip));
};

/** The miner starts the VM with the last IP of the pool; where that is empty root fills it first, if there is an IP left. */
const start = (model: Model, node: Hex, request_id: bigint, branch: number, detail: number): Step => {
  const { cast, engine } = model;
  const last = engine.state.PalletIp.VmAvailableIps.get().at(-1);
  const added = last === undefined ? nextIp(model, detail % 2 === 1) : undefined;
  if (added !== undefined) {
    const call = callOf('PalletIp.add_available_vm_ip', { ip: added });
    return { call, origin: { kind: 'root', account: cast.sudo.id } };
  }
  const ip = last ?? choose(cast.ips, branch);
  const job_id = jobOf(request_id, branch);
  return unsigned(callOf('Compute.update_miner_compute_request', { node_id: node, request_id, job_id, ip }));
};

const vnc = ({ node, entry }: Queued<MinerComputeRequest>, detail: number): Step => {
  const { request_id, job_id } = entry;
  const vnc_port = detail % 2 === 1 ? uintOf(64, detail) : FIRST_PORT + (request_id % 100n);
  return unsigned(
    callOf('Compute.update_miner_compute_request_vnc', {
      node_id: node,
      request_id,
      vnc_port,
      vm_name: vmNameOf(job_id),
    }),
  );
};

/** What a miner does with an entry that is not fulfilled; one in sixteen is too early (DEV-25). */
const serve = (model: Model, queuedEntry: Queued<MinerComputeRequest>, branch: number, detail: number): Step => {
  const { node, entry } = queuedEntry;
  const { request_id } = entry;
  const ids = { node_id: node, request_id };
  // What has begun fails more often: its job and its IP must come back (DEV-21).
  if (branch % 8 === 7 || (entry.job_id !== null && branch % 8 === 3)) {
    const fail_reason = choose(FAIL_REASONS, detail);
    return unsigned(callOf('Compute.handle_miner_compute_request_failure', { ...ids, fail_reason }));
  }
  if (entry.job_id === null ? branch % 16 !== 12 : isToldAgain(branch))
    return start(model, node, request_id, branch, detail);
  if (entry.vnc_port === null && branch % 4 === 2) return vnc(queuedEntry, detail);
  return unsigned(callOf('Compute.mark_compute_request_fulfilled', ids));
};

/** What a miner still has to tell of a VM that runs; null where there is nothing, or it is not its turn. */
const tell = (queuedEntry: Queued<MinerComputeRequest>, branch: number, detail: number): Step | null => {
  const { node, entry } = queuedEntry;
  if (entry.vnc_port === null && branch % 4 === 2) return vnc(queuedEntry, detail);
  if (entry.hypervisor_ip !== null || branch % 4 !== 3) return null;
  const ids = { node_id: node, request_id: entry.request_id };
  return unsigned(
    callOf('Compute.update_miner_compute_request_hypervisor_ip', { ...ids, hypervisor_ip: HYPERVISOR_IP }),
  );
};

/** Of eight details the one with which a miner tells what it should not, of a VM that it said was done. */
export const LATE = 7;

/** What a miner tells of a VM that it said was done: that it failed, that it is done, that it begins (DEV-12, DEV-22). */
const tellLate = (model: Model, { node, entry }: Queued<MinerComputeRequest>, branch: number, detail: number): Step => {
  const { request_id } = entry;
  const ids = { node_id: node, request_id };
  const kind = branch % 4;
  if (kind === 0) return unsigned(callOf('Compute.mark_compute_request_fulfilled', ids));
  if (kind === 1) return start(model, node, request_id, branch, detail);
  const fail_reason = choose(FAIL_REASONS, branch);
  return unsigned(callOf('Compute.handle_miner_compute_request_failure', { ...ids, fail_reason }));
};

const USER_CALLS = [
  'Compute.request_compute_stop',
  'Compute.request_compute_delete',
  'Compute.request_compute_boot',
  'Compute.request_compute_reboot',
] as const;

/** The four, resize and the forced deletion. */
const USER_KINDS = 6;

const canSign = (cast: Cast, account: Hex): boolean => accountsOf(cast).some(({ id }) => id === account);

const forcedDeletion = ({ sudo }: Cast, owner: Hex, plan_id: Hex): Step => ({
  call: callOf('Compute.force_request_compute_delete', { plan_id, account_id: owner }),
  origin: { kind: 'root', account: sudo.id },
});

/** What a user, or a sub-account that stands for it, may ask for of a VM that runs or stands. */
const ask = (
  { cast, engine }: Model,
  { owner, request }: Owned,
  entry: MinerComputeRequest | undefined,
  branch: number,
  detail: number,
): Step => {
  const standIns = cast.subAccounts.filter(({ id }) => engine.state.SubAccount.SubAccount.get(id) === owner);
  // Somebody may have bought for an account that nobody of the cast signs for: its VM is root's to delete.
  const signers = [owner, ...standIns.map(({ id }) => id)].filter((id) => canSign(cast, id));
  const account = pick(signers, Math.floor(branch / USER_KINDS));
  if (account === undefined) return forcedDeletion(cast, owner, request.plan_id);
  const origin = { kind: 'signed', account } as const;
  // Where they differ (DEV-07), both are tried.
  const { plan_id } = detail % 2 === 1 && entry ? entry : request;
  // Who stopped a VM wants it back more often than anything else.
  const isForBoot = request.status === 'Stopped' && branch % 2 === 0;
  const kind = isForBoot ? USER_CALLS.indexOf('Compute.request_compute_boot') : branch % USER_KINDS;
  if (kind === 4) {
    const resize_to_gbs = Number(uintOf(32, detail));
    return { call: callOf('Compute.request_compute_resize', { plan_id, resize_to_gbs }), origin };
  }
  if (kind === 5) return forcedDeletion(cast, owner, plan_id);
  return { call: callOf(choose(USER_CALLS, kind), { plan_id }), origin };
};

/** One in sixteen assignments is one too many: what was assigned, and what failed, is assigned again (DEV-05). */
const isAssignedAgain = (entry: MinerComputeRequest | undefined, branch: number): boolean =>
  entry?.fail_reason === null || entry === undefined ? branch % 16 === 13 : branch % 4 === 1;

/** As 0 in everything, but that nothing is asked of a VM that runs. */
export const UNTIL_IT_RUNS = BRANCHES;

/** The request that was made last. */
export const NEWEST = -1;

/** A request takes its next step; `branch` decides where there are several, `detail` what it is told with. */
export class LiveStep implements Command {
  constructor(
    /** Where it stands among all; from the end where it is below 0. */
    private readonly request: number,
    private readonly branch: number,
    private readonly detail = 0,
  ) {}

  resolve(model: Model): Step | null {
    const { cast, engine } = model;
    const { Compute } = engine.state;
    const requests = Compute.ComputeRequests.present().flatMap(([owner, list]) =>
      list.map((request) => ({ owner, request })),
    );
    const inOrder = requests.toSorted((left, right) => byId(left.request, right.request));
    const chosen = this.request < 0 ? inOrder.at(this.request) : pick(inOrder, this.request);
    if (chosen === undefined) return null;
    const { branch, detail } = this;
    const { request_id, miner_id, is_assigned } = chosen.request;
    const entries = queued(Compute.MinerComputeRequests.present());
    const own = entries.find(({ entry }) => entry.request_id === request_id);
    // Its miner may go on with what it has given up (DEV-20).
    if (!is_assigned && (own === undefined || branch % 8 !== 4))
      return assignment(chosen, assigneeOf(model, miner_id, branch, detail));
    if (isAssignedAgain(own?.entry, branch)) {
      return assignment(chosen, own && detail % 2 === 0 ? own.node : choose(cast.miners, detail).node);
    }
    if (own?.entry.fullfilled === true && branch === UNTIL_IT_RUNS) return null;
    if (own !== undefined && !own.entry.fullfilled) return serve(model, own, branch, detail);
    if (own !== undefined && detail % 8 === LATE) return tellLate(model, own, branch, detail);
    return (own && tell(own, branch, detail)) ?? ask(model, chosen, own?.entry, branch, detail);
  }

  toString(): string {
    return `LiveStep(request ${this.request}, branch ${this.branch}, detail ${this.detail})`;
  }
}
