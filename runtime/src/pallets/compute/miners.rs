// SPDX-License-Identifier: Apache-2.0
//! What miners and validators report: calls 3 to 8, 13 and 15 to 19 (BEHAVIOUR.md section 5). Nobody is authenticated but
//! under DEV-01.

use super::{
	queues::fulfil, ComputeRequest, ComputeRequestStatus, Config, Error, Event, JobId,
	MinerComputeBootRequests, MinerComputeDeletionRequest, MinerComputeDeletionRequests,
	MinerComputeRebootRequests, MinerComputeRequest, MinerComputeRequests,
	MinerComputeResizeRequests, MinerComputeStopRequests, Pallet, RequestId,
};
use crate::{
	pallets::{
		lab::{self, LabSettings, Mutant, Rule},
		pallet_ip, registration,
	},
	primitives::{now, AccountId, Hash, Ip, NodeId},
};
use alloc::vec::Vec;
use frame_support::ensure;
use sp_runtime::{DispatchError, DispatchResult, MultiSignature};
use ComputeRequestStatus::{Failed, InProgress, Pending, Running, Stopped};

/// A failure with this text in its reason is final.
const NO_CLOUD_INIT: &[u8] = b"No Cloud-Init CID provided";

impl<T: Config> Pallet<T> {
	/// Call 3. Fails: `Other` (DEV-11: `ComputeRequestNotFound`) for an unknown id; `ComputeRequestNotFound` (DEV-05, DEV-07,
	/// DEV-19); `Other` (DEV-12); for an unregistered node `CannotLookup` (DEV-02).
	///
	/// # Panics
	/// For an unregistered node, as deployed.
	pub(super) fn assign(
		miner_node_id: NodeId,
		plan_id: Hash,
		request_id: RequestId,
		owner: AccountId,
	) -> DispatchResult {
		let lab = lab::Pallet::<T>::settings();
		let (holder, request) =
			Self::find_request(request_id).ok_or_else(|| Self::unknown_id(&lab))?;
		let is_allowed = may_be_assigned(&lab, &request)
			&& is_told_truly(&lab, &holder, &request, &owner, &plan_id)
			&& may_go_to(&lab, &request, &miner_node_id);
		ensure!(is_allowed, Error::<T>::ComputeRequestNotFound);
		Self::mark_assigned(&lab, request_id)?;
		Self::update_status(&lab, request_id, Pending, InProgress)?;

		let registration = registration::Pallet::<T>::registration_of(&miner_node_id);
		ensure!(registration.is_some() || !lab.promised(Rule::Dev02), DispatchError::CannotLookup);
		let registration = registration.expect("DEV-02: an assignment goes to a registered node");
		let entry = MinerComputeRequest {
			miner_node_id: miner_node_id.clone(),
			miner_account_id: registration.owner,
			job_id: None,
			hypervisor_ip: None,
			fail_reason: None,
			vnc_port: None,
			ip_assigned: None,
			request_id,
			plan_id,
			created_at: now::<T>(),
			fullfilled: false,
		};
		MinerComputeRequests::<T>::mutate(&miner_node_id, |entries| entries.push(entry));
		Self::deposit_event(Event::ComputeRequestSubmitted {
			miner: miner_node_id,
			request_id,
			owner,
		});
		Ok(())
	}

	/// Call 4. Fails: `ComputeRequestNotFound`; `PalletIp.VmAlreadyHasIp`, `PalletIp.NoAvailableIp`. Under DEV-10 the only
	/// event is PalletIp's.
	pub(super) fn set_job_and_ip(
		node: NodeId,
		request_id: RequestId,
		job_id: JobId,
		ip: Ip,
	) -> DispatchResult {
		let lab = lab::Pallet::<T>::settings();
		Self::update_miner_entry(&node, request_id, |entry| {
			entry.job_id = Some(job_id.clone());
			entry.ip_assigned = Some(ip.clone());
		})?;
		if !lab.promised(Rule::Dev10) {
			if let Some(owner) = Self::owner_of(request_id) {
				Self::deposit_event(Event::ComputeRequestFulfilled { node, request_id, owner });
			}
		}
		pallet_ip::Pallet::<T>::assign_ip_to_vm(job_id, ip)
	}

