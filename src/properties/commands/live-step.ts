/**
 * Half of getting deep: a request that exists takes a step of its life as a healthy miner and an honest user would take
 * it (BEHAVIOUR.md section 9): assignment, job and IP, fulfilment, then what the user may ask for, then the miner again.
 */
import { signAt } from '../../spec/accounts.js';
import { callOf, signedMessage, type Call, type CallName } from '../../spec/calls.js';
import { hexOfText, type Hex } from '../../spec/hex.js';
import type { ActionRequest, ComputeRequest, MinerComputeRequest } from '../../spec/types/compute.js';
import type { MultiSignature } from '../../spec/types/registration.js';
import type { Step } from '../../spec/steps.js';
import { choose, pick, type Command, type Model } from './command.js';

const unsigned = (call: Call): Step => ({ call, origin: { kind: 'none' } });

interface Owned {
  readonly owner: Hex;
  readonly request: ComputeRequest;
}

interface Queued<E> {
  readonly node: Hex;
  readonly entry: E;
}

const queued = <E>(lists: readonly (readonly [Hex, readonly E[]])[]): Queued<E>[] =>
  lists.flatMap(([node, entries]) => entries.map((entry) => ({ node, entry })));

const byId = (left: { request_id: bigint }, right: { request_id: bigint }): number =>
  left.request_id < right.request_id ? -1 : 1;

/** Signed by the node's registered owner; where there is none, by the first miner's. */
const signature = ({ cast }: Model, name: CallName, node: Hex, request_id: bigint): MultiSignature => {
  const miner = cast.miners.find((each) => each.node === node) ?? choose(cast.miners, 0);
  return signAt(miner.owner.path, signedMessage(name, node, request_id));
};

const assignment = ({ cast }: Model, { owner, request }: Owned, branch: number): Step =>
  unsigned(
    callOf('Compute.submit_compute_request_assignment', {
      miner_node_id: request.miner_id ?? choose(cast.miners, branch).node,
      plan_id: request.plan_id,
      request_id: request.request_id,
      owner,
    }),
  );

/** What a miner does with an entry that is not fulfilled. */
const serve = (model: Model, { node, entry }: Queued<MinerComputeRequest>, branch: number): Step => {
  const { request_id } = entry;
  const ids = { node_id: node, request_id };
  if (branch % 8 === 7) {
    const fail_reason = hexOfText(branch % 16 === 7 ? 'out of memory' : 'No Cloud-Init CID provided');
    return unsigned(callOf('Compute.handle_miner_compute_request_failure', { ...ids, fail_reason }));
  }
  if (entry.job_id !== null) return unsigned(callOf('Compute.mark_compute_request_fulfilled', ids));
  const ip = model.engine.state.PalletIp.VmAvailableIps.get().at(-1) ?? choose(model.cast.ips, branch);
  return unsigned(
    callOf('Compute.update_miner_compute_request', { ...ids, job_id: hexOfText(`vm${request_id}-job`), ip }),
  );
};

const USER_CALLS = [
  'Compute.request_compute_stop',
  'Compute.request_compute_delete',
  'Compute.request_compute_boot',
  'Compute.request_compute_reboot',
] as const;

/** The four, resize and the forced deletion. */
const USER_KINDS = 6;

/** What a user, or a sub-account that stands for it, may ask for of a VM that runs or stands. */
const ask = ({ cast, engine }: Model, { owner, request }: Owned, branch: number): Step => {
  const standIns = cast.subAccounts.filter(({ id }) => engine.state.SubAccount.SubAccount.get(id) === owner);
  const account = choose([owner, ...standIns.map(({ id }) => id)], Math.floor(branch / USER_KINDS));
  const origin = { kind: 'signed', account } as const;
  const { plan_id } = request;
  // Who stopped a VM wants it back more often than anything else.
  const isForBoot = request.status === 'Stopped' && branch % 2 === 0;
  const kind = isForBoot ? USER_CALLS.indexOf('Compute.request_compute_boot') : branch % USER_KINDS;
  if (kind === 4) return { call: callOf('Compute.request_compute_resize', { plan_id, resize_to_gbs: branch }), origin };
  if (kind === 5) {
    const call = callOf('Compute.force_request_compute_delete', { plan_id, account_id: owner });
    return { call, origin: { kind: 'root', account: cast.sudo.id } };
  }
  return { call: callOf(choose(USER_CALLS, kind), { plan_id }), origin };
};

