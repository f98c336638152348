// SPDX-License-Identifier: Apache-2.0
//! Bugs of deletions.

use super::*;

/// A VM that its user has asked to be deleted.
fn delete() -> RequestId {
	let id = running(&A);
	assert_eq!(signed(&A, ask_delete(P)), Ok(()));
	id
}

#[test]
fn bugs_of_what_is_asked_to_be_deleted_show() {
	shows(Mutant::DeleteSwapsOwnerAndCaller, || {
		SubAccount::<Runtime>::insert(B, A);
		(running(&A), signed(&B, ask_delete(P)))
	});
	shows(Mutant::DeleteToldBackwards, delete);
	shows(Mutant::DeleteKeepsResizes, delete);
	shows(Mutant::DeleteKeepsSecond, || {
		let id = running(&A);
		(unsigned(assign(M, P, id, A)), signed(&A, ask_delete(P)))
	});
	shows(Mutant::DeleteForgetsOwner, delete);
}

#[test]
fn bugs_of_forced_deletions_show() {
	shows(Mutant::ForcedForMainAccount, || {
		SubAccount::<Runtime>::insert(B, A);
		(running(&A), root(force_delete(P, B)))
	});
	shows(Mutant::ForcedByAnybody, || (running(&A), signed(&B, force_delete(P, A))));
}

#[test]
fn bugs_of_confirmed_deletions_show() {
	shows(Mutant::DeletionKeepsKey, || {
		let id = delete();
		(assign_ip(JOB, IP), unsigned(deleted(M, id, JOB)))
	});
	shows(Mutant::DeletionSwallowsNoIp, || unsigned(deleted(M, delete(), JOB)));
}
