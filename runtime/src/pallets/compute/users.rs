// SPDX-License-Identifier: Apache-2.0
//! What users do: creating a request (BEHAVIOUR.md section 4), and calls 9, 10, 12 and 14 (section 5).

use super::{
	queues::Repeated, Action, ComputeRequest, ComputeRequestStatus, ComputeRequests, Config, Error,
	Event, ImageMetadata, MinerComputeBootRequest, MinerComputeBootRequests,
	MinerComputeRebootRequest, MinerComputeRebootRequests, MinerComputeResizeRequest,
	MinerComputeResizeRequests, MinerComputeStopRequest, MinerComputeStopRequests, NextRequestId,
	Pallet, RequestId,
};
use crate::{
	pallets::{
		lab::{self, LabSettings, Mutant, Rule},
		sub_account,
	},
	primitives::{now, AccountId, Hash, NodeId},
};
use alloc::vec::Vec;
use frame_support::ensure;
use sp_runtime::{ArithmeticError, DispatchResult};
use ComputeRequestStatus::{Pending, Running, Stopped};

impl<T: Config> Pallet<T> {
	/// Creates a request. Fails: `Overflow` where ids are used up (DEV-17; as deployed the last id repeats). Event:
	/// `ComputeRequestCreated`.
	pub fn create_compute_request(
		lab: &LabSettings,
		owner: AccountId,
		plan_technical_description: Vec<u8>,
		plan_id: Hash,
		selected_image: ImageMetadata,
		cloud_init_cid: Option<Vec<u8>>,
		miner_id: Option<NodeId>,
	) -> DispatchResult {
		let request_id = NextRequestId::<T>::get();
		let is_last = request_id == RequestId::MAX;
		ensure!(!(is_last && lab.promised(Rule::Dev17)), ArithmeticError::Overflow);
		NextRequestId::<T>::put(if lab.mutant(Mutant::IdsWrap) {
			request_id.wrapping_add(1)
		} else {
			request_id.saturating_add(1)
		});
		let request = ComputeRequest {
			request_id,
			plan_technical_description,
			plan_id,
			status: Pending,
			created_at: now::<T>(),
			owner: owner.clone(),
			selected_image,
			is_assigned: false,
			cloud_init_cid,
			miner_id: miner_id.or_else(|| lab.mutant(Mutant::NoWishIsEmptyWish).then(Vec::new)),
			#[cfg(feature = "noted")]
			priority: 0,
		};
		ComputeRequests::<T>::mutate(&owner, |requests| requests.push(request));
		Self::deposit_event(Event::ComputeRequestCreated { plan_id, owner });
		Ok(())
	}

	/// Call 9. Fails: `ComputeRequestNotFound`; `Other` (DEV-24); `ComputeStopRequestAlreadyExists` (DEV-08).
	pub(super) fn request_stop(caller: AccountId, plan_id: Hash) -> DispatchResult {
		let lab = lab::Pallet::<T>::settings();
		if lab.mutant(Mutant::ScanBeforeStop) {
			ComputeRequests::<T>::iter().for_each(drop);
		}
		let owner = sub_account::Pallet::<T>::main_account(&lab, caller.clone());
		Self::enqueue::<MinerComputeStopRequests<T>, _>(
			&lab,
			&owner,
			plan_id,
			Some(Running),
			MinerComputeStopRequest::new,
			|_| Err(Error::<T>::ComputeStopRequestAlreadyExists.into()),
		)?;
		let caller = if lab.mutant(Mutant::StopCallerIsOwner) { owner.clone() } else { caller };
		Self::deposit_event(Event::ComputeStopRequested { plan_id, owner, caller });
		Ok(())
	}

	/// Call 10. Fails: `ComputeRequestNotFound`; `Other` (DEV-24).
	pub(super) fn request_boot(caller: AccountId, plan_id: Hash) -> DispatchResult {
		let lab = lab::Pallet::<T>::settings();
		let owner = sub_account::Pallet::<T>::main_account(&lab, caller.clone());
		let has_event = Self::enqueue::<MinerComputeBootRequests<T>, _>(
			&lab,
			&owner,
			plan_id,
			Some(Stopped),
			|action| {
				let job_id = action.job_id.filter(|_| !lab.mutant(Mutant::BootWithoutJob));
				MinerComputeBootRequest::new(Action { job_id, ..action })
			},
			|_| Ok(Repeated::Same),
		)?;
		if has_event {
			Self::deposit_event(Event::ComputeBootRequested { plan_id, owner, caller });
		}
		Ok(())
	}

	/// Call 12. Fails: `ComputeRequestNotFound`; `Other` (DEV-24).
	pub(super) fn request_reboot(caller: AccountId, plan_id: Hash) -> DispatchResult {
		let lab = lab::Pallet::<T>::settings();
		let owner = if lab.mutant(Mutant::RebootForSigner) {
			caller.clone()
		} else {
			sub_account::Pallet::<T>::main_account(&lab, caller.clone())
		};
		let has_event = Self::enqueue::<MinerComputeRebootRequests<T>, _>(
			&lab,
			&owner,
			plan_id,
			Some(Running),
			MinerComputeRebootRequest::new,
			|_| Ok(Repeated::Same),
		)?;
		if has_event {
			Self::deposit_event(Event::ComputeRebootRequested { plan_id, owner, caller });
		}
		Ok(())
	}

	/// Call 14. Fails: `ComputeRequestNotFound`. Under DEV-08 another size replaces that of the open entry.
	pub(super) fn request_resize(
		caller: AccountId,
		plan_id: Hash,
		resize_gbs: u32,
	) -> DispatchResult {
		let lab = lab::Pallet::<T>::settings();
		let resize_gbs =
			if lab.mutant(Mutant::ResizeTruncated) { resize_gbs & 0xffff } else { resize_gbs };
		let owner = sub_account::Pallet::<T>::main_account(&lab, caller.clone());
		let has_event = Self::enqueue::<MinerComputeResizeRequests<T>, _>(
			&lab,
			&owner,
			plan_id,
			None,
			|action| MinerComputeResizeRequest::new(action, resize_gbs),
			|open| {
				if open.resize_gbs == resize_gbs {
					return Ok(Repeated::Same);
				}
				open.resize_gbs = resize_gbs;
				Ok(Repeated::Changed)
			},
		)?;
		if has_event {
			Self::deposit_event(Event::ComputeResizeRequested { plan_id, owner, caller });
		}
		Ok(())
	}
}
