/**
 * Bugs of the lab runtime: put in on purpose, each behind a number that `?mutant=N` sets. A behavioural one shows in answers, events,
 * storage or the pool with all rules as deployed; one that only costs, in counted storage operations. The other half of the table is
 * `runtime/src/pallets/lab/mutants.rs`, where each has the same number, the same name and the same words.
 */

export interface Mutant {
  /** Below 101 what changes behaviour, from 101 on what only costs. */
  readonly number: number;
  readonly name: string;
  /** The call, hook or lookup that is wrong; `*` where it is each call of a family. */
  readonly where: string;
  readonly kind: 'behaviour' | 'cost';
  /** What is wrong. */
  readonly description: string;
  /** Invariants that it was seen to break where every rule is as promised; they hold without it. */
  readonly breaks: readonly string[];
}

type Bug = readonly [number: number, name: string, description: string];

/** By where they are. */
const bugs: Readonly<Record<string, readonly Bug[]>> = {
  'PalletIp hook': [
    [1, 'LateRelease', "PalletIp's hook returns a released IP one block late."],
    [57, 'HookLeavesKey', 'The hook does not write `IpReleaseRequests` where nothing waits.'],
    [58, 'HookReturnsOne', 'The hook returns at most one IP in a block.'],
    [59, 'HookReturnsOnce', 'The hook does not return an IP that is available already.'],
  ],
  'Compute.submit_compute_boot_request_fulfillment': [
    [2, 'BootKeepsStatus', "Boot fulfilment (call 8) leaves the request's status as it was."],
    [17, 'BootTellsReboot', 'Boot fulfilment (call 8) has the event of reboot fulfilment.'],
  ],
  'Compute.request_compute_stop': [
    [
      3,
      'StopCallerIsOwner',
      'The event of `request_compute_stop` (call 9) names the main account as caller, not the signer.',
    ],
    [101, 'ScanBeforeStop', "`request_compute_stop` (call 9) first reads every user's requests."],
  ],
  'Marketplace.purchase_plan': [
    [4, 'IdsWrap', '`NextRequestId` wraps to 0 where it should stay at the largest id (creation).'],
    [
      5,
      'NoWishIsEmptyWish',
      'A request that names no miner is stored as one that names a miner with an empty id (creation).',
    ],
    [6, 'PayForIgnored', "`purchase_plan` does not look at `pay_for`: the request is the signer's."],
  ],
  'Compute.submit_compute_request_assignment': [
    [7, 'EntryAtFront', "An assignment (call 3) goes to the front of the miner's list."],
    [
      8,
      'NodeBeforeRequest',
      'An assignment (call 3) looks its node up before the request, so that an unknown node panics first.',
    ],
    [9, 'EntryIdTruncated', "The miner's entry has the low 32 bits of the request's id (call 3)."],
    [
      12,
      'SubmittedNamesHolder',
      "The event of an assignment (call 3) names the request's owner, not the one that was given.",
    ],
  ],
  'registration lookup': [
    [10, 'ColdkeyIgnored', 'A registration by a cold key is not looked at: such a node is unknown (call 3).'],
    [
      11,
      'NodeBeforeColdkey',
      "Of a node that is registered twice, the cold key's registration does not come first (call 3).",
    ],
  ],
  'Compute.update_miner_compute_request': [
    [13, 'IpNotNoted', "The miner's entry does not note the IP (call 4)."],
    [14, 'JobToldLate', "The IP's event comes before that of the job (call 4)."],
    [
      15,
      'JobSurvives',
      'The job, the IP and the event stay where PalletIp then refuses the call (call 4): a rollback that is none.',
    ],
  ],
  'Compute.mark_miner_compute_stop_request_fulfilled': [
    [
      16,
      'StopSurvives',
      'The new status stays where the stop entry then is not found (call 5): a rollback that is none.',
    ],
  ],
  'Compute.submit_compute_reboot_request_fulfillment': [
    [18, 'RebootToldTwice', 'Reboot fulfilment (call 13) has its event twice.'],
  ],
  'Compute.submit_compute_resize_request_fulfillment': [
    [19, 'ResizeRuns', 'Resize fulfilment (call 15) sets the status to `Running`.'],
    [20, 'ResizeUntold', 'Resize fulfilment (call 15) has no event.'],
  ],
  'Compute.mark_compute_request_fulfilled': [
    [
      21,
      'EntryBeforeStatus',
      "Fulfilment (call 16) looks for the miner's entry before the request: another error wins.",
    ],
  ],
  'Compute.update_miner_compute_request_hypervisor_ip': [
    [22, 'HypervisorIpAsVmIp', "The hypervisor's IP is stored as that of the VM (call 17)."],
  ],
  'Compute.handle_miner_compute_request_failure': [
    [
      23,
      'FailReasonEquals',
      'A failure (call 18) is final only where its reason is the text as a whole, not where it contains it.',
    ],
    [24, 'FailReasonLossy', 'A reason that is no UTF-8 is stored with U+FFFD for what does not decode (call 18).'],
  ],
  'Compute.update_miner_compute_request_vnc': [
    [25, 'VncPortTruncated', 'Of a VNC port (call 19) the low 32 bits are stored.'],
  ],
  'miner entry by id': [
    [
      26,
      'LastEntryChanged',
      "Of several entries with one id in a miner's list, reports change the last (calls 4, 16 to 19).",
    ],
  ],
  'Compute queues': [
    [
      27,
      'FulfilledAgain',
      'A stop, boot, reboot or resize entry that is fulfilled can be fulfilled again (calls 5, 8, 13, 15).',
    ],
    [
      28,
      'OpenEntryNotSeen',
      'A repeated stop, boot, reboot or resize is queued again though an entry is open (calls 9, 10, 12, 14).',
    ],
    [
      29,
      'OpenEntryOfAnybody',
      "An open entry of another user for the same plan keeps one's own out of the queue (calls 9, 10, 12, 14).",
    ],
    [33, 'ActionAsOldAsVm', "Queued entries are as old as the VM's entry, not as the call (calls 9 to 12, 14, 20)."],
  ],
  'Compute.request_compute_boot': [[30, 'BootWithoutJob', "A boot entry (call 10) does not have the VM's job."]],
  'Compute.request_compute_reboot': [
    [31, 'RebootForSigner', "`request_compute_reboot` (call 12) does not look up the signer's main account."],
  ],
  'Compute.request_compute_resize': [[32, 'ResizeTruncated', 'Of a new size (call 14) the low 16 bits are stored.']],
  'Compute.request_compute_delete': [
    [34, 'DeleteSwapsOwnerAndCaller', '`ComputeDeleteRequested` has its owner and its caller swapped (call 11).'],
  ],
  'Compute deletion': [
    [35, 'DeleteToldBackwards', 'The two events of a deletion come in the other order (calls 11, 20).'],
    [36, 'DeleteKeepsResizes', 'A deletion does not touch the list of resize entries (calls 11, 20).'],
    [37, 'DeleteKeepsSecond', "A deletion takes only the first of the miner's entries with the id (calls 11, 20)."],
    [38, 'DeleteForgetsOwner', "A deletion that empties the owner's list removes its key (calls 11, 20)."],
  ],
  'Compute.force_request_compute_delete': [
    [39, 'ForcedForMainAccount', "`force_request_compute_delete` (call 20) looks up the account's main account."],
    [40, 'ForcedByAnybody', '`force_request_compute_delete` (call 20) does not check its origin.'],
  ],
  'Compute.submit_compute_deletion_request': [
    [41, 'DeletionKeepsKey', "A confirmed deletion that empties the miner's list leaves its key (call 6)."],
    [
      42,
      'DeletionSwallowsNoIp',
      "A confirmed deletion of a VM that holds no IP succeeds (call 6): PalletIp's error is swallowed.",
    ],
  ],
  'status update': [
    [
      43,
      'StatusOfFirstOwner',
      "Where several owners have the id, only the first one's request is updated (calls 3, 5, 8, 13, 16, 18).",
    ],
  ],
  'request by id': [
    [44, 'LastOwnerFound', 'Where several owners have the id, events name the last (calls 4, 6, 8, 13, 15, 16).'],
  ],
  'miner entry of an account and a plan': [
    [
      45,
      'LastMinerFound',
      "Where an account has VMs of a plan on several miners, the last miner's is meant (calls 9 to 12, 14, 20).",
    ],
    [46, 'UnfulfilledFound', 'A VM that is not fulfilled is found, too (calls 9 to 12, 14, 20).'],
    [
      47,
      'RequestPlanIgnored',
      'A VM is found under the plan of its assignment, whatever plan its request has (calls 9 to 12, 14, 20).',
    ],
  ],
  'main account': [
    [
      48,
      'SubAccountOfSubAccount',
      "The main account's own main account is looked up, too (calls 9 to 12, 14, `purchase_plan`).",
    ],
  ],
  'PalletIp.add_available_*': [[49, 'AddedTwice', 'An IP can be added to a pool that has it (calls 0 to 3).']],
  'PalletIp.add_available_client_ip': [
    [50, 'ClientIpToHypervisors', "`add_available_client_ip` (call 2) adds to the hypervisors' pool."],
  ],
  'PalletIp.remove_available_*': [
    [51, 'RemoveDropsKey', 'A pool that empties has no key (calls 4 to 7).'],
    [
      52,
      'RemoveSwallowed',
      'Removing an IP that is not there succeeds, without event (calls 4 to 7): the error is swallowed.',
    ],
  ],
  'PalletIp.remove_available_storage_miner_ip': [
    [53, 'StorageMinerIpFromClients', "`remove_available_storage_miner_ip` (call 7) removes from the clients' pool."],
  ],
  'PalletIp assignment': [
    [
      54,
      'AssignChecksPoolFirst',
      'Assigning an IP to a VM asks for the IP before it asks whether the VM has one: another error wins.',
    ],
    [55, 'AssignKeepsOldRole', 'Assigning an IP that another VM holds, too, leaves `IpToRole` with that VM.'],
  ],
  'PalletIp release': [
    [56, 'ReleaseKeepsForeignRole', 'Releasing an IP leaves `IpToRole` where by now it names another VM.'],
  ],
  'ExecutionUnit.put_node_specs': [
    [60, 'UsedStorageSaturates', 'Storage in use saturates at 0 where more is free than there is (call 1).'],
    [61, 'LocationStays', 'Network details without `loc` leave the location as it was (call 1).'],
  ],
  'ExecutionUnit.update_pin_check_metrics': [
    [62, 'PinChecksSwapped', 'The two counts of pin checks are swapped (call 2).'],
    [63, 'MetricsMakeRecord', 'Metrics of a node without a record make one (calls 2, 3).'],
  ],
  'ExecutionUnit.update_metrics_data': [
    [64, 'MostIsMeasured', '`u32::MAX` counts as measured (calls 1, 3).'],
    [65, 'AverageRounded', 'The average response time is rounded to the nearest, not down (call 3).'],
    [66, 'ChallengesSet', 'Failed challenges are set, not added (call 3).'],
  ],
  'pool tags': [
    [67, 'TagWithoutStamp', "The tags of Compute's calls have no stamp."],
    [68, 'TagOfParentBlock', "The tags of Compute's calls have the number of the block before."],
    [69, 'TagLivesLonger', 'Unsigned calls are valid for one block more.'],
    [70, 'JobTagSwapped', 'The tag of call 4 has the IP before the job.'],
    [71, 'StopTagPrefix', 'The tag of call 5 has the prefix of call 8.'],
    [72, 'VmNameRaw', "The tag of call 6 has the VM's name without its length."],
    [73, 'VncTagWithoutPort', 'The tag of call 19 has no port.'],
    [74, 'MetricsTagWithoutBlock', "The tags of ExecutionUnit's calls have no block number."],
  ],
};

