// SPDX-License-Identifier: Apache-2.0
//! What miners report of their VMs: calls 4, 5, 8, 13 and 15 to 19 (BEHAVIOUR.md section 5). Nobody is authenticated but
//! under DEV-01.

use super::{
	queues::fulfil, ComputeRequestStatus, Config, Error, Event, JobId, MinerComputeBootRequests,
	MinerComputeRebootRequests, MinerComputeRequests, MinerComputeResizeRequests,
	MinerComputeStopRequests, Pallet, RequestId,
};
use crate::{
	pallets::{
		lab::{self, LabSettings, Mutant, Rule},
		pallet_ip,
	},
	primitives::{Ip, NodeId},
};
use alloc::{string::String, vec::Vec};
use frame_support::ensure;
use sp_runtime::{DispatchResult, MultiSignature};
use ComputeRequestStatus::{Failed, InProgress, Pending, Running, Stopped};

/// A failure with this text in its reason is final.
const NO_CLOUD_INIT: &[u8] = b"No Cloud-Init CID provided";

impl<T: Config> Pallet<T> {
	/// Call 4. Fails: `ComputeRequestNotFound`; `PalletIp.VmAlreadyHasIp` for a VM that has a job (DEV-22);
	/// `PalletIp.VmAlreadyHasIp`, `PalletIp.NoAvailableIp`. Under DEV-10 the only event is PalletIp's.
	pub(super) fn set_job_and_ip(
		node: NodeId,
		request_id: RequestId,
		job_id: JobId,
		ip: Ip,
	) -> DispatchResult {
		let lab = lab::Pallet::<T>::settings();
		Self::update_miner_entry(&lab, &node, request_id, |entry| {
			let is_repeated = entry.job_id.is_some() && lab.promised(Rule::Dev22);
			ensure!(!is_repeated, pallet_ip::Error::<T>::VmAlreadyHasIp);
			entry.job_id = Some(job_id.clone());
			if !lab.mutant(Mutant::IpNotNoted) {
				entry.ip_assigned = Some(ip.clone());
			}
			Ok(())
		})?;
		let tell = || {
			if !lab.promised(Rule::Dev10) {
				Self::tell_fulfilled(&lab, node, request_id);
			}
		};
		if lab.mutant(Mutant::JobToldLate) {
			return pallet_ip::Pallet::<T>::assign_ip_to_vm(&lab, job_id, ip).map(|()| tell());
		}
		tell();
		if lab.mutant(Mutant::JobSurvives) {
			lab::let_writes_survive();
		}
		pallet_ip::Pallet::<T>::assign_ip_to_vm(&lab, job_id, ip)
	}

