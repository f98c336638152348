/** Where IPs are, and who holds them. */
import type { Call } from '../calls.js';
import { readable, type Hex } from '../hex.js';
import type { RoleType } from '../types/pallet-ip.js';
import { firstBroken, ofStates, SILENT, type Invariant, type Seen, type StateView } from './invariant.js';
import { isEqual, roleText, vmOf, without } from './reading.js';

const VM_POOL = 'VmAvailableIps';

type Roles = StateView['roleToIp'];

const holds = (roleToIp: Roles, role: RoleType, ip: Hex): boolean =>
  roleToIp.some(([other, of]) => of === ip && isEqual(other, role));

/** Each place of an IP: a role is one, and another one where `IpToRole` alone says so. */
const places = function* ({ pools, roleToIp, ipToRole, releases }: StateView): Generator<readonly [Hex, () => string]> {
  for (const [pool, ips] of Object.entries(pools)) for (const ip of ips) yield [ip, () => `in ${pool}`];
  for (const [role, ip] of roleToIp) yield [ip, () => `assigned to ${roleText(role)}`];
  for (const [ip, role] of ipToRole) {
    if (!holds(roleToIp, role, ip)) yield [ip, () => `assigned to ${roleText(role)} by IpToRole alone`];
  }
  for (const { ip, vm_name } of releases) yield [ip, () => `awaiting release by ${readable(vm_name)}`];
};

export const uniqueIps: Invariant = {
  id: 'INV-01',
  name: 'unique IPs',
  statement: 'An IP belongs to at most one VM and is in one place only: available, assigned, or awaiting release.',
  antecedent: 'an IP is known to PalletIp',
  requirements: ['REQ-OVERVIEW-5', 'REQ-IP-1', 'REQ-IP-3', 'REQ-ENTRY-8'],
  severity: 'critical',
  brokenBy: ['DEV-03'],
  watch: ofStates(['pools', 'roleToIp', 'ipToRole', 'releases'], (state) => {
    const seen = new Map<Hex, () => string>();
    let broken: string | null = null;
    for (const [ip, place] of places(state)) {
      const other = seen.get(ip);
      if (other && broken === null) broken = `IP ${readable(ip)} is ${other()} and ${place()}`;
      seen.set(ip, place);
    }
    return { broken, spoke: seen.size };
  }),
};

/** The IPs that VMs have, had, or can have. */
const ofVms = ({ pools, roleToIp, releases }: StateView): readonly Hex[] => [
  ...(pools[VM_POOL] ?? []),
  ...roleToIp.map(([, ip]) => ip),
  ...releases.map(({ ip }) => ip),
];

const POOL_OF: Readonly<Record<string, string>> = {
  vm: VM_POOL,
  hypervisor: 'AvailableHypervisorIps',
  client: 'AvailableClientIps',
  storage_miner: 'AvailableStorageMinerIps',
};

interface PoolChange {
  readonly pool: string;
  readonly isAdded: boolean;
  readonly ip: Hex;
}

const poolChange = (call: Call): PoolChange | null => {
  const [, verb, of] = /^PalletIp\.(add|remove)_available_(\w+)_ip$/.exec(call.name) ?? [];
  const pool = POOL_OF[of ?? ''];
  return pool !== undefined && 'ip' in call.args ? { pool, isAdded: verb === 'add', ip: call.args.ip } : null;
};

/** What root put into a pool, or took from one. */
const changeBy = ({ step, answer }: Seen): PoolChange | null =>
  step !== null && 'call' in step && answer !== null && 'ok' in answer.outcome ? poolChange(step.call) : null;

const ipsText = (ips: readonly Hex[]): string => `[${ips.map(readable).toSorted().join(', ')}]`;

const lostOrMade = (place: string, was: readonly Hex[], is: readonly Hex[], change: PoolChange | null) => {
  const [lost, made] = [without(was, is), without(is, was)];
  const [wantedLost, wantedMade] = change === null ? [[], []] : change.isAdded ? [[], [change.ip]] : [[change.ip], []];
  if (isEqual(lost, wantedLost) && isEqual(made, wantedMade)) return null;
  return `${place} are ${ipsText(is)} where they were ${ipsText(was)}`;
};

const CIRCLE: readonly (keyof StateView)[] = ['pools', 'roleToIp', 'releases'];

export const conservation: Invariant = {
  id: 'INV-04',
  name: 'conservation of IPs',
  statement:
    'IPs come and go by the calls that add and remove them alone, in the pool that these name; those of VMs are available, ' +
    'assigned or awaiting release: none is lost, none is made.',
  antecedent: 'an IP is known to PalletIp',
  requirements: [],
  severity: 'critical',
  brokenBy: [],
  watch: () => (seen) => {
    const { step, before, state } = seen;
    if (step === null || 'inject' in step) return SILENT;
    const change = changeBy(seen);
    if (change === null && CIRCLE.every((part) => before[part] === state[part])) return SILENT;
    const changeOf = (pool: string): PoolChange | null => (change?.pool === pool ? change : null);
    const [were, are] = [ofVms(before), ofVms(state)];
    const others = Object.keys(state.pools).filter((pool) => pool !== VM_POOL);
    const spoke = others.reduce((sum, pool) => sum + (state.pools[pool]?.length ?? 0), are.length);
    return firstBroken(Math.max(1, spoke), [
      lostOrMade('the IPs of VMs', were, are, changeOf(VM_POOL)),
      ...others.map((pool) =>
        lostOrMade(`the IPs in ${pool}`, before.pools[pool] ?? [], state.pools[pool] ?? [], changeOf(pool)),
      ),
    ]);
  },
};

