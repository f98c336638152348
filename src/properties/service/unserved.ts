/**
 * What was accepted and is not served, at rest: when `serve` has nothing left to send. Read from the state alone; what the state
 * has lost (a stop that was dropped with another VM's deletion) is seen by `granted.ts`.
 */
import type { State } from '../../engine/state.js';
import { EMPTY, readable, type Hex } from '../../spec/hex.js';
import type { ActionRequest, ComputeRequest, ComputeRequestStatus } from '../../spec/types/compute.js';
import { roomEverywhere } from './serve.js';
import { candidates, type HasRoom } from './validator.js';
import { computeMiners, entriesOf, isComputeMiner, requestsOf, statusOf, type Owned, type World } from './world.js';

/** Sentences, one for each thing that is not served. */
export type Unserved = (world: World, hasRoom?: HasRoom) => readonly string[];

/** Who would serve a request that is pending. */
type FirstChoice = (request: ComputeRequest) => Hex | undefined;

const pending = ({ request }: Owned, firstChoice: FirstChoice): string | null => {
  const node = firstChoice(request);
  return node === undefined ? null : `is Pending, though miner ${readable(node)} could serve it`;
};

const inProgress = (state: State, { request }: Owned): string | null => {
  const entries = entriesOf(state, request.request_id).filter(({ node }) => isComputeMiner(state, node));
  const [first] = entries.filter(({ entry }) => entry.fail_reason === null);
  if (first === undefined) return 'is InProgress, but in the queue of no compute miner that would serve it';
  const { node, entry } = first;
  if (entry.job_id !== null) return `is InProgress, though miner ${readable(node)} has a job for it`;
  const { VmAvailableIps, IpReleaseRequests } = state.PalletIp;
  if (VmAvailableIps.get().length > 0) return 'is InProgress without a job, though an IP is available';
  return IpReleaseRequests.get().length > 0 ? 'is InProgress without a job, though an IP comes back' : null;
};

/** A VM that is there: the miner that was asked for, if one was, has fulfilled it with a job, and the job has an IP of its own. */
const there = (state: State, { request: { request_id, status, miner_id } }: Owned): string | null => {
  const found = entriesOf(state, request_id).find(
    ({ node, entry }) => isComputeMiner(state, node) && entry.fullfilled && entry.job_id !== null,
  );
  if (found === undefined) return `is ${status}, but no compute miner has fulfilled it with a job`;
  const { node, entry } = found;
  if (miner_id !== null && miner_id !== node) {
    return `is ${status} on miner ${readable(node)}, though ${readable(miner_id)} was asked for`;
  }
  const job = entry.job_id ?? EMPTY;
  const ip = state.PalletIp.RoleToIp.get({ Vm: job });
  if (ip === null) return `is ${status}, but its job ${readable(job)} has no IP`;
  const role = state.PalletIp.IpToRole.get(ip);
  const isOwn = role !== null && 'Vm' in role && role.Vm === job;
  return isOwn ? null : `is ${status}, but its IP ${readable(ip)} is no longer its own`;
};

const requestSentence = (state: State, owned: Owned, firstChoice: FirstChoice): string | null => {
  switch (owned.request.status) {
    case 'Pending':
      return pending(owned, firstChoice);
    case 'InProgress':
      return inProgress(state, owned);
    case 'Running':
    case 'Stopped':
      return there(state, owned);
    case 'Failed':
    case 'Cancelled':
      return null;
  }
};

/** In which status of its request an open entry would be served: a reboot of a stopped VM waits for its boot. */
const ACTIONS = [
  ['stop', 'MinerComputeStopRequests', 'Running'],
  ['boot', 'MinerComputeBootRequests', 'Stopped'],
  ['reboot', 'MinerComputeRebootRequests', 'Running'],
] as const satisfies readonly (readonly [string, keyof State['Compute'], ComputeRequestStatus])[];

const openActions = (state: State): readonly string[] =>
  ACTIONS.flatMap(([action, queue, status]) =>
    [...state.Compute[queue].entries()].flatMap(([node, entries]) =>
      entries
        .filter(({ fullfilled, request_id }) => !fullfilled && statusOf(state, request_id) === status)
        .map(({ request_id }) => `the ${action} of request ${request_id} is open on miner ${readable(node)}`),
    ),
  );

const openDeletions = ({ Compute }: State): readonly string[] =>
  [...Compute.MinerComputeDeletionRequests.entries()].flatMap(([node, entries]) =>
    entries.map(({ request_id }) => `the deletion of request ${request_id} is open on miner ${readable(node)}`),
  );

/** The jobs of VMs that are there, or wait for their deletion. */
const jobsOf = (state: State): ReadonlySet<Hex> => {
  const { MinerComputeRequests, MinerComputeDeletionRequests } = state.Compute;
  const entries = MinerComputeRequests.present()
    .flatMap(([, list]) => list)
    .filter(({ fail_reason, request_id }) => fail_reason === null && statusOf(state, request_id) !== undefined);
  const deleted: readonly ActionRequest[] = MinerComputeDeletionRequests.present().flatMap(([, list]) => list);
  return new Set([...entries, ...deleted].flatMap(({ job_id }) => (job_id === null ? [] : [job_id])));
};

/** IPs that do not come back: of VMs that nobody has any more, and of releases that are overdue. */
const lostIps = ({ state, block, releasePeriod }: World): readonly string[] => {
  const jobs = jobsOf(state);
  const held = state.PalletIp.RoleToIp.present().flatMap(([role, ip]) =>
    'Vm' in role && !jobs.has(role.Vm)
      ? [`IP ${readable(ip)} is held by ${readable(role.Vm)}, which is no VM's job`]
      : [],
  );
  const overdue = state.PalletIp.IpReleaseRequests.get()
    .filter(({ created_at }) => created_at + releasePeriod <= block)
    .map(({ ip, created_at }) => `IP ${readable(ip)} awaits its release since block ${created_at}`);
  return [...held.toSorted(), ...overdue];
};

/**
 * What is not served, in sentences; empty where everything is. Not counted as unserved, because nobody has promised more:
 * - a `Pending` request that no registered compute miner may serve: none is there that is not `Degraded` and has room, or the one that the
 *   request names is none of them;
 * - a request that a miner has, without a job, while no IP is available and none awaits its release;
 * - a `Failed` or `Cancelled` request: given up for good (its IP must come back all the same);
 * - an open stop entry of a VM that does not run, a boot entry of one that is not stopped, a reboot entry of one that does not run: they wait
 *   (the last one for the VM's boot); and entries of requests that do not exist, which are INV-03's;
 * - every resize entry: served by nobody.
 */
export const unserved: Unserved = (world, hasRoom = roomEverywhere) => {
  const { state } = world;
  const miners = computeMiners(state);
  const firstChoice: FirstChoice = (request) => candidates(state, miners, request, hasRoom)[0];
  const requests = requestsOf(state).flatMap((owned) => {
    const sentence = requestSentence(state, owned, firstChoice);
    return sentence === null ? [] : [`request ${owned.request.request_id} ${sentence}`];
  });
  return [...requests, ...openActions(state), ...openDeletions(state), ...lostIps(world)];
};
