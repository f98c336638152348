// SPDX-License-Identifier: Apache-2.0
//! The stand-in for Marketplace: its `purchase_plan` creates the request and charges nothing (BEHAVIOUR.md section 7).

pub use pallet::*;

#[frame_support::pallet]
pub mod pallet {
	use crate::{
		pallets::{
			compute::{self, ImageMetadata},
			lab::{self, Mutant},
			sub_account,
		},
		primitives::NodeId,
	};
	use alloc::vec::Vec;
	use frame_support::pallet_prelude::*;
	use frame_system::pallet_prelude::*;

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config + compute::Config {}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Creates a compute request for the main account of `pay_for`, or of the signer.
		#[pallet::call_index(7)]
		#[pallet::weight(Weight::from_parts(10_000, 0))]
		#[allow(clippy::too_many_arguments)]
		pub fn purchase_plan(
			origin: OriginFor<T>,
			plan_id: T::Hash,
			plan_technical_description: Vec<u8>,
			image_name: Vec<u8>,
			image_url: Vec<u8>,
			cloud_init_cid: Option<Vec<u8>>,
			pay_for: Option<T::AccountId>,
			miner_id: Option<NodeId>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let lab = lab::Pallet::<T>::settings();
			let pay_for = pay_for.filter(|_| !lab.mutant(Mutant::PayForIgnored));
			let owner = sub_account::Pallet::<T>::main_account(&lab, pay_for.unwrap_or(who));
			let selected_image = ImageMetadata { name: image_name, image_url };
			compute::Pallet::<T>::create_compute_request(
				&lab,
				owner,
				plan_technical_description,
				plan_id,
				selected_image,
				cloud_init_cid,
				miner_id,
			)
		}
	}
}
