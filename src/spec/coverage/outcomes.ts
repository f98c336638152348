/**
 * Which outcomes each call can have, and what that takes: read from BEHAVIOUR.md (sections 5 to 8), RULES.md and
 * `docs/findings.md`, not from the engine. "Can" is by calls alone, from a state without requests, jobs or metrics: what only
 * storage that somebody injects could bring about is listed as never, with the reason.
 *
 * Most rows are what the call's section says. The few that are more (a lookup that finds an entry of a request that is gone,
 * a job that lost its IP) follow from three facts, each with a name of its own: `twins`, `orphans`, `lostIp`.
 */
import { calls, type CallName } from '../calls.js';
import type { ErrorName, PalletWithErrors } from '../events.js';
import { all, always, any, deployed, need, promised, requests, ruleAt, twins, type Clause } from './clause.js';

/** A module's error as {@link outcomeName} writes it. */
type ModuleError = { [P in PalletWithErrors]: `${P}.${ErrorName<P>}` }[PalletWithErrors];

/** Everything that can become of a call whose fees are paid. */
export type OutcomeName =
  | 'ok'
  | 'BadOrigin'
  | 'Other'
  | 'CannotLookup'
  | 'Arithmetic::Overflow'
  | 'InvalidTransaction::Call'
  | 'panic'
  | ModuleError;

/** No call ever comes to it: why. */
export interface Never {
  readonly never: string;
}

export type Row = Readonly<Partial<Record<OutcomeName, Clause | Never>>>;

const never = (reason: string): Never => ({ never: reason });

/** A status update that DEV-12 refuses is `Other`; so is an id that nobody has, unless DEV-11 gives it a name. */
const unknownId = { asOther: deployed('DEV-11'), asNotFound: promised('DEV-11') };

/**
 * A boot or reboot entry of a request that is gone: the deletion clears the lists of one miner, so another one must have had the
 * VM before. That takes a second fulfilment (so not DEV-12), and a second assignment: of the same request (DEV-05), after a
 * failure that gave it back (DEV-20), or of its twin, whose own deletion then spares the other user's entry (not under DEV-23).
 */
const orphans = all(deployed('DEV-12'), any(deployed('DEV-05'), promised('DEV-20'), all(twins, deployed('DEV-23'))));

/**
 * A deletion entry whose job holds no IP: under DEV-06 a job loses its IP to its own deletion only, or to a failure (DEV-21) that
 * leaves its entry there (DEV-20). Then the VM must get fulfilled all the same: after any status, after a second assignment,
 * or together with a twin.
 */
const lostIp = all(promised('DEV-21'), deployed('DEV-20'), any(deployed('DEV-12'), deployed('DEV-05'), twins));

/** What the origin decides. Sent unsigned, those of Compute that are signed or root's get into no block. */
const byOrigin = (name: CallName): Row => {
  const { origin } = calls[name];
  const refusesUnsigned = name.startsWith('Compute.') && origin !== 'none';
  return {
    // Only root is wrong for a call that is signed, and refused in no other way.
    BadOrigin: origin === 'signed' ? need('root') : always,
    'Sudo.RequireSudo': need('sudo'),
    ...(refusesUnsigned && { 'InvalidTransaction::Call': always }),
  };
};

const ok: Row = { ok: requests };
const notFound: Row = { 'Compute.ComputeRequestNotFound': always };
const signature: Row = { 'Compute.InvalidSignature': promised('DEV-01') };

/** Calls 9, 10, 12: what is asked of a VM. */
const asked: Row = { ...ok, ...notFound, Other: all(promised('DEV-24'), requests) };

const limited: Row = { 'ExecutionUnit.TooManyRequests': all(ruleAt('REV-01', '9006'), need('full blocks')) };
const ofMetrics: Row = { ok: always, ...limited, 'ExecutionUnit.MetricsNotFound': always };

const added: Row = { ok: need('root'), 'PalletIp.IpAlreadyExists': need('root') };
const removed: Row = { ok: need('root'), 'PalletIp.NoAvailableIp': need('root') };

const DECLARED = 'declared by Compute and never returned (DEV-15): the error of that name comes from PalletIp';

