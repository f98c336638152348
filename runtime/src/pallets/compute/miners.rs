// SPDX-License-Identifier: Apache-2.0
//! What miners report of their VMs: calls 4, 5, 8, 13, 15, 16 and 18 (BEHAVIOUR.md section 5). Nobody is authenticated but
//! under DEV-01.

use super::{
	queues::fulfil, ComputeRequestStatus, Config, Error, Event, JobId, MinerComputeBootRequests,
	MinerComputeRebootRequests, MinerComputeResizeRequests, MinerComputeStopRequests, Pallet,
	RequestId,
};
use crate::{
	pallets::{
		lab::{self, Mutant, Rule},
		pallet_ip,
	},
	primitives::{Ip, NodeId},
};
use alloc::vec::Vec;
use sp_runtime::{DispatchResult, MultiSignature};
use ComputeRequestStatus::{Failed, InProgress, Pending, Running, Stopped};

/// A failure with this text in its reason is final.
const NO_CLOUD_INIT: &[u8] = b"No Cloud-Init CID provided";

impl<T: Config> Pallet<T> {
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
