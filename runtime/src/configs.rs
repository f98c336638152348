// SPDX-License-Identifier: Apache-2.0
//! The pallets' configurations.

use crate::{
	pallets::{
		execution_unit, lab, lab::rules::RELEASE_PERIOD, pallet_ip, registration, sub_account,
	},
	primitives::{AccountId, Balance, BlockNumber, Hash, Nonce},
	Balances, Block, PalletInfo, Runtime, RuntimeCall, RuntimeEvent, RuntimeFreezeReason,
	RuntimeHoldReason, RuntimeOrigin, RuntimeTask, System, VERSION,
};
use frame_support::{
	derive_impl, parameter_types,
	traits::{ConstU128, ConstU32, ConstU64, ConstU8},
	weights::{
		constants::{RocksDbWeight, WEIGHT_REF_TIME_PER_SECOND},
		NoFee, Weight,
	},
};
use frame_system::limits::{BlockLength, BlockWeights};
use pallet_transaction_payment::FungibleAdapter;
use sp_runtime::{traits::AccountIdLookup, Perbill};
use sp_version::RuntimeVersion;

#[cfg(not(feature = "later"))]
use crate::pallets::{compute, marketplace};

/// The part of a block that ordinary extrinsics may fill.
const NORMAL_DISPATCH_RATIO: Perbill = Perbill::from_percent(75);

parameter_types! {
	pub const Version: RuntimeVersion = VERSION;
	pub Weights: BlockWeights = BlockWeights::with_sensible_defaults(
		Weight::from_parts(2 * WEIGHT_REF_TIME_PER_SECOND, u64::MAX),
		NORMAL_DISPATCH_RATIO,
	);
	pub Length: BlockLength =
		BlockLength::max_with_normal_ratio(5 * 1_024 * 1_024, NORMAL_DISPATCH_RATIO);
}

#[derive_impl(frame_system::config_preludes::SolochainDefaultConfig)]
impl frame_system::Config for Runtime {
	type AccountData = pallet_balances::AccountData<Balance>;
	type AccountId = AccountId;
	type Block = Block;
	type BlockHashCount = ConstU64<2_400>;
	type BlockLength = Length;
	type BlockWeights = Weights;
	type DbWeight = RocksDbWeight;
	type Hash = Hash;
	type Lookup = AccountIdLookup<AccountId, ()>;
	type MaxConsumers = ConstU32<16>;
	type Nonce = Nonce;
	#[cfg(not(any(feature = "migrated", feature = "dropped")))]
	type SingleBlockMigrations = ();
	#[cfg(feature = "migrated")]
	type SingleBlockMigrations = compute::migration::ToVersion1<Runtime>;
	#[cfg(feature = "dropped")]
	type SingleBlockMigrations = compute::migration::DropLast<Runtime>;
	type SS58Prefix = frame_support::traits::ConstU16<42>;
	type Version = Version;
}

/// Blocks may follow one another as fast as a test wants; a BABE slot is twice the minimum period.
const MINIMUM_PERIOD: u64 =
	if cfg!(feature = "later") { crate::primitives::MILLISECONDS_PER_BLOCK / 2 } else { 0 };

impl pallet_timestamp::Config for Runtime {
	type MinimumPeriod = ConstU64<MINIMUM_PERIOD>;
	type Moment = u64;
	#[cfg(not(feature = "later"))]
	type OnTimestampSet = ();
	#[cfg(feature = "later")]
	type OnTimestampSet = crate::Babe;
	type WeightInfo = ();
}

/// BABE with one epoch a day and the authorities of genesis for ever.
#[cfg(feature = "later")]
impl pallet_babe::Config for Runtime {
	type DisabledValidators = ();
	type EpochChangeTrigger = pallet_babe::SameAuthoritiesForever;
	type EpochDuration = ConstU64<14_400>;
	type EquivocationReportSystem = ();
	type ExpectedBlockTime = ConstU64<{ crate::primitives::MILLISECONDS_PER_BLOCK }>;
	type KeyOwnerProof = sp_session::MembershipProof;
	type MaxAuthorities = ConstU32<32>;
	type MaxNominators = ConstU32<0>;
	type WeightInfo = ();
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Runtime {
	type AccountStore = System;
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<1>;
	type MaxLocks = ConstU32<50>;
}

impl pallet_sudo::Config for Runtime {
	type RuntimeCall = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = ();
}

/// Nothing costs anything: what a call does to storage is then the call's own, and no test runs out of money.
impl pallet_transaction_payment::Config for Runtime {
	type FeeMultiplierUpdate = ();
	type LengthToFee = NoFee<Balance>;
	type OnChargeTransaction = FungibleAdapter<Balances, ()>;
	type OperationalFeeMultiplier = ConstU8<1>;
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = ();
	type WeightToFee = NoFee<Balance>;
}

impl lab::Config for Runtime {}
impl registration::Config for Runtime {}
impl sub_account::Config for Runtime {}
impl execution_unit::Config for Runtime {}

impl pallet_ip::Config for Runtime {
	type IpReleasePeriod = frame_support::traits::ConstU64<{ RELEASE_PERIOD as BlockNumber }>;
}

#[cfg(not(feature = "later"))]
impl compute::Config for Runtime {}
#[cfg(not(feature = "later"))]
impl marketplace::Config for Runtime {}
