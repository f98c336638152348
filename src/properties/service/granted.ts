/**
 * What users were granted, by the chain's own word: a stop, boot or reboot that was called and answered with its event. The state alone
 * can't tell what became of it where its entry is gone, or was never made. Which VM is meant is what the chain looks up (section 3).
 *
 * Of stops and boots the last one granted is what the user wants in the end; every reboot is wanted. An answer whose signature is
 * not the node's owner's is nobody's service, whatever the chain makes of it.
 */
import type { Engine } from '../../engine/engine.js';
import { findMinerEntry, mainAccount } from '../../engine/lookups.js';
import { OpenBlock } from '../../engine/open-block.js';
import type { State } from '../../engine/state.js';
import type { Outcome } from '../../spec/answers.js';
import { signedMessage, type Call } from '../../spec/calls.js';
import type { Hex } from '../../spec/hex.js';
import { remembering, verifySignature } from '../../spec/signatures.js';
import type { Step } from '../../spec/steps.js';
import type { ComputeRequestStatus } from '../../spec/types/compute.js';
import { registrationOf, statusOf } from './world.js';

type Action = 'stop' | 'boot' | 'reboot';

/** By which call and event an action is granted. */
const GRANTED_BY: Readonly<Record<string, { readonly action: Action; readonly event: string }>> = {
  'Compute.request_compute_stop': { action: 'stop', event: 'Compute.ComputeStopRequested' },
  'Compute.request_compute_boot': { action: 'boot', event: 'Compute.ComputeBootRequested' },
  'Compute.request_compute_reboot': { action: 'reboot', event: 'Compute.ComputeRebootRequested' },
};

const ANSWERED_BY: Readonly<Record<string, Action>> = {
  'Compute.mark_miner_compute_stop_request_fulfilled': 'stop',
  'Compute.submit_compute_boot_request_fulfillment': 'boot',
  'Compute.submit_compute_reboot_request_fulfillment': 'reboot',
};

/** The status of a VM for which an action is still to be done, and can be. */
const UNDONE: Readonly<Record<Action, ComputeRequestStatus>> = { stop: 'Running', boot: 'Stopped', reboot: 'Running' };

interface Grant {
  readonly request_id: bigint;
  readonly action: Action;
  /** Whether an answer was the owner's. */
  readonly answered: 'no' | 'honestly' | 'by a forger';
}

/** What became of a call. */
interface Answer {
  readonly outcome: Outcome;
  readonly events: readonly { readonly name: string }[];
}

const verify = remembering(verifySignature);

const isOwners = (engine: Engine, call: Call): boolean => {
  // Under DEV-01 promised no other answer succeeds, and a check is dear.
  if (engine.rules.promised('DEV-01') || !('signature' in call.args && 'request_id' in call.args)) return true;
  const { node_id, request_id, signature } = call.args;
  const owner = registrationOf(engine.state, node_id)?.owner;
  return owner !== undefined && verify(signature, signedMessage(call.name, node_id, request_id), owner);
};

/** Of stop and boot the later one takes the earlier one's place. */
const placeOf = (request_id: bigint, action: Action): string =>
  `${request_id} ${action === 'reboot' ? action : 'power'}`;

const sentence = ({ request_id, action, answered }: Grant, status: ComputeRequestStatus): string | null => {
  if (answered === 'by a forger') return `the ${action} of request ${request_id} was answered by a forger alone`;
  if (status !== UNDONE[action]) return null;
  if (action === 'reboot') {
    return answered === 'no' ? `request ${request_id} was granted a reboot that has not come` : null;
  }
  return `request ${request_id} is ${status}, though it was granted a ${action} last`;
};

/** Follows one scenario from its first call on. The engine is the one that played it, or one that follows who did. */
export class Grants {
  private readonly grants = new Map<string, Grant>();

  /** Notes what became of a call that has just been played. */
  note(engine: Engine, step: Step, { outcome, events }: Answer): void {
    if (!('call' in step) || !('ok' in outcome)) return;
    const { call, origin } = step;
    const granted = GRANTED_BY[call.name];
    if (granted && origin.kind === 'signed' && events.some(({ name }) => name === granted.event)) {
      this.granted(engine, granted.action, call, origin.account);
    }
    const answered = ANSWERED_BY[call.name];
    if (answered !== undefined) this.answered(engine, answered, call);
  }

  /** What was granted and is not so, at rest, in sentences. What waits as an entry waits is not counted (`unserved.ts`). */
  unserved(state: State): readonly string[] {
    return [...this.grants.values()].flatMap((grant) => {
      const status = statusOf(state, grant.request_id);
      const said = status === undefined ? null : sentence(grant, status);
      return said === null ? [] : [said];
    });
  }

  private granted(engine: Engine, action: Action, { args }: Call, account: Hex): void {
    if (!('plan_id' in args)) return;
    const chain = new OpenBlock(engine.state, engine.rules, engine.block, engine.releasePeriod, verify);
    const { request_id } = findMinerEntry(chain, mainAccount(chain, account), args.plan_id).entry;
    this.grants.set(placeOf(request_id, action), { request_id, action, answered: 'no' });
  }

  private answered(engine: Engine, action: Action, call: Call): void {
    if (!('request_id' in call.args)) return;
    const place = placeOf(call.args.request_id, action);
    const grant = this.grants.get(place);
    if (grant?.action !== action) return;
    this.grants.set(place, { ...grant, answered: isOwners(engine, call) ? 'honestly' : 'by a forger' });
  }
}