const own: Readonly<Record<CallName, Row>> = {
  'Compute.submit_compute_request_assignment': {
    ...ok,
    Other: any(
      unknownId.asOther,
      // Under DEV-05 the request that is found is Pending; a twin of it need not be.
      all(promised('DEV-12'), requests, any(deployed('DEV-05'), twins)),
    ),
    'Compute.ComputeRequestNotFound': any(
      unknownId.asNotFound,
      all(requests, any(promised('DEV-05'), promised('DEV-07'), promised('DEV-19'))),
    ),
    CannotLookup: all(requests, any(promised('DEV-02'), promised('DEV-29'))),
    panic: all(requests, deployed('DEV-02')),
  },
  'Compute.update_miner_compute_request': {
    ...ok,
    ...notFound,
    'PalletIp.VmAlreadyHasIp': requests,
    'PalletIp.NoAvailableIp': requests,
    'Compute.VmAlreadyHasIp': never(DECLARED),
    'Compute.NoAvailableIp': never(DECLARED),
    'PalletIp.RoleAlreadyHasIp': never(
      'declared by PalletIp and never returned (DEV-15): VmAlreadyHasIp comes instead',
    ),
  },
  'Compute.mark_miner_compute_stop_request_fulfilled': {
    ...ok,
    ...signature,
    Other: any(unknownId.asOther, all(promised('DEV-12'), requests)),
    'Compute.ComputeRequestNotFound': unknownId.asNotFound,
    'Compute.ComputeStopRequestNotFound': requests,
  },
  'Compute.submit_compute_deletion_request': {
    ...ok,
    'Compute.ComputeDeletionRequestNotFound': always,
    'PalletIp.VmHasNoIp': all(requests, any(deployed('DEV-06'), lostIp)),
  },
  'Compute.submit_compute_boot_request_fulfillment': {
    ...ok,
    ...signature,
    'Compute.ComputeBootRequestNotFound': always,
    Other: all(
      requests,
      any(
        all(unknownId.asOther, orphans),
        // Asked for only where it is Stopped (DEV-24), it still is when the one entry is answered; twins have one each.
        all(promised('DEV-12'), any(deployed('DEV-24'), twins)),
      ),
    ),
    'Compute.ComputeRequestNotFound': all(requests, unknownId.asNotFound, orphans),
  },
  'Compute.request_compute_stop': {
    ...asked,
    'Compute.ComputeStopRequestAlreadyExists': all(promised('DEV-08'), requests),
  },
  'Compute.request_compute_boot': asked,
  'Compute.request_compute_delete': { ...ok, ...notFound },
  'Compute.request_compute_reboot': asked,
  'Compute.submit_compute_reboot_request_fulfillment': {
    ...ok,
    ...signature,
    'Compute.ComputeRebootRequestNotFound': always,
    // Asked for while it ran (DEV-24), it may have been stopped since.
    Other: all(requests, any(promised('DEV-12'), all(unknownId.asOther, orphans))),
    'Compute.ComputeRequestNotFound': all(requests, unknownId.asNotFound, orphans),
  },
  'Compute.request_compute_resize': { ...ok, ...notFound },
  'Compute.submit_compute_resize_request_fulfillment': {
    ...ok,
    ...signature,
    'Compute.ComputeResizeRequestNotFound': always,
  },
  'Compute.mark_compute_request_fulfilled': {
    ...ok,
    Other: any(unknownId.asOther, all(promised('DEV-12'), requests)),
    'Compute.ComputeRequestNotFound': any(unknownId.asNotFound, requests),
    'Compute.VmHasNoIp': all(promised('DEV-25'), requests),
  },
  'Compute.update_miner_compute_request_hypervisor_ip': { ...ok, ...notFound },
  'Compute.handle_miner_compute_request_failure': {
    ...ok,
    Other: any(unknownId.asOther, all(promised('DEV-12'), requests)),
    'Compute.ComputeRequestNotFound': any(unknownId.asNotFound, requests),
    'PalletIp.VmHasNoIp': never(
      'a job that holds an IP is in AssignedVmIps too: only storage that is written could part them',
    ),
  },
  'Compute.update_miner_compute_request_vnc': { ...ok, ...notFound },
  'Compute.force_request_compute_delete': {
    ok: all(requests, need('root')),
    'Compute.ComputeRequestNotFound': need('root'),
  },
  'PalletIp.add_available_vm_ip': { ...added, 'Compute.IpAlreadyExists': never(DECLARED) },
  'PalletIp.add_available_hypervisor_ip': added,
  'PalletIp.add_available_client_ip': added,
  'PalletIp.add_available_storage_miner_ip': added,
  'PalletIp.remove_available_vm_ip': removed,
  'PalletIp.remove_available_hypervisor_ip': removed,
  'PalletIp.remove_available_client_ip': removed,
  'PalletIp.remove_available_storage_miner_ip': removed,
  'Marketplace.purchase_plan': { ok: always, 'Arithmetic::Overflow': all(promised('DEV-17'), need('last ids')) },
  'ExecutionUnit.put_node_specs': { ok: always, ...limited },
  'ExecutionUnit.update_pin_check_metrics': ofMetrics,
  'ExecutionUnit.update_metrics_data': {
    ...ofMetrics,
    panic: never('it takes 2^32 measurements of a node, or block 0, in which there are no calls'),
  },
};

/** Outcomes that a call can have under some rules, and those that its section or the README make one expect in vain. */
export const outcomesOf = (name: CallName): Row => ({ ...own[name], ...byOrigin(name) });
