/**
 * What users were granted, by the chain's own word: a stop, boot or reboot that was called and answered with its event. The state alone
 * can't tell what became of it where its entry is gone, or was never made. Which VM is meant is what the chain looks up (section 3).
 */
import type { Dispatched, Engine } from '../../engine/engine.js';
import { findMinerEntry, mainAccount } from '../../engine/lookups.js';
import { OpenBlock } from '../../engine/open-block.js';
import type { State } from '../../engine/state.js';
import type { CallName } from '../../spec/calls.js';
import type { EventName } from '../../spec/events.js';
import { verifySignature } from '../../spec/signatures.js';
import type { Step } from '../../spec/steps.js';
import type { ComputeRequestStatus } from '../../spec/types/compute.js';
import { statusOf } from './world.js';

interface Action {
  readonly name: string;
  readonly asked: CallName;
  readonly event: EventName;
  readonly answered: CallName;
  /** The status in which a VM is when it has not been done, and could be. */
  readonly undone: ComputeRequestStatus;
}

const ACTIONS: readonly Action[] = [
  {
    name: 'stop',
    asked: 'Compute.request_compute_stop',
    event: 'Compute.ComputeStopRequested',
    answered: 'Compute.mark_miner_compute_stop_request_fulfilled',
    undone: 'Running',
  },
  {
    name: 'boot',
    asked: 'Compute.request_compute_boot',
    event: 'Compute.ComputeBootRequested',
    answered: 'Compute.submit_compute_boot_request_fulfillment',
    undone: 'Stopped',
  },
  {
    name: 'reboot',
    asked: 'Compute.request_compute_reboot',
    event: 'Compute.ComputeRebootRequested',
    answered: 'Compute.submit_compute_reboot_request_fulfillment',
    undone: 'Running',
  },
];

interface Grant {
  readonly action: Action;
  readonly request_id: bigint;
}

/** Follows one scenario from its first call on. */
export class Grants {
  private readonly open = new Map<string, Grant>();

  /** Notes what became of a call that the engine has just been given. */
  note(engine: Engine, step: Step, { outcome, events }: Dispatched): void {
    if (!('call' in step) || !('ok' in outcome)) return;
    const { call, origin } = step;
    const asked = ACTIONS.find((action) => action.asked === call.name);
    if (
      asked &&
      'plan_id' in call.args &&
      origin.kind === 'signed' &&
      events.some(({ name }) => name === asked.event)
    ) {
      const chain = new OpenBlock(engine.state, engine.rules, engine.block, engine.releasePeriod, verifySignature);
      const { entry } = findMinerEntry(chain, mainAccount(chain, origin.account), call.args.plan_id);
      this.open.set(`${asked.name} ${entry.request_id}`, { action: asked, request_id: entry.request_id });
    }
    const answered = ACTIONS.find((action) => action.answered === call.name);
    if (answered && 'request_id' in call.args) this.open.delete(`${answered.name} ${call.args.request_id}`);
  }

  /** What was granted and has not come, at rest, in sentences. What waits as an entry waits is not counted (`unserved.ts`). */
  unserved(state: State): readonly string[] {
    return [...this.open.values()]
      .filter(({ action, request_id }) => statusOf(state, request_id) === action.undone)
      .map(({ action, request_id }) => `request ${request_id} was granted a ${action.name} that has not come`);
  }
}