const FULFILMENTS = {
  MinerComputeStopRequests: 'Compute.mark_miner_compute_stop_request_fulfilled',
  MinerComputeBootRequests: 'Compute.submit_compute_boot_request_fulfillment',
  MinerComputeRebootRequests: 'Compute.submit_compute_reboot_request_fulfillment',
  MinerComputeResizeRequests: 'Compute.submit_compute_resize_request_fulfillment',
} as const;

const QUEUES = [
  'MinerComputeStopRequests',
  'MinerComputeBootRequests',
  'MinerComputeRebootRequests',
  'MinerComputeResizeRequests',
] as const satisfies readonly (keyof typeof FULFILMENTS)[];

type Queue = (typeof QUEUES)[number];

/** Open entries of the four queues that a miner answers with a signature. */
const openActions = ({ engine }: Model): { queue: Queue; node: Hex; entry: ActionRequest }[] =>
  QUEUES.flatMap((queue) =>
    queued<ActionRequest>(engine.state.Compute[queue].present())
      .filter(({ entry }) => !entry.fullfilled)
      .map(({ node, entry }) => ({ queue, node, entry })),
  );

/** A request takes its next step; `branch` decides where there are several. */
export class LiveStep implements Command {
  constructor(
    private readonly request: number,
    private readonly branch: number,
  ) {}

  resolve(model: Model): Step | null {
    const { Compute } = model.engine.state;
    const requests = Compute.ComputeRequests.present().flatMap(([owner, list]) =>
      list.map((request) => ({ owner, request })),
    );
    const chosen = pick(
      requests.toSorted((left, right) => byId(left.request, right.request)),
      this.request,
    );
    if (chosen === undefined) return null;
    if (!chosen.request.is_assigned) return assignment(model, chosen, this.branch);
    const entries = queued(Compute.MinerComputeRequests.present());
    const own = entries.find(({ entry }) => entry.request_id === chosen.request.request_id);
    return own !== undefined && !own.entry.fullfilled
      ? serve(model, own, this.branch)
      : ask(model, chosen, this.branch);
  }

  toString(): string {
    return `LiveStep(request ${this.request}, branch ${this.branch})`;
  }
}

/** A miner answers one of the open stop, boot, reboot or resize entries, or confirms a deletion. */
export class MinerAnswer implements Command {
  constructor(private readonly entry: number) {}

  resolve(model: Model): Step | null {
    const { Compute } = model.engine.state;
    const deletions = queued(Compute.MinerComputeDeletionRequests.present());
    const open = openActions(model);
    const at = this.entry % Math.max(1, open.length + deletions.length);
    const action = open[at];
    if (action !== undefined) {
      const { queue, node, entry } = action;
      const ids = { node_id: node, request_id: entry.request_id };
      const name = FULFILMENTS[queue];
      return unsigned(callOf(name, { ...ids, signature: signature(model, name, node, entry.request_id) }));
    }
    const deletion = deletions[at - open.length];
    if (deletion === undefined) return null;
    const { node, entry } = deletion;
    // Where the IP was assigned to the job's name, that name releases it; a real miner sends another (DEV-06).
    const vm_name = entry.job_id ?? hexOfText('vm-');
    return unsigned(
      callOf('Compute.submit_compute_deletion_request', { node_id: node, request_id: entry.request_id, vm_name }),
    );
  }

  toString(): string {
    return `MinerAnswer(entry ${this.entry})`;
  }
}
