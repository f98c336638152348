// SPDX-License-Identifier: Apache-2.0
//! Each bug shows where it is put in, with all rules as deployed.

mod deletion;
mod ips;
mod metrics;
mod requests;
mod tags;
mod vms;

use super::*;
use crate::pallets::sub_account::SubAccount;
use std::fmt::Debug;

/// What steps leave in the lab with a bug, or without one: what they answer, the events, and the root of the state but for
/// the settings.
fn left_by<R: Debug>(mutant: u32, steps: impl Fn() -> R) -> (String, Vec<RuntimeEvent>, Vec<u8>) {
	let mut chain = TestExternalities::new_empty();
	chain.execute_with(|| {
		let settings = LabSettings { mutant, release_period: 1, ..Default::default() };
		System::set_block_number(1);
		Settings::<Runtime>::put(settings);
		register(M);
		register(N);
		ip::VmAvailableIps::<Runtime>::put(vec![IP.to_vec()]);
		let answers = format!("{:?}", steps());
		let events = events();
		Settings::<Runtime>::kill();
		(answers, events, sp_io::storage::root(sp_runtime::StateVersion::V1))
	})
}

/// The steps leave something else with the bug than without.
fn shows<R: Debug>(mutant: Mutant, steps: impl Fn() -> R) {
	assert_ne!(left_by(mutant as u32, &steps), left_by(0, &steps), "{mutant:?} does not show");
}

#[test]
fn mutant_1_returns_an_ip_one_block_late() {
	let settings = LabSettings { release_period: 1, mutant: 1, ..Default::default() };
	with_settings(settings, || {
		assert_eq!(assign_ip(JOB, IP), Ok(()));
		assert_eq!(release_ip(JOB), Ok(()));
		next_block();
		assert!(ip::VmAvailableIps::<Runtime>::get().is_empty());
		next_block();
		assert_eq!(ip::VmAvailableIps::<Runtime>::get(), [IP.to_vec()]);
	});
}

#[test]
fn mutant_2_keeps_the_status_at_boot() {
	mutated(Mutant::BootKeepsStatus, || {
		let id = running(&A);
		assert_eq!(signed(&A, ask_stop(P)), Ok(()));
		assert_eq!(unsigned(stopped(M, id, no_signature())), Ok(()));
		assert_eq!(signed(&A, ask_boot(P)), Ok(()));
		assert_eq!(unsigned(booted(M, id)), Ok(()));
		assert_eq!(status_of(&A, id), ComputeRequestStatus::Stopped);
	});
}

#[test]
fn mutant_3_names_the_main_account_as_caller() {
	mutated(Mutant::StopCallerIsOwner, || {
		SubAccount::<Runtime>::insert(B, A);
		running(&A);
		assert_eq!(signed(&B, ask_stop(P)), Ok(()));
		let asked =
			compute::Event::<Runtime>::ComputeStopRequested { plan_id: P, owner: A, caller: A };
		assert_eq!(events(), [asked.into()]);
	});
}

/// What a user's stop request does in a committed state of three users with VMs: its answers, the state after it, and the
/// nodes of the state's trie that it needs.
fn stop_and_count(mutant: u32) -> (Vec<DispatchResult>, Vec<RuntimeEvent>, Vec<u8>, usize) {
	let mut chain = TestExternalities::new_empty();
	chain.execute_with(|| {
		System::set_block_number(1);
		Settings::<Runtime>::put(LabSettings { mutant, ..Default::default() });
		register(M);
		for user in [A, B, AccountId::new([3; 32])] {
			running(&user);
		}
	});
	chain.commit_all().unwrap();
	let (did, proof) = chain.execute_and_prove(|| {
		let answers = vec![signed(&A, ask_stop(P)), signed(&A, ask_stop(OTHER_PLAN))];
		let events = events();
		// The number of the bug is the one difference that may be.
		Settings::<Runtime>::kill();
		(answers, events)
	});
	let root = chain.execute_with(|| sp_io::storage::root(sp_runtime::StateVersion::V1));
	(did.0, did.1, root, proof.len())
}

#[test]
fn mutant_101_costs_and_changes_nothing_else() {
	let (answers, events, root, read) = stop_and_count(0);
	let (its_answers, its_events, its_root, its_read) =
		stop_and_count(Mutant::ScanBeforeStop as u32);
	assert_eq!(answers, [Ok(()), Err(error(compute::Error::ComputeRequestNotFound))]);
	assert_eq!((its_answers, its_events, its_root), (answers, events, root));
	assert!(its_read > read, "{its_read} nodes read, {read} without the bug");
}

#[test]
fn the_labs_calls_are_for_root_and_change_one_thing_each() {
	deployed(|| {
		use crate::pallets::lab::Call as LabCall;
		let set_rules = LabCall::set_rules { promised: 0b1001, revised: 0b10 };
		assert_eq!(signed(&A, set_rules.clone()), Err(DispatchError::BadOrigin));
		assert_eq!(root(set_rules), Ok(()));
		assert_eq!(root(LabCall::set_release_period { blocks: 9 }), Ok(()));
		assert_eq!(root(LabCall::set_mutant { number: 3 }), Ok(()));
		let lab = crate::Lab::settings();
		assert!(lab.promised(Rule::Dev01) && lab.promised(Rule::Dev04));
		assert!(!lab.promised(Rule::Dev02) && lab.revised(Revision::Rev02));
		assert_eq!(lab.release_period, 9);
		assert!(lab.mutant(Mutant::StopCallerIsOwner));
	});
}
