// SPDX-License-Identifier: Apache-2.0
//! Rules at both their settings (RULES.md).

use super::*;
use codec::Encode;
use compute::{
	Error, Event, MinerComputeRequests, MinerComputeResizeRequests, MinerComputeStopRequests,
	NextRequestId,
};
use sp_runtime::ArithmeticError;

fn signature_of(call_index: u8, node: &[u8], request_id: RequestId) -> MultiSignature {
	let message = (call_index, node.to_vec(), request_id).encode();
	MultiSignature::Ed25519(miner_owner().sign(&message))
}

#[test]
fn dev_01_promised_wants_the_signature_of_the_nodes_owner() {
	promised(&[Rule::Dev01], || {
		let id = running(&A);
		assert_eq!(signed(&A, ask_stop(P)), Ok(()));
		let invalid = Err(error(Error::InvalidSignature));
		assert_eq!(unsigned(stopped(M, id, no_signature())), invalid);
		assert_eq!(unsigned(stopped(M, id, signature_of(8, M, id))), invalid);
		assert_eq!(unsigned(stopped(b"unknown", id, signature_of(5, b"unknown", id))), invalid);
		assert_eq!(unsigned(stopped(M, id, signature_of(5, M, id))), Ok(()));
	});
}

#[test]
#[should_panic(expected = "DEV-02")]
fn dev_02_deployed_panics_on_an_unregistered_node() {
	deployed(|| {
		let id = created(&A);
		let _ = unsigned(assign(b"unknown", P, id, A));
	});
}

#[test]
fn dev_02_promised_fails_on_an_unregistered_node() {
	promised(&[Rule::Dev02], || {
		let id = created(&A);
		NodeRegistration::<Runtime>::insert(b"unknown".to_vec(), None::<NodeInfo>);
		assert_eq!(unsigned(assign(b"unknown", P, id, A)), Err(DispatchError::CannotLookup));
		assert_eq!(status_of(&A, id), ComputeRequestStatus::Pending);
	});
}

#[test]
fn dev_04_decides_whether_only_a_lists_first_fulfilled_entry_is_tried() {
	deployed(|| {
		running(&A);
		running(&B);
		assert_eq!(signed(&A, ask_stop(P)), Ok(()));
		assert_eq!(signed(&B, ask_stop(P)), Err(error(Error::ComputeRequestNotFound)));
	});
	promised(&[Rule::Dev04], || {
		running(&A);
		let second = running(&B);
		assert_eq!(signed(&B, ask_stop(P)), Ok(()));
		assert_eq!(MinerComputeStopRequests::<Runtime>::get(M.to_vec())[0].request_id, second);
	});
}

#[test]
fn dev_05_decides_whether_a_request_is_assigned_twice() {
	deployed(|| {
		let id = assigned(&A);
		assert_eq!(unsigned(assign(N, P, id, A)), Ok(()));
	});
	promised(&[Rule::Dev05], || {
		let id = assigned(&A);
		assert_eq!(unsigned(assign(N, P, id, A)), Err(error(Error::ComputeRequestNotFound)));
	});
}

#[test]
fn dev_06_decides_whose_ip_a_deletion_releases() {
	let delete_with_ip = || {
		let id = assigned(&A);
		assert_eq!(unsigned(set_job(M, id, JOB, IP)), Ok(()));
		assert_eq!(unsigned(fulfil(M, id)), Ok(()));
		assert_eq!(signed(&A, ask_delete(P)), Ok(()));
		unsigned(deleted(M, id, b"vm-job"))
	};
	deployed(|| assert_eq!(delete_with_ip(), Err(ip::Error::<Runtime>::VmHasNoIp.into())));
	promised(&[Rule::Dev06], || {
		assert_eq!(delete_with_ip(), Ok(()));
		assert_eq!(ip::IpReleaseRequests::<Runtime>::get()[0].ip, IP);
	});
}

#[test]
fn dev_07_decides_whether_plan_and_owner_are_believed() {
	deployed(|| {
		let id = created(&A);
		assert_eq!(unsigned(assign(M, OTHER_PLAN, id, B)), Ok(()));
		assert_eq!(MinerComputeRequests::<Runtime>::get(M.to_vec())[0].plan_id, OTHER_PLAN);
	});
	promised(&[Rule::Dev07], || {
		let id = created(&A);
		let refused = Err(error(Error::ComputeRequestNotFound));
		assert_eq!(unsigned(assign(M, OTHER_PLAN, id, A)), refused);
		assert_eq!(unsigned(assign(M, P, id, B)), refused);
		assert_eq!(unsigned(assign(M, P, id, A)), Ok(()));
	});
}

