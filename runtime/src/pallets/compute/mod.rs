// SPDX-License-Identifier: Apache-2.0
//! Compute: users' requests for VMs, the lists of the miners that serve them, and what both say about them
//! (BEHAVIOUR.md sections 2 to 5, RULES.md).
//!
//! The calls are declared here. What they do is in [`users`], [`assignment`], [`miners`] and [`deletion`]; what they share,
//! in [`lookups`] and [`queues`].

mod assignment;
mod deletion;
mod events;
mod lookups;
pub mod migration;
mod miners;
mod queues;
mod types;
mod users;
mod validity;

use frame_support::pallet_macros::import_section;

pub use pallet::*;
pub use types::*;

#[import_section(events::events)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use crate::{
		pallets::{
			lab::{self, Mutant},
			pallet_ip, registration, sub_account,
		},
		primitives::{Ip, NodeId},
	};
	use alloc::vec::Vec;
	use frame_support::pallet_prelude::*;
	use frame_system::pallet_prelude::*;
	use sp_runtime::MultiSignature;

	/// Weight of the signed and root calls, and of the others beside their one declared write.
	const CALL_WEIGHT: Weight = Weight::from_parts(10_000, 0);

	/// Weight of the unsigned calls (section 5).
	fn unsigned_weight<T: Config>() -> Weight {
		CALL_WEIGHT.saturating_add(T::DbWeight::get().writes(1))
	}

	/// 1 where stored requests have a priority since [`migration::ToVersion1`].
	const STORAGE_VERSION: StorageVersion =
		StorageVersion::new(if cfg!(feature = "migrated") { 1 } else { 0 });

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	#[pallet::without_storage_info]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config:
		frame_system::Config
		+ lab::Config
		+ pallet_ip::Config
		+ registration::Config
		+ sub_account::Config
	{
	}

	#[pallet::storage]
	pub type NextRequestId<T: Config> = StorageValue<_, RequestId, ValueQuery>;

	#[pallet::storage]
	pub type ComputeRequests<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, Vec<ComputeRequest>, ValueQuery>;

	#[pallet::storage]
	pub type MinerComputeRequests<T: Config> =
		StorageMap<_, Blake2_128Concat, NodeId, Vec<MinerComputeRequest>, ValueQuery>;

	#[pallet::storage]
	pub type MinerComputeDeletionRequests<T: Config> =
		StorageMap<_, Blake2_128Concat, NodeId, Vec<MinerComputeDeletionRequest>, ValueQuery>;

	#[pallet::storage]
	pub type MinerComputeStopRequests<T: Config> =
		StorageMap<_, Blake2_128Concat, NodeId, Vec<MinerComputeStopRequest>, ValueQuery>;

	#[pallet::storage]
	pub type MinerComputeBootRequests<T: Config> =
		StorageMap<_, Blake2_128Concat, NodeId, Vec<MinerComputeBootRequest>, ValueQuery>;

	#[pallet::storage]
	pub type MinerComputeRebootRequests<T: Config> =
		StorageMap<_, Blake2_128Concat, NodeId, Vec<MinerComputeRebootRequest>, ValueQuery>;

	#[pallet::storage]
	pub type MinerComputeResizeRequests<T: Config> =
		StorageMap<_, Blake2_128Concat, NodeId, Vec<MinerComputeResizeRequest>, ValueQuery>;

	#[pallet::validate_unsigned]
	impl<T: Config> ValidateUnsigned for Pallet<T> {
		type Call = Call<T>;

		fn validate_unsigned(_: TransactionSource, call: &Self::Call) -> TransactionValidity {
			validity::validate(call)
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// A validator gives a request to a miner.
		#[pallet::call_index(3)]
		#[pallet::weight(unsigned_weight::<T>())]
		pub fn submit_compute_request_assignment(
			origin: OriginFor<T>,
			miner_node_id: NodeId,
			plan_id: T::Hash,
			request_id: RequestId,
			owner: T::AccountId,
		) -> DispatchResult {
			ensure_none(origin)?;
			Self::assign(miner_node_id, plan_id, request_id, owner)
		}

		/// A miner tells the job and the IP of a VM that starts.
		#[pallet::call_index(4)]
		#[pallet::weight(unsigned_weight::<T>())]
		pub fn update_miner_compute_request(
			origin: OriginFor<T>,
			node_id: NodeId,
			request_id: RequestId,
			job_id: JobId,
			ip: Ip,
		) -> DispatchResult {
			ensure_none(origin)?;
			Self::set_job_and_ip(node_id, request_id, job_id, ip)
		}

		/// A miner has stopped a VM.
		#[pallet::call_index(5)]
		#[pallet::weight(unsigned_weight::<T>())]
		pub fn mark_miner_compute_stop_request_fulfilled(
			origin: OriginFor<T>,
			node_id: NodeId,
			request_id: RequestId,
			signature: MultiSignature,
		) -> DispatchResult {
			ensure_none(origin)?;
			Self::fulfil_stop(node_id, request_id, signature)
		}

		/// A miner has deleted a VM.
		#[pallet::call_index(6)]
		#[pallet::weight(unsigned_weight::<T>())]
		pub fn submit_compute_deletion_request(
			origin: OriginFor<T>,
			node_id: NodeId,
			request_id: RequestId,
			vm_name: Vec<u8>,
		) -> DispatchResult {
			ensure_none(origin)?;
			Self::confirm_deletion(node_id, request_id, vm_name)
		}

		/// A miner has booted a VM.
		#[pallet::call_index(8)]
		#[pallet::weight(unsigned_weight::<T>())]
		pub fn submit_compute_boot_request_fulfillment(
			origin: OriginFor<T>,
			node_id: NodeId,
			request_id: RequestId,
			signature: MultiSignature,
		) -> DispatchResult {
			ensure_none(origin)?;
			Self::fulfil_boot(node_id, request_id, signature)
		}

		/// A user asks for a VM to be stopped.
		#[cfg(not(feature = "moved"))]
		#[pallet::call_index(9)]
		#[pallet::weight(CALL_WEIGHT)]
		pub fn request_compute_stop(origin: OriginFor<T>, plan_id: T::Hash) -> DispatchResult {
			Self::request_stop(ensure_signed(origin)?, plan_id)
		}

		/// The same, where its index has moved.
		#[cfg(feature = "moved")]
		#[pallet::call_index(30)]
		#[pallet::weight(CALL_WEIGHT)]
		pub fn request_compute_stop(origin: OriginFor<T>, plan_id: T::Hash) -> DispatchResult {
			Self::request_stop(ensure_signed(origin)?, plan_id)
		}

		/// A user asks for a VM to be booted.
		#[pallet::call_index(10)]
		#[pallet::weight(CALL_WEIGHT)]
		pub fn request_compute_boot(origin: OriginFor<T>, plan_id: T::Hash) -> DispatchResult {
			Self::request_boot(ensure_signed(origin)?, plan_id)
		}

		/// A user asks for a VM to be deleted.
		#[pallet::call_index(11)]
		#[pallet::weight(CALL_WEIGHT)]
		pub fn request_compute_delete(origin: OriginFor<T>, plan_id: T::Hash) -> DispatchResult {
			let caller = ensure_signed(origin)?;
			let lab = lab::Pallet::<T>::settings();
			let owner = sub_account::Pallet::<T>::main_account(&lab, caller.clone());
			Self::delete(&lab, owner, caller, plan_id)
		}

		/// A user asks for a VM to be rebooted.
		#[pallet::call_index(12)]
		#[pallet::weight(CALL_WEIGHT)]
		pub fn request_compute_reboot(origin: OriginFor<T>, plan_id: T::Hash) -> DispatchResult {
			Self::request_reboot(ensure_signed(origin)?, plan_id)
		}

		/// A miner has rebooted a VM.
		#[pallet::call_index(13)]
		#[pallet::weight(unsigned_weight::<T>())]
		pub fn submit_compute_reboot_request_fulfillment(
			origin: OriginFor<T>,
			node_id: NodeId,
			request_id: RequestId,
			signature: MultiSignature,
		) -> DispatchResult {
			ensure_none(origin)?;
			Self::fulfil_reboot(node_id, request_id, signature)
		}

		/// A user asks for a VM's disk to be resized.
		#[pallet::call_index(14)]
		#[pallet::weight(CALL_WEIGHT)]
		pub fn request_compute_resize(
			origin: OriginFor<T>,
			plan_id: T::Hash,
			resize_to_gbs: u32,
		) -> DispatchResult {
			Self::request_resize(ensure_signed(origin)?, plan_id, resize_to_gbs)
		}

		/// A miner has resized a VM's disk.
		#[pallet::call_index(15)]
		#[pallet::weight(unsigned_weight::<T>())]
		pub fn submit_compute_resize_request_fulfillment(
			origin: OriginFor<T>,
			node_id: NodeId,
			request_id: RequestId,
			signature: MultiSignature,
		) -> DispatchResult {
			ensure_none(origin)?;
			Self::fulfil_resize(node_id, request_id, signature)
		}

		/// A miner has a VM running.
		#[pallet::call_index(16)]
		#[pallet::weight(unsigned_weight::<T>())]
		pub fn mark_compute_request_fulfilled(
			origin: OriginFor<T>,
			node_id: NodeId,
			request_id: RequestId,
		) -> DispatchResult {
			ensure_none(origin)?;
			Self::mark_fulfilled(node_id, request_id)
		}

		/// A miner tells the IP of a VM's hypervisor.
		#[pallet::call_index(17)]
		#[pallet::weight(unsigned_weight::<T>())]
		pub fn update_miner_compute_request_hypervisor_ip(
			origin: OriginFor<T>,
			node_id: NodeId,
			request_id: RequestId,
			hypervisor_ip: Ip,
		) -> DispatchResult {
			ensure_none(origin)?;
			Self::set_hypervisor_ip(node_id, request_id, hypervisor_ip)
		}

		/// A miner could not start a VM.
		#[pallet::call_index(18)]
		#[pallet::weight(unsigned_weight::<T>())]
		pub fn handle_miner_compute_request_failure(
			origin: OriginFor<T>,
			node_id: NodeId,
			request_id: RequestId,
			fail_reason: Vec<u8>,
		) -> DispatchResult {
			ensure_none(origin)?;
			Self::report_failure(node_id, request_id, fail_reason)
		}

		/// A miner tells a VM's VNC port.
		#[pallet::call_index(19)]
		#[pallet::weight(unsigned_weight::<T>())]
		pub fn update_miner_compute_request_vnc(
			origin: OriginFor<T>,
			node_id: NodeId,
			request_id: RequestId,
			vnc_port: u64,
			_vm_name: Vec<u8>,
		) -> DispatchResult {
			ensure_none(origin)?;
			Self::set_vnc_port(node_id, request_id, vnc_port)
		}

		/// Root deletes an account's VM.
		#[pallet::call_index(20)]
		#[pallet::weight(CALL_WEIGHT)]
		pub fn force_request_compute_delete(
			origin: OriginFor<T>,
			plan_id: T::Hash,
			account_id: T::AccountId,
		) -> DispatchResult {
			let lab = lab::Pallet::<T>::settings();
			if !lab.mutant(Mutant::ForcedByAnybody) {
				ensure_root(origin)?;
			}
			let account_id = if lab.mutant(Mutant::ForcedForMainAccount) {
				sub_account::Pallet::<T>::main_account(&lab, account_id)
			} else {
				account_id
			};
			Self::delete(&lab, account_id.clone(), account_id, plan_id)
		}
	}
}
