// SPDX-License-Identifier: Apache-2.0
//! The lookups that calls share (BEHAVIOUR.md section 3). All of them scan, as the deployed pallet does.

use super::{
	queues::put_list, ComputeRequest, ComputeRequestStatus, ComputeRequests, Config, Error,
	MinerComputeRequest, MinerComputeRequests, Pallet, RequestId,
};
use crate::{
	pallets::{
		lab::{LabSettings, Mutant, Rule},
		registration,
	},
	primitives::{AccountId, Hash, NodeId},
};
use codec::Encode;
use frame_support::ensure;
use sp_runtime::{traits::Verify, DispatchError, DispatchResult, MultiSignature};

impl<T: Config> Pallet<T> {
	/// What a call says of an id that nobody has: DEV-11.
	pub(super) fn unknown_id(lab: &LabSettings) -> DispatchError {
		if lab.promised(Rule::Dev11) {
			Error::<T>::ComputeRequestNotFound.into()
		} else {
			DispatchError::Other("no compute request has this id")
		}
	}

	/// Changes the first request with this id in every owner's list. Fails as [`Self::unknown_id`] where no list has one.
	fn update_each_copy(
		lab: &LabSettings,
		request_id: RequestId,
		update: impl Fn(&mut ComputeRequest) -> DispatchResult,
	) -> DispatchResult {
		let mut is_known = false;
		for (owner, mut requests) in ComputeRequests::<T>::iter() {
			let copy = requests.iter_mut().find(|request| request.request_id == request_id);
			if let Some(request) = copy {
				update(request)?;
				ComputeRequests::<T>::insert(owner, requests);
				is_known = true;
				if lab.mutant(Mutant::StatusOfFirstOwner) {
					break;
				}
			}
		}
		ensure!(is_known, Self::unknown_id(lab));
		Ok(())
	}

	/// Marks a request assigned, or not. Fails as [`Self::unknown_id`].
	pub(super) fn mark_assigned(
		lab: &LabSettings,
		request_id: RequestId,
		is_assigned: bool,
	) -> DispatchResult {
		Self::update_each_copy(lab, request_id, |request| {
			request.is_assigned = is_assigned;
			Ok(())
		})
	}

	/// The status update. `from` is the status in which DEV-12 allows it. Fails as [`Self::unknown_id`]; `Other` where DEV-12
	/// does not allow it for one of the copies.
	pub(super) fn update_status(
		lab: &LabSettings,
		request_id: RequestId,
		from: ComputeRequestStatus,
		to: ComputeRequestStatus,
	) -> DispatchResult {
		Self::update_each_copy(lab, request_id, |request| {
			ensure!(
				!lab.promised(Rule::Dev12) || request.status == from,
				DispatchError::Other("the request's status does not allow this")
			);
			request.status = to;
			Ok(())
		})
	}

	/// The first request with this id in key order, with its owner.
	pub(super) fn find_request(
		lab: &LabSettings,
		request_id: RequestId,
	) -> Option<(AccountId, ComputeRequest)> {
		let mut found = ComputeRequests::<T>::iter().filter_map(|(owner, requests)| {
			let request = requests.into_iter().find(|request| request.request_id == request_id)?;
			Some((owner, request))
		});
		if lab.mutant(Mutant::LastOwnerFound) {
			found.last()
		} else {
			found.next()
		}
	}

	/// The owner of the first request with this id: whom an event names, where the request still exists.
	pub(super) fn owner_of(lab: &LabSettings, request_id: RequestId) -> Option<AccountId> {
		Self::find_request(lab, request_id).map(|(owner, _)| owner)
	}

