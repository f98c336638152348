/**
 * In which status a call can meet its request. Of a call with a `request_id` that is the first request with this id in key order,
 * whatever becomes of the call; of calls 9 to 12, 14 and 20 it is the request of the entry that their lookup finds (BEHAVIOUR.md section
 * 3), as its owner has it first. `none` is where nobody has the id, or the lookup finds no entry. Counted is every call
 * that gets as far as to look: not one that is refused for its origin.
 */
import { calls, type CallName } from '../calls.js';
import type { ComputeRequestStatus } from '../types/compute.js';
import { all, always, any, deployed, requests, twins, type Clause } from './clause.js';

/** The status of the request that a call is about. */
export type MetStatus = ComputeRequestStatus | 'none';

/** How a call finds its request. */
export type Meeting = 'named' | 'looked up';

const LOOKUPS: ReadonlySet<CallName> = new Set([
  'Compute.request_compute_stop',
  'Compute.request_compute_boot',
  'Compute.request_compute_delete',
  'Compute.request_compute_reboot',
  'Compute.request_compute_resize',
  'Compute.force_request_compute_delete',
] as const);

/** Null of calls that are about no request. */
export const meetingOf = (name: CallName): Meeting | null => {
  if (LOOKUPS.has(name)) return 'looked up';
  const { shape } = calls[name].args;
  return shape.kind === 'struct' && shape.fields.some((field) => field.name === 'request_id') ? 'named' : null;
};

/** A second entry for a request, or for its twin. */
const again = any(deployed('DEV-05'), twins);

/** Anybody may name any id. `Cancelled` is a status that no call gives: `null`. */
const named: Readonly<Record<MetStatus, Clause | null>> = {
  none: always,
  Pending: requests,
  InProgress: requests,
  Running: requests,
  Stopped: requests,
  Failed: requests,
  Cancelled: null,
};

/**
 * A lookup finds fulfilled entries only, and who is fulfilled runs. Under DEV-12 it then runs or stands for good; a twin that is bought
 * later is pending. Without it, a failure is taken of any VM, whose entry stays unless DEV-20 takes it, and a second
 * assignment makes it `InProgress`.
 */
const lookedUp: Readonly<Record<MetStatus, Clause | null>> = {
  ...named,
  Pending: all(requests, any(all(deployed('DEV-12'), any(deployed('DEV-20'), again)), twins)),
  InProgress: all(requests, deployed('DEV-12'), again),
  Failed: all(requests, deployed('DEV-12'), any(deployed('DEV-20'), again)),
};

/** What it takes to meet each status; null where no call gives it. */
export const statusesOf = (meeting: Meeting): Readonly<Record<MetStatus, Clause | null>> =>
  meeting === 'named' ? named : lookedUp;
