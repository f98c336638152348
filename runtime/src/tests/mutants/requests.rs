// SPDX-License-Identifier: Apache-2.0
//! Bugs of creation, of assignment and of the lookups that calls share.

use super::*;
use crate::pallets::registration::ColdkeyNodeRegistration;
use compute::NextRequestId;

/// Both users have a request with the last id.
fn last_id_twice() -> RequestId {
	NextRequestId::<Runtime>::put(u128::MAX);
	created(&A);
	created(&B)
}

#[test]
fn bugs_of_creation_show() {
	shows(Mutant::IdsWrap, last_id_twice);
	shows(Mutant::NoWishIsEmptyWish, || created(&A));
	shows(Mutant::PayForIgnored, || {
		let mut purchase = purchase(P, None);
		if let marketplace::Call::purchase_plan { pay_for, .. } = &mut purchase {
			*pay_for = Some(B);
		}
		signed(&A, purchase)
	});
}

#[test]
fn bugs_of_assignment_show() {
	shows(Mutant::EntryAtFront, || (assigned(&A), assigned(&B)));
	shows(Mutant::EntryIdTruncated, || {
		let id = last_id_twice();
		unsigned(assign(M, P, id, A))
	});
	shows(Mutant::NodeBeforeColdkey, || {
		let mut info = NodeRegistration::<Runtime>::get(M.to_vec()).unwrap();
		info.owner = B;
		ColdkeyNodeRegistration::<Runtime>::insert(M.to_vec(), Some(info));
		assigned(&A)
	});
	shows(Mutant::SubmittedNamesHolder, || {
		let id = created(&A);
		unsigned(assign(M, P, id, B))
	});
}

#[test]
#[should_panic(expected = "DEV-02")]
fn mutant_8_panics_for_an_unknown_node_though_the_request_is_unknown_too() {
	mutated(Mutant::NodeBeforeRequest, || {
		let _ = unsigned(assign(b"unknown", P, 9, A));
	});
}

#[test]
#[should_panic(expected = "DEV-02")]
fn mutant_10_does_not_know_who_is_registered_by_a_cold_key() {
	mutated(Mutant::ColdkeyIgnored, || {
		let info = NodeRegistration::<Runtime>::take(M.to_vec());
		ColdkeyNodeRegistration::<Runtime>::insert(M.to_vec(), info);
		assigned(&A);
	});
}

#[test]
fn bugs_of_the_lookups_show() {
	shows(Mutant::StatusOfFirstOwner, || {
		let id = last_id_twice();
		unsigned(assign(M, P, id, A))
	});
	shows(Mutant::LastOwnerFound, || {
		let id = last_id_twice();
		(unsigned(assign(M, P, id, A)), unsigned(fulfil(M, id)))
	});
	shows(Mutant::LastMinerFound, || {
		let id = running(&A);
		(unsigned(assign(N, P, id, A)), unsigned(fulfil(N, id)), signed(&A, ask_stop(P)))
	});
	shows(Mutant::UnfulfilledFound, || (assigned(&A), signed(&A, ask_stop(P))));
	shows(Mutant::RequestPlanIgnored, || {
		let id = created(&A);
		let done = (unsigned(assign(M, OTHER_PLAN, id, A)), unsigned(fulfil(M, id)));
		(done, signed(&A, ask_stop(OTHER_PLAN)))
	});
	shows(Mutant::SubAccountOfSubAccount, || {
		SubAccount::<Runtime>::insert(B, AccountId::new([3; 32]));
		SubAccount::<Runtime>::insert(AccountId::new([3; 32]), A);
		created(&B)
	});
}
