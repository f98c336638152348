// SPDX-License-Identifier: Apache-2.0
//! Compute's migration, run on a state of the lab's: stored requests get their priority, once.

use super::*;
use crate::pallets::compute::{
	migration::{ToVersion1, PRIORITY},
	ComputeRequest, Pallet,
};
use codec::{Decode, Encode};
use frame_support::{
	storage::unhashed,
	traits::{GetStorageVersion, OnRuntimeUpgrade, StorageVersion},
};

/// As version 1 stores a request: SCALE has a field at the end of a struct as it has a pair's second.
type WithPriority = (ComputeRequest, u32);

fn key(owner: &AccountId) -> Vec<u8> {
	ComputeRequests::<Runtime>::hashed_key_for(owner)
}

fn requests(owner: &AccountId) -> Vec<ComputeRequest> {
	ComputeRequests::<Runtime>::get(owner)
}

fn migrated(owner: &AccountId) -> Vec<WithPriority> {
	unhashed::get(&key(owner)).unwrap()
}

fn version() -> StorageVersion {
	Pallet::<Runtime>::on_chain_storage_version()
}

/// Two users, of whom one has two requests, and the state they leave in a runtime of version 0.
fn with_requests(body: impl FnOnce()) {
	deployed(|| {
		running(&A);
		created(&A);
		created(&B);
		body();
	});
}

#[test]
fn it_gives_every_stored_request_a_priority_and_changes_nothing_else() {
	with_requests(|| {
		let before = [A, B].map(|owner| requests(&owner));
		assert_eq!(before.each_ref().map(Vec::len), [2, 1]);
		ToVersion1::<Runtime>::on_runtime_upgrade();
		let after = before.map(|list| {
			list.into_iter().map(|request| (request, PRIORITY)).collect::<Vec<WithPriority>>()
		});
		assert_eq!([A, B].map(|owner| migrated(&owner)), after);
		assert_eq!(version(), 1);
	});
}

#[test]
fn it_runs_once() {
	with_requests(|| {
		ToVersion1::<Runtime>::on_runtime_upgrade();
		let once = sp_io::storage::root(sp_runtime::StateVersion::V1);
		ToVersion1::<Runtime>::on_runtime_upgrade();
		assert_eq!(sp_io::storage::root(sp_runtime::StateVersion::V1), once);
	});
}

#[test]
fn it_leaves_a_state_of_version_1_alone() {
	with_requests(|| {
		StorageVersion::new(1).put::<Pallet<Runtime>>();
		let before = requests(&A);
		ToVersion1::<Runtime>::on_runtime_upgrade();
		assert_eq!(requests(&A), before);
	});
}

/// A state that began with version 1 has no version until somebody writes it.
#[test]
fn it_leaves_values_of_version_1_alone_in_a_state_that_says_0() {
	with_requests(|| {
		let new: Vec<WithPriority> = requests(&A).into_iter().map(|request| (request, 7)).collect();
		unhashed::put(&key(&A), &new);
		unhashed::put(&key(&B), &new[..1].to_vec());
		ToVersion1::<Runtime>::on_runtime_upgrade();
		assert_eq!(migrated(&A), new);
		assert_eq!(migrated(&B), new[..1]);
		assert_eq!(version(), 1);
	});
}

/// What the variant `noted` is for.
#[test]
fn old_values_do_not_decode_with_a_priority() {
	with_requests(|| {
		for owner in [A, B] {
			let old = requests(&owner).encode();
			assert!(Vec::<WithPriority>::decode(&mut &old[..]).is_err());
		}
	});
}
