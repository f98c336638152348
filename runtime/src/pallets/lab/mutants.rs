// SPDX-License-Identifier: Apache-2.0
//! Bugs put in on purpose: each has a number, a line that says what is wrong, and one place in the code. Each shows with all
//! rules as deployed. `src/spec/mutants.ts` of the suite has the same table.

/// A bug by its number. A suite that lets one live is not finished.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub enum Mutant {
	/// PalletIp's hook returns a released IP one block late.
	LateRelease = 1,
	/// Boot fulfilment (call 8) leaves the request's status as it was.
	BootKeepsStatus = 2,
	/// The event of `request_compute_stop` (call 9) names the main account as caller, not the signer.
	StopCallerIsOwner = 3,

	// Creation.
	/// `NextRequestId` wraps to 0 where it should stay at the largest id (creation).
	IdsWrap = 4,
	/// A request that names no miner is stored as one that names a miner with an empty id (creation).
	NoWishIsEmptyWish = 5,
	/// `purchase_plan` does not look at `pay_for`: the request is the signer's.
	PayForIgnored = 6,

	// Assignment, and who a node is.
	/// An assignment (call 3) goes to the front of the miner's list.
	EntryAtFront = 7,
	/// An assignment (call 3) looks its node up before the request, so that an unknown node panics first.
	NodeBeforeRequest = 8,
	/// The miner's entry has the low 32 bits of the request's id (call 3).
	EntryIdTruncated = 9,
	/// A registration by a cold key is not looked at: such a node is unknown (call 3).
	ColdkeyIgnored = 10,
	/// Of a node that is registered twice, the cold key's registration does not come first (call 3).
	NodeBeforeColdkey = 11,
	/// The event of an assignment (call 3) names the request's owner, not the one that was given.
	SubmittedNamesHolder = 12,

	// What miners report.
	/// The miner's entry does not note the IP (call 4).
	IpNotNoted = 13,
	/// The IP's event comes before that of the job (call 4).
	JobToldLate = 14,
	/// The job, the IP and the event stay where PalletIp then refuses the call (call 4): a rollback that is none.
	JobSurvives = 15,
	/// The new status stays where the stop entry then is not found (call 5): a rollback that is none.
	StopSurvives = 16,
	/// Boot fulfilment (call 8) has the event of reboot fulfilment.
	BootTellsReboot = 17,
	/// Reboot fulfilment (call 13) has its event twice.
	RebootToldTwice = 18,
	/// Resize fulfilment (call 15) sets the status to `Running`.
	ResizeRuns = 19,
	/// Resize fulfilment (call 15) has no event.
	ResizeUntold = 20,
	/// Fulfilment (call 16) looks for the miner's entry before the request: another error wins.
	EntryBeforeStatus = 21,
	/// The hypervisor's IP is stored as that of the VM (call 17).
	HypervisorIpAsVmIp = 22,
	/// A failure (call 18) is final only where its reason is the text as a whole, not where it contains it.
	FailReasonEquals = 23,
	/// A reason that is no UTF-8 is stored with U+FFFD for what does not decode (call 18).
	FailReasonLossy = 24,
	/// Of a VNC port (call 19) the low 32 bits are stored.
	VncPortTruncated = 25,
	/// Of several entries with one id in a miner's list, reports change the last (calls 4, 16 to 19).
	LastEntryChanged = 26,
	/// A stop, boot, reboot or resize entry that is fulfilled can be fulfilled again (calls 5, 8, 13, 15).
	FulfilledAgain = 27,

	// What users ask.
	/// A repeated stop, boot, reboot or resize is queued again though an entry is open (calls 9, 10, 12, 14).
	OpenEntryNotSeen = 28,
	/// An open entry of another user for the same plan keeps one's own out of the queue (calls 9, 10, 12, 14).
	OpenEntryOfAnybody = 29,
	/// A boot entry (call 10) does not have the VM's job.
	BootWithoutJob = 30,
	/// `request_compute_reboot` (call 12) does not look up the signer's main account.
	RebootForSigner = 31,
	/// Of a new size (call 14) the low 16 bits are stored.
	ResizeTruncated = 32,
	/// Queued entries are as old as the VM's entry, not as the call (calls 9 to 12, 14, 20).
	ActionAsOldAsVm = 33,

	// Deletion.
	/// `ComputeDeleteRequested` has its owner and its caller swapped (call 11).
	DeleteSwapsOwnerAndCaller = 34,
	/// The two events of a deletion come in the other order (calls 11, 20).
	DeleteToldBackwards = 35,
	/// A deletion does not touch the list of resize entries (calls 11, 20).
	DeleteKeepsResizes = 36,
	/// A deletion takes only the first of the miner's entries with the id (calls 11, 20).
	DeleteKeepsSecond = 37,
	/// A deletion that empties the owner's list removes its key (calls 11, 20).
	DeleteForgetsOwner = 38,
	/// `force_request_compute_delete` (call 20) looks up the account's main account.
	ForcedForMainAccount = 39,
	/// `force_request_compute_delete` (call 20) does not check its origin.
	ForcedByAnybody = 40,
	/// A confirmed deletion that empties the miner's list leaves its key (call 6).
	DeletionKeepsKey = 41,
	/// A confirmed deletion of a VM that holds no IP succeeds (call 6): PalletIp's error is swallowed.
	DeletionSwallowsNoIp = 42,

	// The lookups that calls share.
	/// Where several owners have the id, only the first one's request is updated (calls 3, 5, 8, 13, 16, 18).
	StatusOfFirstOwner = 43,
	/// Where several owners have the id, events name the last (calls 4, 6, 8, 13, 15, 16).
	LastOwnerFound = 44,
	/// Where an account has VMs of a plan on several miners, the last miner's is meant (calls 9 to 12, 14, 20).
	LastMinerFound = 45,
	/// A VM that is not fulfilled is found, too (calls 9 to 12, 14, 20).
	UnfulfilledFound = 46,
	/// A VM is found under the plan of its assignment, whatever plan its request has (calls 9 to 12, 14, 20).
	RequestPlanIgnored = 47,
	/// The main account's own main account is looked up, too (calls 9 to 12, 14, `purchase_plan`).
	SubAccountOfSubAccount = 48,

	// PalletIp.
	/// An IP can be added to a pool that has it (calls 0 to 3).
	AddedTwice = 49,
	/// `add_available_client_ip` (call 2) adds to the hypervisors' pool.
	ClientIpToHypervisors = 50,
	/// A pool that empties has no key (calls 4 to 7).
	RemoveDropsKey = 51,
	/// Removing an IP that is not there succeeds, without event (calls 4 to 7): the error is swallowed.
	RemoveSwallowed = 52,
	/// `remove_available_storage_miner_ip` (call 7) removes from the clients' pool.
	StorageMinerIpFromClients = 53,
	/// Assigning an IP to a VM asks for the IP before it asks whether the VM has one: another error wins.
	AssignChecksPoolFirst = 54,
	/// Assigning an IP that another VM holds, too, leaves `IpToRole` with that VM.
	AssignKeepsOldRole = 55,
	/// Releasing an IP leaves `IpToRole` where by now it names another VM.
	ReleaseKeepsForeignRole = 56,
	/// The hook does not write `IpReleaseRequests` where nothing waits.
	HookLeavesKey = 57,
	/// The hook returns at most one IP in a block.
	HookReturnsOne = 58,
	/// The hook does not return an IP that is available already.
	HookReturnsOnce = 59,

	// ExecutionUnit.
	/// Storage in use saturates at 0 where more is free than there is (call 1).
	UsedStorageSaturates = 60,
	/// Network details without `loc` leave the location as it was (call 1).
	LocationStays = 61,
	/// The two counts of pin checks are swapped (call 2).
	PinChecksSwapped = 62,
	/// Metrics of a node without a record make one (calls 2, 3).
	MetricsMakeRecord = 63,
	/// `u32::MAX` counts as measured (calls 1, 3).
	MostIsMeasured = 64,
	/// The average response time is rounded to the nearest, not down (call 3).
	AverageRounded = 65,
	/// Failed challenges are set, not added (call 3).
	ChallengesSet = 66,

	// Validity of unsigned calls.
	/// The tags of Compute's calls have no stamp.
	TagWithoutStamp = 67,
	/// The tags of Compute's calls have the number of the block before.
	TagOfParentBlock = 68,
	/// Unsigned calls are valid for one block more.
	TagLivesLonger = 69,
	/// The tag of call 4 has the IP before the job.
	JobTagSwapped = 70,
	/// The tag of call 5 has the prefix of call 8.
	StopTagPrefix = 71,
	/// The tag of call 6 has the VM's name without its length.
	VmNameRaw = 72,
	/// The tag of call 19 has no port.
	VncTagWithoutPort = 73,
	/// The tags of ExecutionUnit's calls have no block number.
	MetricsTagWithoutBlock = 74,

	// Costs, from 101 on: they change no answer, no event and no state, so that only counted storage operations find them.
	/// `request_compute_stop` (call 9) first reads every user's requests.
	ScanBeforeStop = 101,
}
