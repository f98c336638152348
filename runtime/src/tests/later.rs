// SPDX-License-Identifier: Apache-2.0
//! The fixture `later`: what a host must give it, and what it lacks.

use crate::{primitives::MILLISECONDS_PER_BLOCK, Executive, Header, Runtime, RuntimeCall};
use codec::Encode;
use frame_support::traits::{GetCallMetadata, UnfilteredDispatchable};
use sp_consensus_babe::{
	digests::{PreDigest, SecondaryPlainPreDigest},
	Slot, BABE_ENGINE_ID,
};
use sp_io::TestExternalities;
use sp_runtime::{traits::Header as _, Digest, DigestItem};

/// Opens block 1 and sets its time to `slot`, after the pre-runtime digests given.
fn open_block(slot: u64, logs: Vec<DigestItem>) {
	TestExternalities::new_empty().execute_with(|| {
		let digest = Digest { logs };
		let none = Default::default();
		let header = Header::new(1, none, none, none, digest);
		Executive::initialize_block(&header);
		let set_time: RuntimeCall =
			pallet_timestamp::Call::<Runtime>::set { now: slot * MILLISECONDS_PER_BLOCK }.into();
		assert!(set_time.dispatch_bypass_filter(crate::RuntimeOrigin::none()).is_ok());
	});
}

fn babe_digest(slot: u64) -> DigestItem {
	let secondary = SecondaryPlainPreDigest { authority_index: 0, slot: Slot::from(slot) };
	DigestItem::PreRuntime(BABE_ENGINE_ID, PreDigest::SecondaryPlain(secondary).encode())
}

#[test]
fn a_block_with_its_slot_in_a_babe_digest_opens() {
	open_block(7, vec![babe_digest(7)]);
}

#[test]
#[should_panic(expected = "CurrentSlot")]
fn a_block_without_a_babe_digest_panics_at_its_timestamp() {
	open_block(7, vec![]);
}

#[test]
fn it_has_the_version_and_the_revisions_of_a_later_release_and_no_compute() {
	assert_eq!(crate::VERSION.spec_version, 9_006);
	let pallets = RuntimeCall::get_module_names();
	assert!(!pallets.contains(&"Compute") && !pallets.contains(&"Marketplace"));
	assert_eq!(crate::pallets::lab::LabSettings::default().revised, 0b11);
}
