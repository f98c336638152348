// SPDX-License-Identifier: Apache-2.0
//! Compute's rules from DEV-20 on, at both their settings (RULES.md).

use super::*;
use compute::{Error, Event, MinerComputeRequest, MinerComputeRequests, MinerComputeStopRequests};
use ComputeRequestStatus::{Pending, Running, Stopped};

/// A request of `A` that is assigned to [`M`], with a job and an IP.
fn with_job() -> RequestId {
	let id = assigned(&A);
	assert_eq!(unsigned(set_job(M, id, JOB, IP)), Ok(()));
	System::reset_events();
	id
}

fn entries() -> Vec<MinerComputeRequest> {
	MinerComputeRequests::<Runtime>::get(M.to_vec())
}

#[test]
fn dev_20_decides_what_a_failure_leaves_of_an_assignment() {
	let fail = || {
		let id = assigned(&A);
		assert_eq!(unsigned(failed(N, id, b"broken")), Err(error(Error::ComputeRequestNotFound)));
		assert_eq!(unsigned(failed(M, id, b"broken")), Ok(()));
		assert_eq!(status_of(&A, id), Pending);
		ComputeRequests::<Runtime>::get(A)[0].is_assigned
	};
	deployed(|| {
		assert!(fail());
		assert_eq!(entries()[0].fail_reason, Some(b"broken".to_vec()));
	});
	promised(&[Rule::Dev20], || {
		assert!(!fail());
		assert!(MinerComputeRequests::<Runtime>::contains_key(M.to_vec()));
		assert_eq!(entries(), []);
	});
	promised(&[Rule::Dev16, Rule::Dev20], || {
		assert!(!fail());
		assert!(!MinerComputeRequests::<Runtime>::contains_key(M.to_vec()));
	});
}

#[test]
fn dev_20_promised_takes_the_first_of_two_entries() {
	promised(&[Rule::Dev20], || {
		let id = with_job();
		assert_eq!(unsigned(assign(M, P, id, A)), Ok(()));
		assert_eq!(unsigned(failed(M, id, b"broken")), Ok(()));
		assert_eq!(entries().iter().map(|entry| &entry.job_id).collect::<Vec<_>>(), [&None]);
	});
}

#[test]
fn dev_21_decides_whether_a_failure_releases_the_ip_of_its_job() {
	deployed(|| {
		let id = with_job();
		assert_eq!(unsigned(failed(M, id, b"broken")), Ok(()));
		assert_eq!(ip::IpReleaseRequests::<Runtime>::get().len(), 0);
		assert_eq!(events(), []);
	});
	for rules in [&[Rule::Dev21][..], &[Rule::Dev20, Rule::Dev21]] {
		promised(rules, || {
			let id = with_job();
			assert_eq!(unsigned(failed(M, id, b"broken")), Ok(()));
			assert_eq!(ip::IpReleaseRequests::<Runtime>::get()[0].ip, IP);
			assert_eq!(ip::AssignedVmIps::<Runtime>::get(), Vec::<Vec<u8>>::new());
			let returned =
				ip::Event::<Runtime>::IpReturned { vm_uuid: JOB.to_vec(), ip: IP.to_vec() };
			assert_eq!(events(), [returned.into()]);
		});
	}
}

#[test]
fn dev_21_promised_releases_nothing_where_nothing_is_held() {
	promised(&[Rule::Dev21], || {
		let id = with_job();
		assert_eq!(release_ip(JOB), Ok(()));
		events();
		assert_eq!(unsigned(failed(M, id, b"again")), Ok(()));
		let without_job = assigned(&B);
		events();
		assert_eq!(unsigned(failed(M, without_job, b"broken")), Ok(()));
		assert_eq!(ip::IpReleaseRequests::<Runtime>::get().len(), 1);
		assert_eq!(events(), []);
	});
}

#[test]
fn dev_22_decides_whether_a_vm_gets_a_second_job() {
	let second_job = || {
		let id = with_job();
		ip::VmAvailableIps::<Runtime>::put(vec![b"10.0.0.2".to_vec()]);
		(id, unsigned(set_job(M, id, b"job-2", b"10.0.0.2")))
	};
	deployed(|| {
		assert_eq!(second_job().1, Ok(()));
		assert_eq!(entries()[0].job_id, Some(b"job-2".to_vec()));
	});
	promised(&[Rule::Dev22], || {
		let (id, answer) = second_job();
		assert_eq!(answer, Err(ip::Error::<Runtime>::VmAlreadyHasIp.into()));
		let unknown = Err(error(Error::ComputeRequestNotFound));
		assert_eq!(unsigned(set_job(N, id, b"job-2", b"10.0.0.2")), unknown);
		assert_eq!(entries()[0].job_id, Some(JOB.to_vec()));
	});
}

