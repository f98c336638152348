/** Where IPs are, and who holds them. */
import { readable, type Hex } from '../hex.js';
import { firstBroken, ofStates, SILENT, type Invariant, type Seen, type StateView } from './invariant.js';
import { queued, roleText, vmOf } from './reading.js';

/** Each IP with the places where it is. */
const placesOf = (state: StateView): ReadonlyMap<Hex, readonly string[]> => {
  const places = new Map<Hex, string[]>();
  const put = (ip: Hex, place: string): void => void places.set(ip, [...(places.get(ip) ?? []), place]);
  for (const [pool, ips] of Object.entries(state.pools)) for (const ip of ips) put(ip, `in ${pool}`);
  for (const [role, ip] of state.roleToIp) put(ip, `assigned to ${roleText(role)}`);
  for (const [ip, role] of state.ipToRole) {
    const place = `assigned to ${roleText(role)}`;
    if (places.get(ip)?.includes(place) !== true) put(ip, `${place} by IpToRole alone`);
  }
  for (const { ip, vm_name } of state.releases) put(ip, `awaiting release by ${readable(vm_name)}`);
  return places;
};

export const uniqueIps: Invariant = {
  id: 'INV-01',
  name: 'unique IPs',
  statement: 'An IP belongs to at most one VM and is in one place only: available, assigned, or awaiting release.',
  antecedent: 'an IP is known to PalletIp',
  requirements: ['REQ-OVERVIEW-5', 'REQ-IP-1', 'REQ-IP-3', 'REQ-ENTRY-8'],
  severity: 'critical',
  brokenBy: ['DEV-03'],
  watch: ofStates((state) => {
    const places = placesOf(state);
    for (const [ip, at] of places) {
      if (at.length > 1) return { broken: `IP ${readable(ip)} is ${at.join(' and ')}`, spoke: places.size };
    }
    return { broken: null, spoke: places.size };
  }),
};

/** Every IP, as often as it is somewhere. */
const ipsOf = (state: StateView): Hex[] =>
  [
    ...Object.values(state.pools).flat(),
    ...state.roleToIp.map(([, ip]) => ip),
    ...state.releases.map(({ ip }) => ip),
  ].toSorted();

/** The IP that root put into a pool, or took from one. */
const addedOrRemoved = ({ step, answer }: Seen): { added?: Hex; removed?: Hex } => {
  if (step === null || !('call' in step) || answer === null || !('ok' in answer.outcome)) return {};
  const { call } = step;
  if (!('ip' in call.args)) return {};
  if (call.name.startsWith('PalletIp.add_')) return { added: call.args.ip };
  return call.name.startsWith('PalletIp.remove_') ? { removed: call.args.ip } : {};
};

export const conservation: Invariant = {
  id: 'INV-04',
  name: 'conservation of IPs',
  statement: 'IPs come and go by the calls that add and remove them alone: none is lost, none is made.',
  antecedent: 'an IP is known to PalletIp',
  requirements: [],
  severity: 'critical',
  brokenBy: [],
  watch: () => (seen) => {
    const { step, before, state, hasChanged } = seen;
    if (!hasChanged || step === null || 'inject' in step) return SILENT;
    const { added, removed } = addedOrRemoved(seen);
    const expected = ipsOf(before);
    if (added !== undefined) expected.push(added);
    if (removed !== undefined) expected.splice(expected.indexOf(removed), 1);
    const [wanted, have] = [expected.toSorted().map(readable).join(', '), ipsOf(state).map(readable).join(', ')];
    const broken = wanted === have ? null : `the IPs are [${have}] where there should be [${wanted}]`;
    return { broken, spoke: expected.length };
  },
};

