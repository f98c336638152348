// SPDX-License-Identifier: Apache-2.0
//! What the pool is told of an unsigned call (BEHAVIOUR.md section 10).

use sp_io::hashing::blake2_256;
use sp_runtime::transaction_validity::{
	TransactionLongevity, TransactionPriority, TransactionValidity, ValidTransaction,
};

/// Blocks for which an unsigned call stays valid.
const LONGEVITY: TransactionLongevity = 5;

/// Valid, with the one tag `enc((prefix, (call, blake2_256(data))))`.
pub fn valid(prefix: &'static str, call: &'static str, data: &[u8]) -> TransactionValidity {
	ValidTransaction::with_tag_prefix(prefix)
		.priority(TransactionPriority::MAX)
		.and_provides((call, blake2_256(data)))
		.longevity(LONGEVITY)
		.propagate(true)
		.build()
}