/**
 * By invariant, the bugs that break it under `promised`: those that a search on the lab runtime came upon. It shows them again in
 * `test/properties/mutants-break.test.ts`. What breaks none is found where the runtime is held against the engine.
 */
const breaking: Readonly<Record<string, readonly number[]>> = {
  'INV-03': [9, 36],
  'INV-04': [50, 52],
  'INV-07': [13, 15, 22],
  'INV-08': [1, 58],
  'INV-09': [9],
  'INV-10': [10, 11, 46],
  'INV-11': [28],
  'INV-12': [41],
  'INV-15': [2],
  'INV-16': [13],
  'INV-17': [2, 28],
  'INV-18': [5, 6, 48],
  'INV-19': [6, 31, 39, 48],
  'INV-21': [9],
  'INV-22': [31, 46, 48],
  'INV-24': [15],
  'INV-26': [9, 36],
  'INV-27': [28],
  'INV-28': [3, 9, 17, 18, 31, 34, 39, 48],
  'INV-29': [17, 20],
  'INV-30': [62, 66],
  'INV-31': [63],
  'INV-33': [1, 9, 10, 11, 58],
  'INV-35': [13, 15, 22, 25, 29, 30, 32, 33, 48],
};

/** Where those that only cost begin. */
const COSTS = 101;

/** All of them, by number. */
export const mutants: readonly Mutant[] = Object.entries(bugs)
  .flatMap(([where, each]) =>
    each.map(([number, name, description]): Mutant => {
      const kind = number < COSTS ? 'behaviour' : 'cost';
      const breaks = Object.keys(breaking).filter((invariant) => breaking[invariant]?.includes(number));
      return { number, name, where, kind, description, breaks };
    }),
  )
  .toSorted((left, right) => left.number - right.number);