export const ipMaps: Invariant = {
  id: 'INV-05',
  name: 'IP maps agree',
  statement: 'IpToRole and RoleToIp are inverse of each other, and AssignedVmIps has the VMs in them, each once.',
  antecedent: 'an IP is assigned',
  requirements: ['REQ-IP-1'],
  severity: 'high',
  brokenBy: ['DEV-03'],
  watch: ofStates(({ ipToRole, roleToIp, assignedVms }) => {
    const byRole = roleToIp.map(([role, ip]) => `${roleText(role)} holds ${readable(ip)}`).toSorted();
    const byIp = ipToRole.map(([ip, role]) => `${roleText(role)} holds ${readable(ip)}`).toSorted();
    const vms = roleToIp.flatMap(([role]) => vmOf(role) ?? []).toSorted();
    const names = assignedVms.toSorted();
    return firstBroken(byRole.length + byIp.length + names.length, [
      byRole.join() === byIp.join() ? null : `RoleToIp says [${byRole.join(', ')}], IpToRole [${byIp.join(', ')}]`,
      vms.join() === names.join()
        ? null
        : `AssignedVmIps has [${names.map(readable).join(', ')}], RoleToIp [${vms.map(readable).join(', ')}]`,
    ]);
  }),
};

/** The jobs of VMs that have not failed, and of those whose deletion is to come. */
const jobsOf = (state: StateView): ReadonlySet<Hex> =>
  new Set([
    ...queued(state.minerQueue).flatMap(({ entry }) => (entry.fail_reason === null ? (entry.job_id ?? []) : [])),
    ...queued(state.deletionQueue).flatMap(({ entry }) => entry.job_id ?? []),
  ]);

export const heldByVms: Invariant = {
  id: 'INV-06',
  name: 'IPs come back',
  statement: 'Who holds an IP is the job of a VM that has not failed, or whose deletion is to be confirmed.',
  antecedent: 'a VM holds an IP',
  requirements: [],
  severity: 'high',
  brokenBy: ['DEV-06', 'DEV-21', 'DEV-22'],
  watch: ofStates((state) => {
    const jobs = jobsOf(state);
    const holders = state.roleToIp.flatMap(([role, ip]) => {
      const vm = vmOf(role);
      return vm === null ? [] : [{ vm, ip }];
    });
    const orphan = holders.find(({ vm }) => !jobs.has(vm));
    const broken =
      orphan === undefined
        ? null
        : `IP ${readable(orphan.ip)} is held by ${readable(orphan.vm)}, which no VM has as its job: it never comes back`;
    return { broken, spoke: holders.length };
  }),
};

export const keptIps: Invariant = {
  id: 'INV-07',
  name: 'a VM keeps its IP',
  statement: 'A VM that has a job and has not failed holds the IP that it was given.',
  antecedent: "a miner's entry has a job",
  requirements: ['REQ-ENTRY-8'],
  severity: 'critical',
  brokenBy: ['DEV-06'],
  watch: ofStates((state) => {
    const ipOf = new Map(state.roleToIp.flatMap(([role, ip]) => (vmOf(role) === null ? [] : [[vmOf(role), ip]])));
    const started = queued(state.minerQueue).filter(({ entry }) => entry.job_id !== null && entry.fail_reason === null);
    const robbed = started.find(({ entry }) => ipOf.get(entry.job_id) !== entry.ip_assigned);
    const broken = robbed
      ? `request ${robbed.entry.request_id} was given IP ${readable(robbed.entry.ip_assigned ?? '0x')}, ` +
        `which its job ${readable(robbed.entry.job_id ?? '0x')} does not hold`
      : null;
    return { broken, spoke: started.length };
  }),
};

export const releasedInTime: Invariant = {
  id: 'INV-08',
  name: 'released in time',
  statement:
    'An IP that awaits its release is available again when the release period is over, not before and not later.',
  antecedent: 'an IP awaits its release',
  requirements: [],
  severity: 'medium',
  brokenBy: [],
  watch: () => (seen) => {
    const { step, before, state, hasChanged, block, releasePeriod } = seen;
    if (!hasChanged || releasePeriod === null || step === null || 'inject' in step) return SILENT;
    const late = state.releases.find(({ created_at }) => created_at + releasePeriod <= block);
    const early = before.releases.find(
      ({ ip, created_at }) =>
        created_at + releasePeriod > block &&
        !state.releases.some((each) => each.ip === ip && each.created_at === created_at),
    );
    return firstBroken(before.releases.length + state.releases.length, [
      late ? `IP ${readable(late.ip)} still awaits its release in block ${block}` : null,
      early ? `IP ${readable(early.ip)} awaits its release no longer in block ${block}` : null,
    ]);
  },
};
