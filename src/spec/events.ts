/** Events and errors with their SCALE indices (BEHAVIOUR.md sections 5, 6 and 8; RULES.md for `TooManyRequests`). */
import { accountId, bytes, h256, struct, u128, type Of, type Type } from './shape.js';

interface EventDefinition<F> {
  /** Pallet and event index: the first two bytes of an encoded event. */
  readonly index: readonly [number, number];
  readonly fields: Type<F>;
}

const event = <F extends Readonly<Record<string, Type<unknown>>>>(
  pallet: number,
  index: number,
  fields: F,
): EventDefinition<Of<ReturnType<typeof struct<F>>>> => ({ index: [pallet, index], fields: struct('fields', fields) });

const ofVm = { vm_uuid: bytes, ip: bytes };
const ofIp = { ip: bytes };
const ofNode = { node_id: bytes, request_id: u128, owner: accountId };
const ofPlan = { plan_id: h256, owner: accountId, caller: accountId };

export const events = {
  'Compute.IpAssigned': event(67, 0, ofVm),
  'Compute.IpReturned': event(67, 1, ofVm),
  'Compute.IpRetrieved': event(67, 2, ofVm),
  'Compute.IpAdded': event(67, 3, ofIp),
  'Compute.ComputeRequestCreated': event(67, 4, { plan_id: h256, owner: accountId }),
  'Compute.ComputeRequestDeleted': event(67, 5, { request_id: u128, owner: accountId }),
  'Compute.ComputeRequestSubmitted': event(67, 6, { miner: bytes, request_id: u128, owner: accountId }),
  'Compute.ComputeRequestFulfilled': event(67, 7, { node: bytes, request_id: u128, owner: accountId }),
  'Compute.ComputeDeletionRequestRemoved': event(67, 8, ofNode),
  'Compute.ComputeBootRequestRemoved': event(67, 9, ofNode),
  'Compute.ComputeRebootRequestFulfilled': event(67, 10, ofNode),
  'Compute.ComputeResizeRequestFulfilled': event(67, 11, ofNode),
  'Compute.ComputeStopRequested': event(67, 12, ofPlan),
  'Compute.ComputeBootRequested': event(67, 13, ofPlan),
  'Compute.ComputeResizeRequested': event(67, 14, ofPlan),
  'Compute.ComputeDeleteRequested': event(67, 15, ofPlan),
  'Compute.ComputeRebootRequested': event(67, 16, ofPlan),

  'PalletIp.IpAssigned': event(74, 0, ofIp),
  'PalletIp.IpReturned': event(74, 1, ofVm),
  'PalletIp.IpRetrieved': event(74, 2, ofVm),
  'PalletIp.IpAdded': event(74, 3, ofIp),
  'PalletIp.IpRemoved': event(74, 4, ofIp),

  'ExecutionUnit.NodeSpecsStored': event(54, 3, { node_id: bytes }),
  'ExecutionUnit.PinCheckMetricsUpdated': event(54, 5, { node_id: bytes }),
};

export type EventName = keyof typeof events;
export type EventFields<N extends EventName> = (typeof events)[N] extends EventDefinition<infer F> ? F : never;
/** An event of a given name, or any event. */
export type ChainEvent<N extends EventName = EventName> = {
  [K in N]: { readonly name: K; readonly fields: EventFields<K> };
}[N];

/** Error names in the order of their indices; null where an index is not described. */
export const errors = {
  Compute: [
    'NoAvailableIp',
    'VmAlreadyHasIp',
    'VmHasNoIp',
    'IpAlreadyExists',
    'InvalidSignature',
    'ComputeRequestNotFound',
    'ComputeDeletionRequestNotFound',
    'ComputeStopRequestAlreadyExists',
    'ComputeStopRequestNotFound',
    'ComputeBootRequestNotFound',
    'ComputeRebootRequestNotFound',
    'ComputeResizeRequestNotFound',
  ],
  PalletIp: ['NoAvailableIp', 'VmAlreadyHasIp', 'VmHasNoIp', 'IpAlreadyExists', 'RoleAlreadyHasIp'],
  ExecutionUnit: ['MetricsNotFound', null, null, null, null, 'TooManyRequests'],
  Sudo: ['RequireSudo'],
} as const;

export type PalletWithErrors = keyof typeof errors;
/** The names of a pallet's errors. */
export type ErrorName<P extends PalletWithErrors> = Exclude<(typeof errors)[P][number], null>;
