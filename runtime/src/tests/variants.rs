// SPDX-License-Identifier: Apache-2.0
//! What the variants that look like the lab's next release change.

use super::*;
use codec::Encode;

#[test]
fn a_stop_request_has_the_index_9_but_where_it_has_moved() {
	let index = if cfg!(feature = "moved") { 30 } else { 9 };
	assert_eq!(RuntimeCall::from(ask_stop(P)).encode()[..2], [67, index]);
}

#[test]
fn each_is_the_next_release() {
	let is_next = cfg!(any(feature = "noted", feature = "moved", feature = "dropped"));
	assert_eq!(crate::VERSION.spec_version, if is_next { 9_001 } else { 9_000 });
	assert_eq!(crate::VERSION.transaction_version, 1);
}

#[cfg(feature = "migrated")]
mod migrated {
	use super::*;
	use crate::{pallets::compute::Pallet, Executive, Header};
	use codec::Decode;
	use frame_support::{storage::unhashed, traits::GetStorageVersion};
	use frame_system::{LastRuntimeUpgrade, LastRuntimeUpgradeInfo};
	use sp_runtime::traits::Header as _;

	/// Bytes of a priority.
	const PRIORITY: usize = 4;

	/// A state with one request as version 0 stores it, after whose last block code of `spec_version` ran; in it, block 2
	/// opens.
	fn after(spec_version: u32, check: impl FnOnce(Vec<u8>, Vec<u8>)) {
		deployed(|| {
			created(&A);
			let key = ComputeRequests::<Runtime>::hashed_key_for(&A);
			let new = unhashed::get_raw(&key).unwrap();
			let old = new[..new.len() - PRIORITY].to_vec();
			unhashed::put_raw(&key, &old);
			let spec_name = crate::VERSION.spec_name;
			LastRuntimeUpgrade::<Runtime>::put(LastRuntimeUpgradeInfo {
				spec_version: spec_version.into(),
				spec_name,
			});
			let none = Default::default();
			Executive::initialize_block(&Header::new(2, none, none, none, Default::default()));
			check(old, unhashed::get_raw(&key).unwrap());
		});
	}

	#[test]
	fn the_first_block_gives_stored_requests_a_priority() {
		after(9_000, |_, stored| {
			let requests = Vec::<compute::ComputeRequest>::decode(&mut &stored[..]).unwrap();
			assert_eq!(requests.iter().map(|each| each.priority).collect::<Vec<_>>(), [0]);
			assert_eq!(requests[0].owner, A);
			assert_eq!(Pallet::<Runtime>::on_chain_storage_version(), 1);
		});
	}

	#[test]
	fn a_block_that_follows_one_of_the_same_code_migrates_nothing() {
		after(9_001, |old, stored| {
			assert_eq!(stored, old);
			assert_eq!(Pallet::<Runtime>::on_chain_storage_version(), 0);
		});
	}
}

#[cfg(feature = "dropped")]
mod dropped {
	use super::*;
	use crate::{Executive, Header};
	use frame_system::{LastRuntimeUpgrade, LastRuntimeUpgradeInfo};
	use sp_runtime::traits::Header as _;

	/// Entries of the miner's queue before and after block 2, which code of `spec_version` was followed by.
	fn after(spec_version: u32) -> [usize; 2] {
		let mut counts = [0; 2];
		deployed(|| {
			running(&A);
			counts[0] = compute::MinerComputeRequests::<Runtime>::get(M.to_vec()).len();
			let spec_name = crate::VERSION.spec_name;
			LastRuntimeUpgrade::<Runtime>::put(LastRuntimeUpgradeInfo {
				spec_version: spec_version.into(),
				spec_name,
			});
			let none = Default::default();
			Executive::initialize_block(&Header::new(2, none, none, none, Default::default()));
			counts[1] = compute::MinerComputeRequests::<Runtime>::get(M.to_vec()).len();
		});
		counts
	}

	#[test]
	fn the_first_block_drops_the_last_entry_of_a_queue() {
		assert_eq!(after(9_000), [1, 0]);
	}

	#[test]
	fn a_block_that_follows_one_of_the_same_code_drops_nothing() {
		assert_eq!(after(9_001), [1, 1]);
	}
}
