// SPDX-License-Identifier: Apache-2.0
//! The calls of a VM's life in their order, all rules as deployed (BEHAVIOUR.md sections 4 and 5).

use super::*;
use compute::{
	Event, MinerComputeBootRequests, MinerComputeRequests, MinerComputeResizeRequests,
	MinerComputeStopRequests,
};
use ComputeRequestStatus::{Failed, InProgress, Pending, Running, Stopped};

#[test]
fn a_purchase_creates_a_pending_request_with_the_next_id() {
	deployed(|| {
		assert_eq!((created(&A), created(&B)), (0, 1));
		assert_eq!(status_of(&B, 1), Pending);
		assert_eq!(ComputeRequests::<Runtime>::get(A)[0].created_at, 1);
		assert_eq!(
			events()[0],
			Event::<Runtime>::ComputeRequestCreated { plan_id: P, owner: A }.into()
		);
	});
}

#[test]
fn a_purchase_for_a_sub_account_belongs_to_its_main_account() {
	deployed(|| {
		crate::pallets::sub_account::SubAccount::<Runtime>::insert(B, A);
		created(&B);
		assert_eq!(ComputeRequests::<Runtime>::get(A).len(), 1);
	});
}

#[test]
fn an_assignment_puts_the_request_in_progress_and_into_the_miners_list() {
	deployed(|| {
		let id = assigned(&A);
		assert_eq!(status_of(&A, id), InProgress);
		assert!(ComputeRequests::<Runtime>::get(A)[0].is_assigned);
		let entry = &MinerComputeRequests::<Runtime>::get(M.to_vec())[0];
		assert_eq!((entry.request_id, entry.fullfilled), (id, false));
		assert_eq!(entry.miner_account_id, miner_owner().public().into());
	});
}

#[test]
fn job_and_ip_are_noted_and_the_ip_is_assigned_to_the_job() {
	deployed(|| {
		let id = assigned(&A);
		events();
		assert_eq!(unsigned(set_job(M, id, JOB, IP)), Ok(()));
		assert_eq!(MinerComputeRequests::<Runtime>::get(M.to_vec())[0].job_id, Some(JOB.to_vec()));
		assert_eq!(ip::AssignedVmIps::<Runtime>::get(), vec![JOB.to_vec()]);
		let expected: [RuntimeEvent; 2] = [
			Event::<Runtime>::ComputeRequestFulfilled {
				node: M.to_vec(),
				request_id: id,
				owner: A,
			}
			.into(),
			ip::Event::<Runtime>::IpAssigned { ip: IP.to_vec() }.into(),
		];
		assert_eq!(events(), expected);
	});
}

#[test]
fn an_error_of_pallet_ip_undoes_the_whole_call() {
	deployed(|| {
		let id = assigned(&A);
		events();
		let no_ip = ip::Error::<Runtime>::NoAvailableIp.into();
		assert_eq!(unsigned(set_job(M, id, JOB, b"10.9.9.9")), Err(no_ip));
		assert_eq!(MinerComputeRequests::<Runtime>::get(M.to_vec())[0].job_id, None);
		assert_eq!(events(), []);
	});
}

#[test]
fn a_vm_is_fulfilled_stopped_and_booted() {
	deployed(|| {
		let id = running(&A);
		assert_eq!(status_of(&A, id), Running);
		assert_eq!(signed(&A, ask_stop(P)), Ok(()));
		assert_eq!(unsigned(stopped(M, id, no_signature())), Ok(()));
		assert_eq!(status_of(&A, id), Stopped);
		assert!(MinerComputeStopRequests::<Runtime>::get(M.to_vec())[0].fullfilled);
		assert_eq!(signed(&A, ask_boot(P)), Ok(()));
		events();
		assert_eq!(unsigned(booted(M, id)), Ok(()));
		assert_eq!(status_of(&A, id), Running);
		assert!(MinerComputeBootRequests::<Runtime>::get(M.to_vec())[0].fullfilled);
		let removed = Event::<Runtime>::ComputeBootRequestRemoved {
			node_id: M.to_vec(),
			request_id: id,
			owner: A,
		};
		assert_eq!(events(), [removed.into()]);
	});
}

#[test]
fn a_failure_is_final_only_where_the_cloud_init_is_missing() {
	deployed(|| {
		let id = assigned(&A);
		assert_eq!(unsigned(failed(M, id, b"no space")), Ok(()));
		assert_eq!(status_of(&A, id), Pending);
		assert_eq!(unsigned(failed(M, id, b"x: No Cloud-Init CID provided!")), Ok(()));
		assert_eq!(status_of(&A, id), Failed);
		assert!(ComputeRequests::<Runtime>::get(A)[0].is_assigned);
	});
}

#[test]
fn a_sub_account_asks_for_its_main_account() {
	deployed(|| {
		crate::pallets::sub_account::SubAccount::<Runtime>::insert(B, A);
		running(&A);
		assert_eq!(signed(&B, ask_resize(P, 50)), Ok(()));
		let entry = &MinerComputeResizeRequests::<Runtime>::get(M.to_vec())[0];
		assert_eq!((&entry.user_id, entry.resize_gbs), (&A, 50));
		let asked = Event::<Runtime>::ComputeResizeRequested { plan_id: P, owner: A, caller: B };
		assert_eq!(events(), [asked.into()]);
	});
}

#[test]
fn a_deletion_emits_its_two_events_in_order() {
	deployed(|| {
		let id = running(&A);
		let force = force_delete(P, A);
		assert_eq!(signed(&A, force.clone()), Err(DispatchError::BadOrigin));
		assert_eq!(root(force), Ok(()));
		let expected: [RuntimeEvent; 2] = [
			Event::<Runtime>::ComputeRequestDeleted { request_id: id, owner: A }.into(),
			Event::<Runtime>::ComputeDeleteRequested { plan_id: P, owner: A, caller: A }.into(),
		];
		assert_eq!(events(), expected);
	});
}
