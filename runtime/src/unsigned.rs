// SPDX-License-Identifier: Apache-2.0
//! What the pool is told of an unsigned call (BEHAVIOUR.md section 10).

use crate::pallets::lab::{LabSettings, Mutant};
use alloc::vec::Vec;
use codec::Encode;
use sp_io::hashing::blake2_256;
use sp_runtime::transaction_validity::{
	TransactionLongevity, TransactionPriority, TransactionValidity, ValidTransaction,
};

/// Blocks for which an unsigned call stays valid.
const LONGEVITY: TransactionLongevity = 5;

/// Valid, with the one tag `enc((prefix, (call, blake2_256(data))))`.
pub fn valid(
	lab: &LabSettings,
	prefix: &'static str,
	call: &'static str,
	data: &[u8],
) -> TransactionValidity {
	ValidTransaction::with_tag_prefix(prefix)
		.priority(TransactionPriority::MAX)
		.and_provides((call, blake2_256(data)))
		.longevity(LONGEVITY + u64::from(lab.mutant(Mutant::TagLivesLonger)))
		.propagate(true)
		.build()
}

/// A call's arguments in their order: what follows its index.
pub fn arguments(call: &impl Encode) -> Vec<u8> {
	call.encode().split_off(1)
}
