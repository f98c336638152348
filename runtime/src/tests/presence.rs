// SPDX-License-Identifier: Apache-2.0
//! Which keys exist, empty or not, and in which order a map is read (BEHAVIOUR.md sections 2 and 5).

use super::*;
use compute::{
	MinerComputeBootRequests, MinerComputeRebootRequests, MinerComputeRequests,
	MinerComputeResizeRequests, MinerComputeStopRequests,
};
use sp_io::hashing::blake2_128;

fn raw(key: Vec<u8>) -> Option<Vec<u8>> {
	frame_support::storage::unhashed::get_raw(&key)
}

/// The raw values under the six keys that a deletion leaves.
fn left_behind() -> [Option<Vec<u8>>; 6] {
	[
		raw(ComputeRequests::<Runtime>::hashed_key_for(A)),
		raw(MinerComputeRequests::<Runtime>::hashed_key_for(M.to_vec())),
		raw(MinerComputeStopRequests::<Runtime>::hashed_key_for(M.to_vec())),
		raw(MinerComputeBootRequests::<Runtime>::hashed_key_for(M.to_vec())),
		raw(MinerComputeRebootRequests::<Runtime>::hashed_key_for(M.to_vec())),
		raw(MinerComputeResizeRequests::<Runtime>::hashed_key_for(M.to_vec())),
	]
}

#[test]
fn a_deletion_leaves_empty_lists_under_six_keys_and_under_dev_16_none() {
	deployed(|| {
		running(&A);
		assert_eq!(signed(&A, ask_delete(P)), Ok(()));
		assert!(left_behind().iter().all(|value| value.as_deref() == Some(&[0])));
	});
	promised(&[Rule::Dev16], || {
		running(&A);
		assert_eq!(signed(&A, ask_delete(P)), Ok(()));
		assert!(left_behind().iter().all(Option::is_none));
	});
}

#[test]
fn release_requests_are_written_in_every_block_and_empty_pools_keep_their_key() {
	deployed(|| {
		assert_eq!(root(ip::Call::remove_available_vm_ip { ip: IP.to_vec() }), Ok(()));
		assert_eq!(raw(ip::VmAvailableIps::<Runtime>::hashed_key().to_vec()), Some(vec![0]));
		let releases = ip::IpReleaseRequests::<Runtime>::hashed_key().to_vec();
		assert_eq!(raw(releases.clone()), None);
		next_block();
		assert_eq!(raw(releases), Some(vec![0]));
	});
}

#[test]
fn the_first_owner_in_hash_order_is_found() {
	deployed(|| {
		let id = created(&A);
		let copy = ComputeRequests::<Runtime>::get(A);
		ComputeRequests::<Runtime>::insert(B, copy);
		let a_is_first = blake2_128(A.as_ref()) < blake2_128(B.as_ref());
		let first = if a_is_first { A } else { B };
		assert_eq!(unsigned(assign(M, P, id, A)), Ok(()));
		assert_eq!(
			(status_of(&A, id), status_of(&B, id)),
			(ComputeRequestStatus::InProgress, ComputeRequestStatus::InProgress)
		);
		events();
		assert_eq!(unsigned(fulfil(M, id)), Ok(()));
		let event = compute::Event::<Runtime>::ComputeRequestFulfilled {
			node: M.to_vec(),
			request_id: id,
			owner: first,
		};
		assert_eq!(events(), [event.into()]);
	});
}
