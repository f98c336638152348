// SPDX-License-Identifier: Apache-2.0
//! What the pool is told of unsigned calls (BEHAVIOUR.md section 10).

use super::*;
use codec::Encode;
use frame_support::pallet_prelude::{
	InvalidTransaction, TransactionSource, UnknownTransaction, ValidateUnsigned,
};
use sp_io::hashing::blake2_256;
use sp_runtime::transaction_validity::TransactionValidity;

pub(super) fn validate(call: impl Into<RuntimeCall>) -> TransactionValidity {
	Runtime::validate_unsigned(TransactionSource::External, &call.into())
}

fn tag(prefix: &str, name: &str, data: &[Vec<u8>]) -> Vec<u8> {
	(prefix, (name, blake2_256(&data.concat()))).encode()
}

/// `T` of section 10, for block 1234.
fn stamp() -> Vec<u8> {
	(1_234_u64 * 1_000 + 234 + 0xd2).encode()
}

#[test]
fn a_fulfilment_provides_one_tag_for_five_blocks() {
	deployed(|| {
		System::set_block_number(1_234);
		let valid = validate(fulfil(M, 5)).unwrap();
		let data = [1_234_u64.encode(), M.to_vec(), 5_u128.encode(), stamp()];
		let expected = tag("ComputeRequestFulfilled", "mark_compute_request_fulfilled", &data);
		assert_eq!(valid.provides, [expected]);
		assert_eq!(valid.requires, Vec::<Vec<u8>>::new());
		assert_eq!((valid.priority, valid.longevity, valid.propagate), (u64::MAX, 5, true));
	});
}

#[test]
fn raw_and_encoded_parts_of_a_tag_are_told_apart() {
	deployed(|| {
		System::set_block_number(1_234);
		let block = 1_234_u64.encode();
		let data = [block.clone(), M.to_vec(), JOB.to_vec(), IP.to_vec(), 5_u128.encode(), stamp()];
		let expected = tag("ComputeRequestFulfilled", "update_miner_compute_request", &data);
		assert_eq!(validate(set_job(M, 5, JOB, IP)).unwrap().provides, [expected]);

		let data = [block, M.to_vec(), 5_u128.encode(), b"vm".to_vec().encode(), stamp()];
		let expected = tag("ComputeDeletionRequest", "submit_compute_deletion_request", &data);
		assert_eq!(validate(deleted(M, 5, b"vm")).unwrap().provides, [expected]);
	});
}

#[test]
fn execution_units_tag_knows_the_node_alone() {
	deployed(|| {
		System::set_block_number(1_234);
		let call = crate::pallets::execution_unit::Call::update_pin_check_metrics {
			node_id: M.to_vec(),
			signature: no_signature(),
			total_pin_checks: 1,
			successful_pin_checks: 1,
		};
		let data = [1_234_u64.encode(), M.to_vec()];
		let expected = tag("ExecutionUnitOffchain", "update_pin_check_metrics", &data);
		assert_eq!(validate(call).unwrap().provides, [expected]);
	});
}

#[test]
fn calls_that_are_not_for_nobody_are_invalid_or_unknown() {
	deployed(|| {
		assert_eq!(validate(ask_stop(P)), Err(InvalidTransaction::Call.into()));
		let add = ip::Call::add_available_vm_ip { ip: IP.to_vec() };
		assert_eq!(validate(add), Err(UnknownTransaction::NoUnsignedValidator.into()));
		let in_block = Runtime::pre_dispatch(&ask_stop(P).into());
		assert_eq!(in_block, Err(InvalidTransaction::Call.into()));
	});
}

#[test]
fn dev_28_promised_knows_all_arguments() {
	promised(&[Rule::Dev28], || {
		System::set_block_number(1_234);
		let block = 1_234_u64.encode();
		let arguments = (M.to_vec(), 5_u128, no_signature()).encode();
		let name = "mark_miner_compute_stop_request_fulfilled";
		let expected =
			tag("ComputeStopRequestFulfilled", name, &[block.clone(), arguments, stamp()]);
		assert_eq!(validate(stopped(M, 5, no_signature())).unwrap().provides, [expected]);

		let arguments = (M.to_vec(), 5_u128, JOB.to_vec(), IP.to_vec()).encode();
		let name = "update_miner_compute_request";
		let expected = tag("ComputeRequestFulfilled", name, &[block.clone(), arguments, stamp()]);
		assert_eq!(validate(set_job(M, 5, JOB, IP)).unwrap().provides, [expected]);

		let call = crate::pallets::execution_unit::Call::update_pin_check_metrics {
			node_id: M.to_vec(),
			signature: no_signature(),
			total_pin_checks: 1,
			successful_pin_checks: 2,
		};
		let arguments = (M.to_vec(), no_signature(), 1_u32, 2_u32).encode();
		let expected =
			tag("ExecutionUnitOffchain", "update_pin_check_metrics", &[block, arguments]);
		assert_eq!(validate(call).unwrap().provides, [expected]);
		assert_eq!(validate(ask_stop(P)), Err(InvalidTransaction::Call.into()));
	});
}
