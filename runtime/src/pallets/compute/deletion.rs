// SPDX-License-Identifier: Apache-2.0
//! Deleting a VM: what users and root ask (calls 11 and 20) and what the miner confirms (call 6; BEHAVIOUR.md section 5).

use super::{
	queues::{action, drop_of_vm, put_list},
	ComputeRequests, Config, Error, Event, MinerComputeBootRequests, MinerComputeDeletionRequest,
	MinerComputeDeletionRequests, MinerComputeRebootRequests, MinerComputeRequests,
	MinerComputeResizeRequests, MinerComputeStopRequests, Pallet, RequestId,
};
use crate::{
	pallets::{
		lab::{self, LabSettings, Mutant, Rule},
		pallet_ip,
	},
	primitives::{AccountId, Hash, NodeId},
};
use alloc::vec::Vec;
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
	/// Calls 11 and 20. Fails: `ComputeRequestNotFound`. Under DEV-16 a list that is or becomes empty has no key.
	pub(super) fn delete(
		lab: &LabSettings,
		owner: AccountId,
		caller: AccountId,
		plan_id: Hash,
	) -> DispatchResult {
		let (node_id, vm) = Self::find_miner_entry(lab, &owner, &plan_id)?;
		let request_id = vm.request_id;

		let mut entries = MinerComputeRequests::<T>::get(&node_id);
		let mut is_first = true;
		entries.retain(|entry| {
			let goes = entry.request_id == request_id
				&& (is_first || !lab.mutant(Mutant::DeleteKeepsSecond));
			is_first &= !goes;
			!goes
		});
		put_list::<MinerComputeRequests<T>, _, _>(lab, &node_id, entries);

		let mut requests = ComputeRequests::<T>::get(&owner);
		requests.retain(|request| request.request_id != request_id);
		if requests.is_empty() && lab.mutant(Mutant::DeleteForgetsOwner) {
			ComputeRequests::<T>::remove(&owner);
		} else {
			put_list::<ComputeRequests<T>, _, _>(lab, &owner, requests);
		}

		let action = action::<T>(lab, node_id.clone(), vm, owner.clone(), plan_id);
		drop_of_vm::<MinerComputeStopRequests<T>, _>(lab, &action);
		drop_of_vm::<MinerComputeBootRequests<T>, _>(lab, &action);
		drop_of_vm::<MinerComputeRebootRequests<T>, _>(lab, &action);
		if !lab.mutant(Mutant::DeleteKeepsResizes) {
			drop_of_vm::<MinerComputeResizeRequests<T>, _>(lab, &action);
		}

		MinerComputeDeletionRequests::<T>::mutate(&node_id, |queue| {
			queue.push(MinerComputeDeletionRequest::new(action))
		});
		let deleted = Event::ComputeRequestDeleted { request_id, owner: owner.clone() };
		let asked = if lab.mutant(Mutant::DeleteSwapsOwnerAndCaller) {
			Event::ComputeDeleteRequested { plan_id, owner: caller, caller: owner }
		} else {
			Event::ComputeDeleteRequested { plan_id, owner, caller }
		};
		let mut told = [deleted, asked];
		if lab.mutant(Mutant::DeleteToldBackwards) {
			told.reverse();
		}
		told.into_iter().for_each(Self::deposit_event);
		Ok(())
	}

	/// Call 6. Fails: `ComputeDeletionRequestNotFound`; `PalletIp.VmHasNoIp`. An emptied list has no key.
	pub(super) fn confirm_deletion(
		node_id: NodeId,
		request_id: RequestId,
		vm_name: Vec<u8>,
	) -> DispatchResult {
		let lab = lab::Pallet::<T>::settings();
		let mut queue = MinerComputeDeletionRequests::<T>::get(&node_id);
		let at = queue
			.iter()
			.position(|entry| entry.request_id == request_id)
			.ok_or(Error::<T>::ComputeDeletionRequestNotFound)?;
		let entry = queue.remove(at);
		if queue.is_empty() && !lab.mutant(Mutant::DeletionKeepsKey) {
			MinerComputeDeletionRequests::<T>::remove(&node_id);
		} else {
			MinerComputeDeletionRequests::<T>::insert(&node_id, queue);
		}
		if let Some(name) = ip_holder(&lab, &entry, vm_name) {
			let released = pallet_ip::Pallet::<T>::release_ip(&lab, name);
			if !lab.mutant(Mutant::DeletionSwallowsNoIp) {
				released?;
			}
		}
		let owner = if lab.promised(Rule::Dev09) {
			Some(entry.user_id)
		} else {
			Self::owner_of(&lab, request_id)
		};
		if let Some(owner) = owner {
			Self::deposit_event(Event::ComputeDeletionRequestRemoved {
				node_id,
				request_id,
				owner,
			});
		}
		Ok(())
	}
}

/// Whose IP a confirmed deletion releases: the named VM's; under DEV-06 the job's, and nobody's where there is no job.
fn ip_holder(
	lab: &LabSettings,
	entry: &MinerComputeDeletionRequest,
	vm_name: Vec<u8>,
) -> Option<Vec<u8>> {
	if lab.promised(Rule::Dev06) {
		entry.job_id.clone()
	} else {
		Some(vm_name)
	}
}
