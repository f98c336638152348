// SPDX-License-Identifier: Apache-2.0
//! What Compute needs of SubAccount: whom an account stands for (BEHAVIOUR.md section 7). Storage only.

pub use pallet::*;

#[frame_support::pallet]
pub mod pallet {
	use crate::pallets::lab::{LabSettings, Mutant};
	use frame_support::pallet_prelude::*;

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config {}

	/// Sub-account to main account.
	#[pallet::storage]
	pub type SubAccount<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, T::AccountId, OptionQuery>;

	impl<T: Config> Pallet<T> {
		/// The main account of `who`, one level deep (section 3).
		pub fn main_account(lab: &LabSettings, who: T::AccountId) -> T::AccountId {
			let main_of = |who: T::AccountId| SubAccount::<T>::get(&who).unwrap_or(who);
			if lab.mutant(Mutant::SubAccountOfSubAccount) {
				return main_of(main_of(who));
			}
			main_of(who)
		}
	}
}
