/** What miners answer to what users asked for: BEHAVIOUR.md section 9, and the names under which IPs are released. */
import { callOf, type Call } from '../../spec/calls.js';
import type { Hex } from '../../spec/hex.js';
import type { ActionRequest } from '../../spec/types/compute.js';
import type { Step } from '../../spec/steps.js';
import { vmNameOf } from '../service/miner.js';
import { queued, type Command, type Model, type Queued } from './command.js';
import { signature } from './signatures.js';

const unsigned = (call: Call): Step => ({ call, origin: { kind: 'none' } });

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
const openActions = ({ engine }: Model): (Queued<ActionRequest> & { readonly queue: Queue })[] =>
  QUEUES.flatMap((queue) =>
    queued<ActionRequest>(engine.state.Compute[queue].present())
      .filter(({ entry }) => !entry.fullfilled)
      .map((open) => ({ queue, ...open })),
  );

/** The name that the IP was assigned to, which releases it; a real worker sends another (DEV-06). */
const vmName = (job_id: Hex | null, branch: number): Hex =>
  branch % 3 === 2 ? vmNameOf(job_id) : (job_id ?? vmNameOf(job_id));

/** A miner answers one of the open stop, boot, reboot or resize entries, or confirms a deletion. */
export class MinerAnswer implements Command {
  constructor(
    private readonly entry: number,
    /** In one of three, a deletion names the VM as real workers do. */
    private readonly branch = 0,
  ) {}

  resolve(model: Model): Step | null {
    const deletions = queued(model.engine.state.Compute.MinerComputeDeletionRequests.present());
    const open = openActions(model);
    const at = this.entry % Math.max(1, open.length + deletions.length);
    const action = open[at];
    if (action !== undefined) {
      const { queue, node, entry } = action;
      const ids = { node_id: node, request_id: entry.request_id };
      const name = FULFILMENTS[queue];
      const signed = signature(model.cast, { name, node, request_id: entry.request_id });
      return unsigned(callOf(name, { ...ids, signature: signed }));
    }
    const deletion = deletions[at - open.length];
    if (deletion === undefined) return null;
    const { node, entry } = deletion;
    const ids = { node_id: node, request_id: entry.request_id };
    const vm_name = vmName(entry.job_id, this.branch);
    return unsigned(callOf('Compute.submit_compute_deletion_request', { ...ids, vm_name }));
  }

  toString(): string {
    return `MinerAnswer(entry ${this.entry}, branch ${this.branch})`;
  }
}
