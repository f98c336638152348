// SPDX-License-Identifier: Apache-2.0
//! The chain's basic types (BEHAVIOUR.md section 1) and the names that several pallets use for theirs.

use alloc::vec::Vec;
use sp_runtime::{traits::UniqueSaturatedInto, AccountId32};

pub type AccountId = AccountId32;
pub type Balance = u128;
pub type BlockNumber = u64;
pub type Hash = sp_core::H256;
pub type Nonce = u32;

/// The id under which a node is registered: any bytes.
pub type NodeId = Vec<u8>;
/// An IP as the pallets hold it: any bytes.
pub type Ip = Vec<u8>;

/// Block time in milliseconds.
pub const MILLISECONDS_PER_BLOCK: u64 = 6_000;

/// The number of the block that is being built. In the pool this is the block after the best one.
pub fn now<T: frame_system::Config>() -> BlockNumber {
	frame_system::Pallet::<T>::block_number().unique_saturated_into()
}