	/// The miner entry of (`account`, `plan_id`), with its miner. Of each miner's list only the first fulfilled entry with the
	/// plan is tried; under DEV-04 every one. Fails: `ComputeRequestNotFound`.
	pub(super) fn find_miner_entry(
		lab: &LabSettings,
		account: &AccountId,
		plan_id: &Hash,
	) -> Result<(NodeId, MinerComputeRequest), DispatchError> {
		let tried_per_miner = if lab.promised(Rule::Dev04) { usize::MAX } else { 1 };
		let requests = ComputeRequests::<T>::get(account);
		let is_tried = |entry: &MinerComputeRequest| {
			let is_fulfilled = entry.fullfilled || lab.mutant(Mutant::UnfulfilledFound);
			&entry.plan_id == plan_id && is_fulfilled
		};
		let is_of_account = |entry: &MinerComputeRequest| {
			requests.iter().any(|request| {
				let is_of_plan =
					&request.plan_id == plan_id || lab.mutant(Mutant::RequestPlanIgnored);
				is_of_plan && request.request_id == entry.request_id
			})
		};
		let mut found = MinerComputeRequests::<T>::iter().filter_map(|(node_id, entries)| {
			let mut tried = entries.into_iter().filter(is_tried).take(tried_per_miner);
			Some((node_id, tried.find(is_of_account)?))
		});
		let found = if lab.mutant(Mutant::LastMinerFound) { found.last() } else { found.next() };
		found.ok_or(Error::<T>::ComputeRequestNotFound.into())
	}

	/// DEV-24: the account's request with this id must have the status. Fails: `Other`.
	pub(super) fn ensure_status(
		account: &AccountId,
		request_id: RequestId,
		status: ComputeRequestStatus,
	) -> DispatchResult {
		let requests = ComputeRequests::<T>::get(account);
		let request = requests.iter().find(|request| request.request_id == request_id);
		ensure!(
			request.is_some_and(|request| request.status == status),
			DispatchError::Other("the VM's status does not allow this")
		);
		Ok(())
	}

	/// Changes the node's first entry with this id. Fails: `ComputeRequestNotFound`; what `update` says.
	pub(super) fn update_miner_entry<R>(
		lab: &LabSettings,
		node_id: &NodeId,
		request_id: RequestId,
		update: impl FnOnce(&mut MinerComputeRequest) -> Result<R, DispatchError>,
	) -> Result<R, DispatchError> {
		MinerComputeRequests::<T>::try_mutate(node_id, |entries| {
			let mut of_request = entries.iter_mut().filter(|each| each.request_id == request_id);
			let entry = if lab.mutant(Mutant::LastEntryChanged) {
				of_request.last()
			} else {
				of_request.next()
			};
			update(entry.ok_or(Error::<T>::ComputeRequestNotFound)?)
		})
	}

	/// DEV-20: takes the node's first entry with this id out of its list. Fails: `ComputeRequestNotFound`.
	pub(super) fn remove_miner_entry(
		lab: &LabSettings,
		node_id: &NodeId,
		request_id: RequestId,
	) -> Result<MinerComputeRequest, DispatchError> {
		let mut entries = MinerComputeRequests::<T>::get(node_id);
		let at = entries
			.iter()
			.position(|entry| entry.request_id == request_id)
			.ok_or(Error::<T>::ComputeRequestNotFound)?;
		let entry = entries.remove(at);
		put_list::<MinerComputeRequests<T>, _, _>(lab, node_id, entries);
		Ok(entry)
	}

	/// DEV-01: the node's registered owner must have signed the call. Fails: `InvalidSignature`.
	pub(super) fn authenticate(
		lab: &LabSettings,
		call_index: u8,
		node_id: &NodeId,
		request_id: RequestId,
		signature: &MultiSignature,
	) -> DispatchResult {
		if !lab.promised(Rule::Dev01) {
			return Ok(());
		}
		let registration = registration::Pallet::<T>::registration_of(lab, node_id)
			.ok_or(Error::<T>::InvalidSignature)?;
		let message = (call_index, node_id, request_id).encode();
		ensure!(signature.verify(&message[..], &registration.owner), Error::<T>::InvalidSignature);
		Ok(())
	}
}
