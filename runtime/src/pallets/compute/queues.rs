// SPDX-License-Identifier: Apache-2.0
//! What the stop, boot, reboot and resize queues have in common, and how a list is written back.

use super::{Action, Config, MinerComputeRequest, Pallet, QueueEntry, RequestId};
use crate::{
	pallets::lab::{LabSettings, Rule},
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
		.position(|entry| entry.request_id() == request_id && entry.is_open())
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

/// Drops a user's entries for a plan, fulfilled or not.
pub(super) fn drop_of_plan<Queue, E>(
	lab: &LabSettings,
	node_id: &NodeId,
	user: &AccountId,
	plan_id: &Hash,
) where
	Queue: StorageMap<NodeId, Vec<E>, Query = Vec<E>>,
	E: QueueEntry + FullCodec,
{
	let mut queue = Queue::get(node_id);
	queue.retain(|entry| !entry.is_of(user, plan_id));
	put_list::<Queue, _, _>(lab, node_id, queue);
}

/// What the next entry about a miner's VM says.
pub(super) fn action<T: Config>(
	miner_node_id: NodeId,
	of: MinerComputeRequest,
	user_id: AccountId,
	plan_id: Hash,
) -> Action {
	let MinerComputeRequest { job_id, request_id, .. } = of;
	Action { miner_node_id, job_id, request_id, user_id, plan_id, created_at: now::<T>() }
}

impl<T: Config> Pallet<T> {
	/// Adds `user`'s entry for a plan to the queue of the VM's miner, unless an open one is there. Then DEV-08 asks
	/// `repeated` what becomes of it. Answers whether the call has its event. Fails: `ComputeRequestNotFound`; what
	/// `repeated` says.
	pub(super) fn enqueue<Queue, E>(
		lab: &LabSettings,
		user: &AccountId,
		plan_id: Hash,
		new: impl FnOnce(Action) -> E,
		repeated: impl FnOnce(&mut E) -> Result<Repeated, DispatchError>,
	) -> Result<bool, DispatchError>
	where
		Queue: StorageMap<NodeId, Vec<E>, Query = Vec<E>>,
		E: QueueEntry + FullCodec,
	{
		let (node_id, vm) = Self::find_miner_entry(lab, user, &plan_id)?;
		let mut queue = Queue::get(&node_id);
		let open = queue.iter_mut().find(|entry| entry.is_open() && entry.is_of(user, &plan_id));
		match open {
			None => queue.push(new(action::<T>(node_id.clone(), vm, user.clone(), plan_id))),
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