#[test]
fn dev_08_deployed_repeats_the_event_and_adds_nothing() {
	deployed(|| {
		running(&A);
		assert_eq!(signed(&A, ask_stop(P)), Ok(()));
		assert_eq!(signed(&A, ask_stop(P)), Ok(()));
		assert_eq!(MinerComputeStopRequests::<Runtime>::get(M.to_vec()).len(), 1);
		assert_eq!(events().len(), 2);
	});
}

#[test]
fn dev_08_promised_tells_a_repeated_request_from_a_new_one() {
	promised(&[Rule::Dev08], || {
		running(&A);
		assert_eq!(signed(&A, ask_stop(P)), Ok(()));
		assert_eq!(signed(&A, ask_stop(P)), Err(error(Error::ComputeStopRequestAlreadyExists)));
		for (size, events_so_far) in [(50, 1), (50, 0), (60, 1)] {
			events();
			assert_eq!(signed(&A, ask_resize(P, size)), Ok(()));
			assert_eq!(events().len(), events_so_far);
		}
		let sizes: Vec<_> = MinerComputeResizeRequests::<Runtime>::get(M.to_vec())
			.iter()
			.map(|entry| entry.resize_gbs)
			.collect();
		assert_eq!(sizes, [60]);
	});
}

#[test]
fn dev_09_promised_always_tells_of_a_confirmed_deletion() {
	promised(&[Rule::Dev06, Rule::Dev09], || {
		let id = running(&A);
		assert_eq!(signed(&A, ask_delete(P)), Ok(()));
		events();
		assert_eq!(unsigned(deleted(M, id, b"vm")), Ok(()));
		let removed = Event::<Runtime>::ComputeDeletionRequestRemoved {
			node_id: M.to_vec(),
			request_id: id,
			owner: A,
		};
		assert_eq!(events(), [removed.into()]);
	});
}

#[test]
fn dev_11_names_an_unknown_id() {
	deployed(|| assert_eq!(unsigned(fulfil(M, 9)), Err(OTHER)));
	promised(&[Rule::Dev11], || {
		assert_eq!(unsigned(fulfil(M, 9)), Err(error(Error::ComputeRequestNotFound)));
	});
}

#[test]
fn dev_12_forbids_a_failure_report_on_a_running_vm() {
	deployed(|| {
		let id = running(&A);
		assert_eq!(unsigned(failed(M, id, b"too late")), Ok(()));
		assert_eq!(status_of(&A, id), ComputeRequestStatus::Pending);
	});
	promised(&[Rule::Dev12], || {
		let id = running(&A);
		assert_eq!(unsigned(failed(M, id, b"too late")), Err(OTHER));
		assert_eq!(status_of(&A, id), ComputeRequestStatus::Running);
	});
}

#[test]
fn dev_13_promised_removes_a_fulfilled_entry() {
	promised(&[Rule::Dev13], || {
		let id = running(&A);
		assert_eq!(signed(&A, ask_stop(P)), Ok(()));
		assert_eq!(unsigned(stopped(M, id, no_signature())), Ok(()));
		assert_eq!(MinerComputeStopRequests::<Runtime>::get(M.to_vec()), []);
		assert!(MinerComputeStopRequests::<Runtime>::contains_key(M.to_vec()));
	});
}

#[test]
fn dev_17_decides_whether_the_last_id_repeats() {
	deployed(|| {
		NextRequestId::<Runtime>::put(u128::MAX);
		assert_eq!((created(&A), created(&A)), (u128::MAX, u128::MAX));
	});
	promised(&[Rule::Dev17], || {
		NextRequestId::<Runtime>::put(u128::MAX);
		assert_eq!(signed(&A, purchase(P, None)), Err(ArithmeticError::Overflow.into()));
		assert!(!ComputeRequests::<Runtime>::contains_key(A));
	});
}

#[test]
fn dev_19_promised_keeps_a_request_from_other_miners() {
	promised(&[Rule::Dev19], || {
		assert_eq!(signed(&A, purchase(P, Some(M.to_vec()))), Ok(()));
		assert_eq!(unsigned(assign(N, P, 0, A)), Err(error(Error::ComputeRequestNotFound)));
		assert_eq!(unsigned(assign(M, P, 0, A)), Ok(()));
	});
}
