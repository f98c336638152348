// SPDX-License-Identifier: Apache-2.0
//! What the stop, boot, reboot and resize queues have in common, and how a list is written back.

use super::{
	Action, ComputeRequestStatus, Config, MinerComputeRequest, Pallet, QueueEntry, RequestId,
};
use crate::{
	pallets::lab::{LabSettings, Mutant, Rule},
	primitives::{now, AccountId, Hash, NodeId},
};
use alloc::vec::Vec;
use codec::{EncodeLike, FullCodec};
use frame_support::storage::StorageMap;
use sp_runtime::DispatchError;

/// What DEV-08 makes of a user's request that repeats an open one.
pub(super) enum Repeated {
	/// Nothing is new: no event.
	Same,
	/// The open entry was changed.
	Changed,
}

/// Writes a list back: an empty one keeps its key, or has none under DEV-16.
pub(super) fn put_list<Map, K, E>(lab: &LabSettings, key: &K, list: Vec<E>)
where
	Map: StorageMap<K, Vec<E>>,
	K: FullCodec,
	for<'a> &'a K: EncodeLike<K>,
	E: FullCodec,
{
	if list.is_empty() && lab.promised(Rule::Dev16) {
		Map::remove(key);
	} else {
		Map::insert(key, list);
	}
}

/// Marks the first open entry with this id fulfilled, or removes it under DEV-13. Fails: `not_found`.
pub(super) fn fulfil<Queue, E>(
	lab: &LabSettings,
	node_id: &NodeId,
	request_id: RequestId,
	not_found: impl Into<DispatchError>,
) -> Result<(), DispatchError>
where
	Queue: StorageMap<NodeId, Vec<E>, Query = Vec<E>>,
	E: QueueEntry + FullCodec,
{
	let mut queue = Queue::get(node_id);
	let at = queue
		.iter()
		.position(|entry| {
			let may_be_fulfilled = entry.is_open() || lab.mutant(Mutant::FulfilledAgain);
			entry.request_id() == request_id && may_be_fulfilled
		})
		.ok_or_else(|| not_found.into())?;
	if lab.promised(Rule::Dev13) {
		queue.remove(at);
		put_list::<Queue, _, _>(lab, node_id, queue);
	} else {
		queue[at].mark_fulfilled();
		Queue::insert(node_id, queue);
	}
	Ok(())
}

/// Drops what a queue holds about a VM that is `deleted`, fulfilled or not: all entries of its user and plan; under DEV-23
/// those of its request alone.
pub(super) fn drop_of_vm<Queue, E>(lab: &LabSettings, deleted: &Action)
where
	Queue: StorageMap<NodeId, Vec<E>, Query = Vec<E>>,
	E: QueueEntry + FullCodec,
{
	let Action { miner_node_id, request_id, user_id, plan_id, .. } = deleted;
	let mut queue = Queue::get(miner_node_id);
	queue.retain(|entry| {
		if lab.promised(Rule::Dev23) {
			entry.request_id() != *request_id
		} else {
			!entry.is_of(user_id, plan_id)
		}
	});
	put_list::<Queue, _, _>(lab, miner_node_id, queue);
}

/// Whether an entry is an open one of this user for this plan.
fn is_open_for(
	lab: &LabSettings,
	entry: &impl QueueEntry,
	user: &AccountId,
	plan_id: &Hash,
) -> bool {
	let is_same = if lab.mutant(Mutant::OpenEntryOfAnybody) {
		entry.plan_id() == plan_id
	} else {
		entry.is_of(user, plan_id)
	};
	entry.is_open() && is_same && !lab.mutant(Mutant::OpenEntryNotSeen)
}

/// What the next entry about a miner's VM says.
pub(super) fn action<T: Config>(
	lab: &LabSettings,
	miner_node_id: NodeId,
	of: MinerComputeRequest,
	user_id: AccountId,
	plan_id: Hash,
) -> Action {
	let MinerComputeRequest { job_id, request_id, created_at, .. } = of;
	let created_at = if lab.mutant(Mutant::ActionAsOldAsVm) { created_at } else { now::<T>() };
	Action { miner_node_id, job_id, request_id, user_id, plan_id, created_at }
}

impl<T: Config> Pallet<T> {
	/// Adds `user`'s entry for a plan to the queue of the VM's miner, unless an open one is there. Then DEV-08 asks
	/// `repeated` what becomes of it. Answers whether the call has its event. Fails: `ComputeRequestNotFound`; `Other` for a
	/// VM that is not in the status `wanted` (DEV-24); what `repeated` says.
	pub(super) fn enqueue<Queue, E>(
		lab: &LabSettings,
		user: &AccountId,
		plan_id: Hash,
		wanted: Option<ComputeRequestStatus>,
		new: impl FnOnce(Action) -> E,
		repeated: impl FnOnce(&mut E) -> Result<Repeated, DispatchError>,
	) -> Result<bool, DispatchError>
	where
		Queue: StorageMap<NodeId, Vec<E>, Query = Vec<E>>,
		E: QueueEntry + FullCodec,
	{
		let (node_id, vm) = Self::find_miner_entry(lab, user, &plan_id)?;
		if let Some(status) = wanted.filter(|_| lab.promised(Rule::Dev24)) {
			Self::ensure_status(user, vm.request_id, status)?;
		}
		let mut queue = Queue::get(&node_id);
		let open = queue.iter_mut().find(|entry| is_open_for(lab, *entry, user, &plan_id));
		match open {
			None => queue.push(new(action::<T>(lab, node_id.clone(), vm, user.clone(), plan_id))),
			Some(_) if !lab.promised(Rule::Dev08) => return Ok(true),
			Some(entry) => {
				if let Repeated::Same = repeated(entry)? {
					return Ok(false);
				}
			}
		}
		Queue::insert(&node_id, queue);
		Ok(true)
	}
}
