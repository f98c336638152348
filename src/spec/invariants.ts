/**
 * What must hold whatever calls do. Each invariant watches one scenario from its first state on; it says what is broken, and how many
 * things it spoke of: one that spoke of nothing has shown nothing.
 */
import { deletionOfOne, minersAuthority, minersOwn, ownVmIsFound, usersAuthority } from './invariants/authority.js';
import { noPanic, noTrace, onceIsOnce, tagsTellApart, unknownIdIsNamed } from './invariants/calls.js';
import { deterministic, served } from './invariants/end.js';
import { entriesAgree, entriesStay } from './invariants/entries.js';
import { changesHaveEvents, eventsAreTrue } from './invariants/events.js';
import { monotonicIds } from './invariants/ids.js';
import type { Invariant } from './invariants/invariant.js';
import { conservation, heldByVms, ipMaps, keptIps, releasedInTime, uniqueIps } from './invariants/ips.js';
import { countersGrow, specsAreStored } from './invariants/metrics.js';
import {
  assignedIfQueued,
  computeMinersOnly,
  minerHonoured,
  noEmptyLists,
  oneEntryEach,
  queueConsistency,
} from './invariants/queues.js';
import { factsStay, lastWish, runningIsStarted, statusMachine } from './invariants/status.js';

export type {
  Finding,
  Invariant,
  Lists,
  Seen,
  SeenAnswer,
  Severity,
  StateView,
  Watchable,
} from './invariants/invariant.js';
export { ACTION_LISTS, type ActionList } from './invariants/invariant.js';

/** Every invariant, by number. */
export const invariants: readonly Invariant[] = [
  uniqueIps,
  monotonicIds,
  queueConsistency,
  conservation,
  ipMaps,
  heldByVms,
  keptIps,
  releasedInTime,
  assignedIfQueued,
  entriesAgree,
  oneEntryEach,
  noEmptyLists,
  minerHonoured,
  computeMinersOnly,
  statusMachine,
  runningIsStarted,
  lastWish,
  factsStay,
  usersAuthority,
  minersAuthority,
  minersOwn,
  ownVmIsFound,
  deletionOfOne,
  noTrace,
  noPanic,
  unknownIdIsNamed,
  onceIsOnce,
  eventsAreTrue,
  changesHaveEvents,
  countersGrow,
  specsAreStored,
  tagsTellApart,
  served,
  deterministic,
  entriesStay,
];