	/// Call 5. Fails: `InvalidSignature` (DEV-01); `Other` for an unknown id (DEV-11: `ComputeRequestNotFound`) or a request
	/// that does not run (DEV-12); `ComputeStopRequestNotFound`.
	pub(super) fn fulfil_stop(
		node_id: NodeId,
		request_id: RequestId,
		signature: MultiSignature,
	) -> DispatchResult {
		let lab = lab::Pallet::<T>::settings();
		Self::authenticate(&lab, 5, &node_id, request_id, &signature)?;
		Self::update_status(&lab, request_id, Running, Stopped)?;
		fulfil::<MinerComputeStopRequests<T>, _>(
			&lab,
			&node_id,
			request_id,
			Error::<T>::ComputeStopRequestNotFound,
		)
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
		if queue.is_empty() {
			MinerComputeDeletionRequests::<T>::remove(&node_id);
		} else {
			MinerComputeDeletionRequests::<T>::insert(&node_id, queue);
		}
		if let Some(name) = ip_holder(&lab, &entry, vm_name) {
			pallet_ip::Pallet::<T>::release_ip(name)?;
		}
		let owner = if lab.promised(Rule::Dev09) {
			Some(entry.user_id)
		} else {
			Self::owner_of(request_id)
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

	/// Call 8. Fails: `InvalidSignature` (DEV-01); `ComputeBootRequestNotFound`; `Other` for an unknown id (DEV-11:
	/// `ComputeRequestNotFound`) or a request that is not `Stopped` (DEV-12).
	pub(super) fn fulfil_boot(
		node_id: NodeId,
		request_id: RequestId,
		signature: MultiSignature,
	) -> DispatchResult {
		let lab = lab::Pallet::<T>::settings();
		Self::authenticate(&lab, 8, &node_id, request_id, &signature)?;
		fulfil::<MinerComputeBootRequests<T>, _>(
			&lab,
			&node_id,
			request_id,
			Error::<T>::ComputeBootRequestNotFound,
		)?;
		if !lab.mutant(Mutant::BootKeepsStatus) {
			Self::update_status(&lab, request_id, Stopped, Running)?;
		}
		if let Some(owner) = Self::owner_of(request_id) {
			Self::deposit_event(Event::ComputeBootRequestRemoved { node_id, request_id, owner });
		}
		Ok(())
	}

	/// Call 13. Fails: `InvalidSignature` (DEV-01); `ComputeRebootRequestNotFound`; `Other` for an unknown id (DEV-11:
	/// `ComputeRequestNotFound`) or a request that does not run (DEV-12).
	pub(super) fn fulfil_reboot(
		node_id: NodeId,
		request_id: RequestId,
		signature: MultiSignature,
	) -> DispatchResult {
		let lab = lab::Pallet::<T>::settings();
		Self::authenticate(&lab, 13, &node_id, request_id, &signature)?;
		fulfil::<MinerComputeRebootRequests<T>, _>(
			&lab,
			&node_id,
			request_id,
			Error::<T>::ComputeRebootRequestNotFound,
		)?;
		Self::update_status(&lab, request_id, Running, Running)?;
		if let Some(owner) = Self::owner_of(request_id) {
			Self::deposit_event(Event::ComputeRebootRequestFulfilled {
				node_id,
				request_id,
				owner,
			});
		}
		Ok(())
	}

	/// Call 15: no status update. Fails: `InvalidSignature` (DEV-01); `ComputeResizeRequestNotFound`.
	pub(super) fn fulfil_resize(
		node_id: NodeId,
		request_id: RequestId,
		signature: MultiSignature,
	) -> DispatchResult {
		let lab = lab::Pallet::<T>::settings();
		Self::authenticate(&lab, 15, &node_id, request_id, &signature)?;
		fulfil::<MinerComputeResizeRequests<T>, _>(
			&lab,
			&node_id,
			request_id,
			Error::<T>::ComputeResizeRequestNotFound,
		)?;
		if let Some(owner) = Self::owner_of(request_id) {
			Self::deposit_event(Event::ComputeResizeRequestFulfilled {
				node_id,
				request_id,
				owner,
			});
		}
		Ok(())
	}

	/// Call 16. Fails: `Other` for an unknown id (DEV-11: `ComputeRequestNotFound`) or a request that is not `InProgress`
	/// (DEV-12); `ComputeRequestNotFound`.
	pub(super) fn mark_fulfilled(node: NodeId, request_id: RequestId) -> DispatchResult {
		let lab = lab::Pallet::<T>::settings();
		Self::update_status(&lab, request_id, InProgress, Running)?;
		Self::update_miner_entry(&node, request_id, |entry| entry.fullfilled = true)?;
		if let Some(owner) = Self::owner_of(request_id) {
			Self::deposit_event(Event::ComputeRequestFulfilled { node, request_id, owner });
		}
		Ok(())
	}

	/// Call 18. Fails: `Other` for an unknown id (DEV-11: `ComputeRequestNotFound`) or a request that is not `InProgress`
	/// (DEV-12); `ComputeRequestNotFound`. `is_assigned` and the entry stay.
	pub(super) fn report_failure(
		node_id: NodeId,
		request_id: RequestId,
		fail_reason: Vec<u8>,
	) -> DispatchResult {
		let lab = lab::Pallet::<T>::settings();
		let is_final = fail_reason.windows(NO_CLOUD_INIT.len()).any(|part| part == NO_CLOUD_INIT);
		let status = if is_final { Failed } else { Pending };
		Self::update_status(&lab, request_id, InProgress, status)?;
		Self::update_miner_entry(&node_id, request_id, |entry| {
			entry.fail_reason = Some(fail_reason)
		})
	}
}

/// DEV-05: only a pending request that is not assigned yet.
fn may_be_assigned(lab: &LabSettings, request: &ComputeRequest) -> bool {
	!lab.promised(Rule::Dev05) || (request.status == Pending && !request.is_assigned)
}

/// DEV-07: the plan and the owner are the request's.
fn is_told_truly(
	lab: &LabSettings,
	holder: &AccountId,
	request: &ComputeRequest,
	owner: &AccountId,
	plan_id: &Hash,
) -> bool {
	!lab.promised(Rule::Dev07) || (&request.plan_id == plan_id && holder == owner)
}

/// DEV-19: a request that names a miner goes to no other.
fn may_go_to(lab: &LabSettings, request: &ComputeRequest, node_id: &NodeId) -> bool {
	!lab.promised(Rule::Dev19) || request.miner_id.as_ref().is_none_or(|miner| miner == node_id)
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
