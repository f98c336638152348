/**
 * What an invariant is, and what it looks at: the decoded state before and after a step, and what became of the step. It speaks of
 * what can be seen from outside, so that the engine, a runtime and a node are watched alike.
 */
import type { Outcome, Validity } from '../answers.js';
import type { Call } from '../calls.js';
import type { DeviationRule } from '../rules.js';
import type { Hex } from '../hex.js';
import type { Step } from '../steps.js';
import type { ActionRequest, ComputeRequest, MinerComputeRequest } from '../types/compute.js';
import type { NodeMetricsData } from '../types/execution-unit.js';
import type { IpReleaseRequest, RoleType } from '../types/pallet-ip.js';
import type { NodeInfo } from '../types/registration.js';

/** A map of lists: each present key with its list. Keys come in any order. */
export type Lists<T> = readonly (readonly [Hex, readonly T[]])[];

/** The lists of what users ask of their VMs. */
export const ACTION_LISTS = [
  'MinerComputeStopRequests',
  'MinerComputeBootRequests',
  'MinerComputeRebootRequests',
  'MinerComputeResizeRequests',
] as const;
export type ActionList = (typeof ACTION_LISTS)[number];

/** The decoded state, to read. Map keys come in any order. Parts that a step left as they were are the same objects, if they can be. */
export interface StateView {
  readonly nextRequestId: bigint;
  /** By owner. */
  readonly requests: Lists<ComputeRequest>;
  /** `MinerComputeRequests`, by miner. */
  readonly minerQueue: Lists<MinerComputeRequest>;
  /** By name and miner. */
  readonly actionQueues: Readonly<Record<ActionList, Lists<ActionRequest>>>;
  readonly deletionQueue: Lists<ActionRequest>;
  /** The four pools of available IPs, by name. */
  readonly pools: Readonly<Record<string, readonly Hex[]>>;
  readonly ipToRole: readonly (readonly [Hex, RoleType])[];
  readonly roleToIp: readonly (readonly [RoleType, Hex])[];
  /** `AssignedVmIps`: names of VMs. */
  readonly assignedVms: readonly Hex[];
  readonly releases: readonly IpReleaseRequest[];
  /** By node. */
  readonly metrics: readonly (readonly [Hex, NodeMetricsData])[];
  /** A node's registration, cold keys first. */
  readonly registrationOf: (node: Hex) => NodeInfo | null;
  /** Whom an account stands for. */
  readonly mainAccount: (who: Hex) => Hex;
}

/** What became of a call. */
export interface SeenAnswer {
  readonly outcome: Outcome;
  readonly events: readonly { readonly name: string; readonly fields: Readonly<Record<string, unknown>> }[];
}

/** One step of a scenario, once it was taken. */
export interface Seen {
  /** Null at the beginning of a scenario, and at its end. */
  readonly step: Step | null;
  /** At the beginning the same as {@link state}. */
  readonly before: StateView;
  readonly state: StateView;
  /** Whether the step changed any storage of the pallets under test. */
  readonly hasChanged: boolean;
  /** The number of the block that is open. */
  readonly block: bigint;
  /** `PalletIp::IpReleasePeriod` in blocks; null where the target does not tell. */
  readonly releasePeriod: bigint | null;
  /** Of a call. */
  readonly answer: SeenAnswer | null;
  /** What the pool says of an unsigned call that was sent in the open block; null where it was not asked. */
  readonly validityOf: (call: Call) => Validity | null;
  /**
   * At the end of a scenario after which healthy validators and miners did all they could: what was asked for, granted and not
   * served, in sentences. Null at any other time.
   */
  readonly unserved: readonly string[] | null;
  /** At the end of a scenario that was played twice: where the second time parted from the first, or that it did not. */
  readonly repeated: { readonly parted: string | null } | null;
}

/** What an invariant says of one step. */
export interface Finding {
  /** What is the case where the statement says otherwise, or null. */
  readonly broken: string | null;
  /** How many things the invariant spoke of. */
  readonly spoke: number;
}

export type Severity = 'critical' | 'high' | 'medium' | 'low';

/** What it takes to be watched: all that an invariant of one's own needs. */
export interface Watchable {
  readonly id: string;
  /** What must be so, in a sentence. */
  readonly statement: string;
  /** Begins to watch a scenario; the answer is shown each step in turn, the beginning first. */
  readonly watch: () => (seen: Seen) => Finding;
}

export interface Invariant extends Watchable {
  readonly name: string;
  /** When it says anything. */
  readonly antecedent: string;
  /** The README's requirements that it holds; empty where it is our own norm of what a user would assume. */
  readonly requirements: readonly string[];
  /** Of a break that nobody knows yet. */
  readonly severity: Severity;
  /**
   * The rules that break it where they alone are as deployed, all others as promised. A rule that alone breaks nothing is in no list: what
   * DEV-05 lets through, DEV-12 as promised refuses.
   */
  readonly brokenBy: readonly DeviationRule[];
}

/** It said nothing. */
export const SILENT: Finding = { broken: null, spoke: 0 };

/** Of some things that must be so: the first that is not. */
export const firstBroken = (spoke: number, broken: Iterable<string | null>): Finding => {
  for (const each of broken) if (each !== null) return { broken: each, spoke };
  return { broken: null, spoke };
};

/** What of a state calls change. */
export type Part = Exclude<keyof StateView, 'registrationOf' | 'mainAccount'>;

/** Watches the first state, and every one in which any of these parts is not what it was. */
export const ofStates = (parts: readonly Part[], look: (state: StateView, seen: Seen) => Finding) => () => {
  let last: StateView | null = null;
  return (seen: Seen): Finding => {
    const { state, step } = seen;
    const before = last;
    last = state;
    // What is written may be who is registered, or who stands for whom.
    const isWritten = step !== null && 'inject' in step;
    if (before !== null && !isWritten && parts.every((part) => before[part] === state[part])) return SILENT;
    return look(state, seen);
  };
};

/** Watches calls that were answered with success. */
export const ofSuccesses =
  (look: (call: Call, seen: Seen, answer: SeenAnswer) => Finding) =>
  () =>
  (seen: Seen): Finding => {
    const { step, answer } = seen;
    if (step === null || !('call' in step) || answer === null || !('ok' in answer.outcome)) return SILENT;
    return look(step.call, seen, answer);
  };
