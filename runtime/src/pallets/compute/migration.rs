// SPDX-License-Identifier: Apache-2.0
//! What variants do at their first block: `migrated` goes from version 0 of Compute's storage to version 1, in which a request
//! has a priority, and `dropped` loses entries. Both are compiled into every variant, so that they are tested with the lab.

use super::{ComputeRequests, Config, MinerComputeRequest, MinerComputeRequests, Pallet};
use alloc::vec::Vec;
use codec::DecodeAll;
use core::marker::PhantomData;
use frame_support::{
	migrations::VersionedMigration,
	storage::unhashed,
	traits::{Get, OnRuntimeUpgrade, UncheckedOnRuntimeUpgrade},
	weights::Weight,
};

/// Runs where the pallet's version on chain is 0, and makes it 1.
pub type ToVersion1<T> = VersionedMigration<
	0,
	1,
	version_unchecked::AddPriority<T>,
	Pallet<T>,
	<T as frame_system::Config>::DbWeight,
>;

/// What stored requests are given.
pub const PRIORITY: u32 = 0;

mod v0 {
	use crate::{
		pallets::compute::{ComputeRequestStatus, ImageMetadata, RequestId},
		primitives::{AccountId, BlockNumber, Hash, NodeId},
	};
	use alloc::vec::Vec;
	use codec::{Decode, Encode};

	/// [`super::super::ComputeRequest`] as version 0 stores it.
	#[derive(Encode, Decode)]
	pub struct ComputeRequest {
		request_id: RequestId,
		plan_technical_description: Vec<u8>,
		plan_id: Hash,
		status: ComputeRequestStatus,
		created_at: BlockNumber,
		owner: AccountId,
		selected_image: ImageMetadata,
		is_assigned: bool,
		cloud_init_cid: Option<Vec<u8>>,
		miner_id: Option<NodeId>,
	}
}

/// Private, so that nothing runs it without the version's guard.
mod version_unchecked {
	use super::*;

	pub struct AddPriority<T>(PhantomData<T>);

	impl<T: Config> UncheckedOnRuntimeUpgrade for AddPriority<T> {
		/// A value that is not wholly one of version 0 stays as it is: a state that began with version 1 may say 0 here.
		fn on_runtime_upgrade() -> Weight {
			let mut weight = Weight::zero();
			for owner in ComputeRequests::<T>::iter_keys() {
				let key = ComputeRequests::<T>::hashed_key_for(owner);
				let value = unhashed::get_raw(&key).unwrap_or_default();
				weight.saturating_accrue(T::DbWeight::get().reads(2));
				let Ok(requests) = Vec::<v0::ComputeRequest>::decode_all(&mut &value[..]) else {
					continue;
				};
				// SCALE has fields one after another: a request with its priority is encoded as this pair.
				let requests: Vec<(v0::ComputeRequest, u32)> =
					requests.into_iter().map(|request| (request, PRIORITY)).collect();
				unhashed::put(&key, &requests);
				weight.saturating_accrue(T::DbWeight::get().writes(1));
			}
			weight
		}
	}
}

/// A migration with a bug in it: the last entry of each miner's queue is gone, and the layout is as it was.
pub struct DropLast<T>(PhantomData<T>);

impl<T: Config> OnRuntimeUpgrade for DropLast<T> {
	fn on_runtime_upgrade() -> Weight {
		let mut weight = Weight::zero();
		MinerComputeRequests::<T>::translate_values(|mut queue: Vec<MinerComputeRequest>| {
			queue.pop();
			weight.saturating_accrue(T::DbWeight::get().reads_writes(2, 1));
			Some(queue)
		});
		weight
	}
}
