// SPDX-License-Identifier: Apache-2.0
//! The lab runtime: the Hippius Compute pallet and its neighbours as the pages under test describe them, with every rule
//! and a number of bugs switchable in storage. Written from `BEHAVIOUR.md` and `RULES.md` alone.
//!
//! With the feature `later` it is a fixture that looks like a later mainnet release: no Compute, no Marketplace, BABE. With
//! `noted`, `migrated`, `moved` or `dropped` it is one that looks like the lab's own next release, with one change.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod apis;
pub mod configs;
pub mod pallets;
pub mod primitives;
pub mod unsigned;

#[cfg(all(test, not(feature = "later")))]
mod tests;
#[cfg(all(test, feature = "later"))]
#[path = "tests/later.rs"]
mod tests;

use crate::{
	pallets::{execution_unit, lab, pallet_ip, registration, sub_account},
	primitives::{AccountId, BlockNumber},
};
use alloc::{borrow::Cow, vec::Vec};
use frame_support::construct_runtime;
use sp_runtime::{
	generic,
	traits::{AccountIdLookup, BlakeTwo256, StaticLookup},
	MultiSignature,
};
use sp_version::{runtime_version, RuntimeVersion};

#[cfg(not(feature = "later"))]
use crate::pallets::{compute, marketplace};

macro_rules! declare_version {
	($spec_version:tt) => {
		#[runtime_version]
		pub const VERSION: RuntimeVersion = RuntimeVersion {
			spec_name: Cow::Borrowed("assay-lab"),
			impl_name: Cow::Borrowed("assay-lab"),
			authoring_version: 1,
			spec_version: $spec_version,
			impl_version: 0,
			apis: apis::RUNTIME_API_VERSIONS,
			transaction_version: 1,
			system_version: 1,
		};
	};
}

// The release whose behaviour this is, or the one after it; for `later`, the first one without Compute that we know.
#[cfg(not(any(feature = "later", feature = "noted", feature = "moved", feature = "dropped")))]
declare_version!(9000);
#[cfg(any(feature = "noted", feature = "moved", feature = "dropped"))]
declare_version!(9001);
#[cfg(feature = "later")]
declare_version!(9006);

pub type Address = <AccountIdLookup<AccountId, ()> as StaticLookup>::Source;
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
pub type Block = generic::Block<Header, UncheckedExtrinsic>;
pub type UncheckedExtrinsic =
	generic::UncheckedExtrinsic<Address, RuntimeCall, MultiSignature, TxExtension>;

pub type TxExtension = (
	frame_system::CheckNonZeroSender<Runtime>,
	frame_system::CheckSpecVersion<Runtime>,
	frame_system::CheckTxVersion<Runtime>,
	frame_system::CheckGenesis<Runtime>,
	frame_system::CheckMortality<Runtime>,
	frame_system::CheckNonce<Runtime>,
	frame_system::CheckWeight<Runtime>,
	pallet_transaction_payment::ChargeTransactionPayment<Runtime>,
);

pub type Executive = frame_executive::Executive<
	Runtime,
	Block,
	frame_system::ChainContext<Runtime>,
	Runtime,
	AllPalletsWithSystem,
>;

// The indices of BEHAVIOUR.md section 1, and the lab's own pallet.
#[cfg(not(feature = "later"))]
construct_runtime!(
	pub enum Runtime {
		System: frame_system = 1,
		Timestamp: pallet_timestamp = 2,
		Sudo: pallet_sudo = 3,
		Balances: pallet_balances = 6,
		TransactionPayment: pallet_transaction_payment = 7,
		Registration: registration = 53,
		ExecutionUnit: execution_unit = 54,
		Marketplace: marketplace = 56,
		SubAccount: sub_account = 58,
		Compute: compute = 67,
		PalletIp: pallet_ip = 74,
		Lab: lab = 100,
	}
);

#[cfg(feature = "later")]
construct_runtime!(
	pub enum Runtime {
		System: frame_system = 1,
		Timestamp: pallet_timestamp = 2,
		Sudo: pallet_sudo = 3,
		Babe: pallet_babe = 4,
		Balances: pallet_balances = 6,
		TransactionPayment: pallet_transaction_payment = 7,
		Registration: registration = 53,
		ExecutionUnit: execution_unit = 54,
		SubAccount: sub_account = 58,
		PalletIp: pallet_ip = 74,
		Lab: lab = 100,
	}
);