#[test]
fn dev_23_decides_whether_a_deletion_drops_what_was_asked_of_another_vm() {
	let delete_first_of_two = || {
		let first = running(&A);
		assert_eq!(signed(&A, ask_stop(P)), Ok(()));
		assert_eq!(unsigned(stopped(M, first, no_signature())), Ok(()));
		let second = running(&A);
		MinerComputeStopRequests::<Runtime>::mutate(M.to_vec(), |queue| {
			let mut of_second = queue[0].clone();
			of_second.request_id = second;
			queue.push(of_second);
		});
		assert_eq!(root(force_delete(P, A)), Ok(()));
		let queue = MinerComputeStopRequests::<Runtime>::get(M.to_vec());
		queue.iter().map(|entry| entry.request_id == second).collect::<Vec<_>>()
	};
	deployed(|| assert_eq!(delete_first_of_two(), Vec::<bool>::new()));
	promised(&[Rule::Dev23], || {
		assert_eq!(delete_first_of_two(), [true]);
		// The other lists are written back all the same.
		assert!(compute::MinerComputeBootRequests::<Runtime>::contains_key(M.to_vec()));
	});
}

#[test]
fn dev_24_decides_whether_an_action_needs_its_status() {
	deployed(|| {
		running(&A);
		assert_eq!(signed(&A, ask_boot(P)), Ok(()));
	});
	promised(&[Rule::Dev08, Rule::Dev24], || {
		let id = running(&A);
		assert_eq!(signed(&A, ask_boot(P)), Err(OTHER));
		assert_eq!(signed(&A, ask_reboot(P)), Ok(()));
		assert_eq!(signed(&A, ask_stop(P)), Ok(()));
		let repeated = Err(error(Error::ComputeStopRequestAlreadyExists));
		assert_eq!(signed(&A, ask_stop(P)), repeated);

		let queue = MinerComputeStopRequests::<Runtime>::get(M.to_vec());
		assert_eq!(unsigned(stopped(M, id, no_signature())), Ok(()));
		MinerComputeStopRequests::<Runtime>::insert(M.to_vec(), queue);
		// An open entry is not looked at, a VM that is not there comes first.
		assert_eq!(signed(&A, ask_stop(P)), Err(OTHER));
		assert_eq!(signed(&A, ask_reboot(P)), Err(OTHER));
		let unknown = Err(error(Error::ComputeRequestNotFound));
		assert_eq!(signed(&A, ask_stop(OTHER_PLAN)), unknown);
		assert_eq!(status_of(&A, id), Stopped);
		assert_eq!(signed(&A, ask_resize(P, 50)), Ok(()));
		assert_eq!(signed(&A, ask_boot(P)), Ok(()));
	});
}

#[test]
fn dev_25_decides_whether_a_vm_without_job_is_fulfilled() {
	deployed(|| assert_eq!(status_of(&A, running(&A)), Running));
	promised(&[Rule::Dev25], || {
		let id = assigned(&A);
		assert_eq!(unsigned(fulfil(N, id)), Err(error(Error::ComputeRequestNotFound)));
		assert_eq!(unsigned(fulfil(M, id)), Err(error(Error::VmHasNoIp)));
		assert_eq!(unsigned(set_job(M, id, JOB, IP)), Ok(()));
		assert_eq!(unsigned(fulfil(M, id)), Ok(()));
	});
}

#[test]
fn dev_29_decides_whether_any_node_is_assigned_to() {
	let assign_to_validator = || {
		NodeRegistration::<Runtime>::mutate(M.to_vec(), |info| {
			info.as_mut().unwrap().node_type = NodeType::Validator
		});
		let id = created(&A);
		events();
		unsigned(assign(M, P, id, A))
	};
	deployed(|| {
		assert_eq!(assign_to_validator(), Ok(()));
		let submitted = Event::<Runtime>::ComputeRequestSubmitted {
			miner: M.to_vec(),
			request_id: 0,
			owner: A,
		};
		assert_eq!(events(), [submitted.into()]);
	});
	promised(&[Rule::Dev29], || {
		assert_eq!(assign_to_validator(), Err(DispatchError::CannotLookup));
		assert_eq!(unsigned(assign(N, P, 0, A)), Ok(()));
	});
}