	/// `ComputeRequestFulfilled`, where the request still exists.
	fn tell_fulfilled(lab: &LabSettings, node: NodeId, request_id: RequestId) {
		if let Some(owner) = Self::owner_of(lab, request_id) {
			Self::deposit_event(Event::ComputeRequestFulfilled { node, request_id, owner });
		}
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
		if lab.mutant(Mutant::StopSurvives) {
			lab::let_writes_survive();
		}
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
		if let Some(owner) = Self::owner_of(&lab, request_id) {
			Self::deposit_event(if lab.mutant(Mutant::BootTellsReboot) {
				Event::ComputeRebootRequestFulfilled { node_id, request_id, owner }
			} else {
				Event::ComputeBootRequestRemoved { node_id, request_id, owner }
			});
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
		if let Some(owner) = Self::owner_of(&lab, request_id) {
			let event = Event::ComputeRebootRequestFulfilled { node_id, request_id, owner };
			if lab.mutant(Mutant::RebootToldTwice) {
				Self::deposit_event(event.clone());
			}
			Self::deposit_event(event);
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
		if lab.mutant(Mutant::ResizeRuns) {
			Self::update_status(&lab, request_id, Running, Running)?;
		}
		let is_told = !lab.mutant(Mutant::ResizeUntold);
		if let Some(owner) = Self::owner_of(&lab, request_id).filter(|_| is_told) {
			Self::deposit_event(Event::ComputeResizeRequestFulfilled {
				node_id,
				request_id,
				owner,
			});
		}
		Ok(())
	}

	/// Call 16. Fails: `Other` for an unknown id (DEV-11: `ComputeRequestNotFound`) or a request that is not `InProgress`
	/// (DEV-12); `ComputeRequestNotFound`; `VmHasNoIp` for a VM without a job (DEV-25).
	pub(super) fn mark_fulfilled(node: NodeId, request_id: RequestId) -> DispatchResult {
		let lab = lab::Pallet::<T>::settings();
		if lab.mutant(Mutant::EntryBeforeStatus) {
			let entries = MinerComputeRequests::<T>::get(&node);
			let has_entry = entries.iter().any(|entry| entry.request_id == request_id);
			ensure!(has_entry, Error::<T>::ComputeRequestNotFound);
		}
		Self::update_status(&lab, request_id, InProgress, Running)?;
		Self::update_miner_entry(&lab, &node, request_id, |entry| {
			let has_job = entry.job_id.is_some();
			ensure!(has_job || !lab.promised(Rule::Dev25), Error::<T>::VmHasNoIp);
			entry.fullfilled = true;
			Ok(())
		})?;
		Self::tell_fulfilled(&lab, node, request_id);
		Ok(())
	}

	/// Call 17. Fails: `ComputeRequestNotFound`.
	pub(super) fn set_hypervisor_ip(
		node_id: NodeId,
		request_id: RequestId,
		hypervisor_ip: Ip,
	) -> DispatchResult {
		let lab = lab::Pallet::<T>::settings();
		Self::update_miner_entry(&lab, &node_id, request_id, |entry| {
			if lab.mutant(Mutant::HypervisorIpAsVmIp) {
				entry.ip_assigned = Some(hypervisor_ip);
			} else {
				entry.hypervisor_ip = Some(hypervisor_ip);
			}
			Ok(())
		})
	}

	/// Call 19. Fails: `ComputeRequestNotFound`.
	pub(super) fn set_vnc_port(
		node_id: NodeId,
		request_id: RequestId,
		vnc_port: u64,
	) -> DispatchResult {
		let lab = lab::Pallet::<T>::settings();
		let is_truncated = lab.mutant(Mutant::VncPortTruncated);
		Self::update_miner_entry(&lab, &node_id, request_id, |entry| {
			entry.vnc_port = Some(if is_truncated { vnc_port & 0xffff_ffff } else { vnc_port });
			Ok(())
		})
	}

	/// Call 18. Fails: `Other` for an unknown id (DEV-11: `ComputeRequestNotFound`) or a request that is not `InProgress`
	/// (DEV-12); `ComputeRequestNotFound`. `is_assigned` and the entry stay; under DEV-20 neither does. Event: PalletIp's
	/// `IpReturned` (DEV-21).
	pub(super) fn report_failure(
		node_id: NodeId,
		request_id: RequestId,
		fail_reason: Vec<u8>,
	) -> DispatchResult {
		let lab = lab::Pallet::<T>::settings();
		let status = if is_final(&lab, &fail_reason) { Failed } else { Pending };
		Self::update_status(&lab, request_id, InProgress, status)?;
		let job_id = if lab.promised(Rule::Dev20) {
			let entry = Self::remove_miner_entry(&lab, &node_id, request_id)?;
			Self::mark_assigned(&lab, request_id, false)?;
			entry.job_id
		} else {
			Self::update_miner_entry(&lab, &node_id, request_id, |entry| {
				entry.fail_reason = Some(if lab.mutant(Mutant::FailReasonLossy) {
					String::from_utf8_lossy(&fail_reason).into_owned().into_bytes()
				} else {
					fail_reason
				});
				Ok(entry.job_id.clone())
			})?
		};
		let is_holder = |job: &JobId| pallet_ip::Pallet::<T>::has_ip(job);
		match job_id.filter(|job| lab.promised(Rule::Dev21) && is_holder(job)) {
			Some(job) => pallet_ip::Pallet::<T>::release_ip(&lab, job),
			None => Ok(()),
		}
	}
}

/// Whether a failure for this reason is final.
fn is_final(lab: &LabSettings, fail_reason: &[u8]) -> bool {
	if lab.mutant(Mutant::FailReasonEquals) {
		return fail_reason == NO_CLOUD_INIT;
	}
	fail_reason.windows(NO_CLOUD_INIT.len()).any(|part| part == NO_CLOUD_INIT)
}
