// SPDX-License-Identifier: Apache-2.0
//! Bugs of what miners report of VMs, and of what users ask of them.

use super::*;

/// Two entries of one request in a miner's list.
fn assigned_twice() -> RequestId {
	let id = assigned(&A);
	assert_eq!(unsigned(assign(M, P, id, A)), Ok(()));
	id
}

/// A VM with an open entry for whatever was asked.
fn asked(call: Call<Runtime>) -> RequestId {
	let id = running(&A);
	assert_eq!(signed(&A, call), Ok(()));
	id
}

#[test]
fn bugs_of_jobs_and_ips_show() {
	let with_job = |ip: &'static [u8]| {
		move || {
			let id = assigned(&A);
			unsigned(set_job(M, id, JOB, ip))
		}
	};
	shows(Mutant::IpNotNoted, with_job(IP));
	shows(Mutant::JobToldLate, with_job(IP));
	shows(Mutant::JobSurvives, with_job(b"10.9.9.9"));
	shows(Mutant::LastEntryChanged, || unsigned(fulfil(M, assigned_twice())));
}

#[test]
fn bugs_that_undo_nothing_let_what_was_written_survive_the_error() {
	mutated(Mutant::StopSurvives, || {
		let id = running(&A);
		let not_found = Err(error(compute::Error::ComputeStopRequestNotFound));
		assert_eq!(unsigned(stopped(M, id, no_signature())), not_found);
		assert_eq!(status_of(&A, id), ComputeRequestStatus::Stopped);
	});
	mutated(Mutant::JobSurvives, || {
		let id = assigned(&A);
		events();
		let refused = Err(ip::Error::<Runtime>::NoAvailableIp.into());
		assert_eq!(unsigned(set_job(M, id, JOB, b"10.9.9.9")), refused);
		assert_eq!(
			compute::MinerComputeRequests::<Runtime>::get(M.to_vec())[0].job_id,
			Some(JOB.to_vec())
		);
		assert_eq!(events().len(), 1);
	});
}

#[test]
fn bugs_of_fulfilments_show() {
	shows(Mutant::StopSurvives, || unsigned(stopped(M, running(&A), no_signature())));
	shows(Mutant::BootTellsReboot, || unsigned(booted(M, asked(ask_boot(P)))));
	shows(Mutant::RebootToldTwice, || unsigned(rebooted(M, asked(ask_reboot(P)))));
	shows(Mutant::ResizeRuns, || {
		let id = asked(ask_resize(P, 50));
		(unsigned(failed(M, id, b"broken")), unsigned(resized(M, id)))
	});
	shows(Mutant::ResizeUntold, || unsigned(resized(M, asked(ask_resize(P, 50)))));
	shows(Mutant::FulfilledAgain, || {
		let id = asked(ask_stop(P));
		[(); 2].map(|()| unsigned(stopped(M, id, no_signature())))
	});
	shows(Mutant::EntryBeforeStatus, || unsigned(fulfil(M, 9)));
}

#[test]
fn bugs_of_other_reports_show() {
	shows(Mutant::HypervisorIpAsVmIp, || {
		unsigned(Call::update_miner_compute_request_hypervisor_ip {
			node_id: M.to_vec(),
			request_id: assigned(&A),
			hypervisor_ip: IP.to_vec(),
		})
	});
	let reason = b"x: No Cloud-Init CID provided!";
	shows(Mutant::FailReasonEquals, || unsigned(failed(M, assigned(&A), reason)));
	shows(Mutant::FailReasonLossy, || unsigned(failed(M, assigned(&A), b"\xc3\x28")));
	shows(Mutant::VncPortTruncated, || {
		unsigned(Call::update_miner_compute_request_vnc {
			node_id: M.to_vec(),
			request_id: assigned(&A),
			vnc_port: 1 << 32,
			vm_name: vec![],
		})
	});
}

#[test]
fn bugs_of_what_users_ask_show() {
	shows(Mutant::OpenEntryNotSeen, || [(); 2].map(|()| asked(ask_stop(P))));
	shows(Mutant::OpenEntryOfAnybody, || {
		let (second, first) = (assigned(&B), assigned(&A));
		let of_first = (unsigned(fulfil(M, first)), signed(&A, ask_stop(P)));
		(of_first, unsigned(fulfil(M, second)), signed(&B, ask_stop(P)))
	});
	shows(Mutant::BootWithoutJob, || {
		let id = running(&A);
		(unsigned(set_job(M, id, JOB, IP)), signed(&A, ask_boot(P)))
	});
	shows(Mutant::RebootForSigner, || {
		SubAccount::<Runtime>::insert(B, A);
		(running(&A), signed(&B, ask_reboot(P)))
	});
	shows(Mutant::ResizeTruncated, || asked(ask_resize(P, 1 << 16)));
	shows(Mutant::ActionAsOldAsVm, || {
		running(&A);
		next_block();
		signed(&A, ask_stop(P))
	});
}