const rolesText = (roles: readonly (readonly [RoleType, Hex])[]): string =>
  `[${roles
    .map(([role, ip]) => `${roleText(role)} holds ${readable(ip)}`)
    .toSorted()
    .join(', ')}]`;

const sortedVms = (roleToIp: Roles): readonly Hex[] => roleToIp.flatMap(([role]) => vmOf(role) ?? []).toSorted();

export const ipMaps: Invariant = {
  id: 'INV-05',
  name: 'IP maps agree',
  statement: 'IpToRole and RoleToIp are inverse of each other, and AssignedVmIps has the VMs in them, each once.',
  antecedent: 'an IP is assigned',
  requirements: ['REQ-IP-1', 'REQ-IP-2'],
  severity: 'high',
  brokenBy: ['DEV-03'],
  watch: ofStates(['ipToRole', 'roleToIp', 'assignedVms'], ({ ipToRole, roleToIp, assignedVms }) => {
    const byIp = ipToRole.map(([ip, role]) => [role, ip] as const);
    const areInverse = byIp.length === roleToIp.length && byIp.every(([role, ip]) => holds(roleToIp, role, ip));
    const [vms, names] = [sortedVms(roleToIp), assignedVms.toSorted()];
    return firstBroken(roleToIp.length + byIp.length + names.length, [
      areInverse ? null : `RoleToIp says ${rolesText(roleToIp)}, IpToRole ${rolesText(byIp)}`,
      isEqual(vms, names) ? null : `AssignedVmIps has ${ipsText(names)}, RoleToIp ${ipsText(vms)}`,
    ]);
  }),
};

/** The jobs of VMs that have not failed, and of those whose deletion is to come. */
const jobsOf = ({ minerQueue, deletionQueue }: StateView): ReadonlySet<Hex | null> => {
  const jobs = new Set<Hex | null>();
  for (const [, entries] of minerQueue) {
    for (const { job_id, fail_reason } of entries) if (fail_reason === null) jobs.add(job_id);
  }
  for (const [, entries] of deletionQueue) for (const { job_id } of entries) jobs.add(job_id);
  return jobs;
};

export const heldByVms: Invariant = {
  id: 'INV-06',
  name: 'IPs come back',
  statement: 'Who holds an IP is the job of a VM that has not failed, or whose deletion is to be confirmed.',
  antecedent: 'a VM holds an IP',
  requirements: [],
  severity: 'high',
  brokenBy: ['DEV-06', 'DEV-20', 'DEV-21', 'DEV-22'],
  watch: ofStates(['roleToIp', 'minerQueue', 'deletionQueue'], (state) => {
    if (state.roleToIp.length === 0) return SILENT;
    const jobs = jobsOf(state);
    let spoke = 0;
    let broken: string | null = null;
    for (const [role, ip] of state.roleToIp) {
      const vm = vmOf(role);
      if (vm === null) continue;
      spoke += 1;
      if (!jobs.has(vm))
        broken ??= `IP ${readable(ip)} is held by ${readable(vm)}, which no VM has as its job: it never comes back`;
    }
    return { broken, spoke };
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
  watch: ofStates(['roleToIp', 'minerQueue'], ({ roleToIp, minerQueue }) => {
    let spoke = 0;
    let broken: string | null = null;
    for (const [, entries] of minerQueue) {
      for (const { job_id, ip_assigned, fail_reason, request_id } of entries) {
        if (job_id === null || fail_reason !== null) continue;
        spoke += 1;
        const [, held = null] = roleToIp.find(([role]) => vmOf(role) === job_id) ?? [];
        if (held !== null && held === ip_assigned) continue;
        const given = ip_assigned === null ? 'no IP' : `IP ${readable(ip_assigned)}`;
        const has = held === null ? 'none' : readable(held);
        broken ??= `request ${request_id} was given ${given}, and its job ${readable(job_id)} holds ${has}`;
      }
    }
    return { broken, spoke };
  }),
};

/** What must be so of an IP that awaited its release before. */
const awaited = ({ before, state, block }: Seen, releasePeriod: bigint): (string | null)[] =>
  without(before.releases, state.releases).map(({ ip, created_at }) => {
    if (created_at + releasePeriod > block) return `IP ${readable(ip)} awaits its release no longer in block ${block}`;
    const isAvailable = state.pools[VM_POOL]?.includes(ip) === true;
    return isAvailable ? null : `IP ${readable(ip)} awaits its release no longer, and is not available`;
  });

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
    const { step, before, state, block, releasePeriod } = seen;
    if (releasePeriod === null || step === null || 'inject' in step) return SILENT;
    if (before.releases.length + state.releases.length === 0) return SILENT;
    const late = state.releases.find(({ created_at }) => created_at + releasePeriod <= block);
    return firstBroken(before.releases.length + state.releases.length, [
      late ? `IP ${readable(late.ip)} still awaits its release in block ${block}` : null,
      ...awaited(seen, releasePeriod),
    ]);
  },
};
