// SPDX-License-Identifier: Apache-2.0
//! The switches of the lab: which rules are as promised, which revisions are in force, how long a released IP waits, and
//! which bug is put in. One storage value, read at most once by each call, hook and validation under test, so that a test
//! sets everything with one raw write.

pub mod mutants;
pub mod rules;

pub use mutants::Mutant;
pub use pallet::*;
pub use rules::{LabSettings, Revision, Rule};

#[frame_support::pallet]
pub mod pallet {
	use super::LabSettings;
	use crate::primitives::{AccountId, BlockNumber, Hash};
	use frame_support::pallet_prelude::*;
	use frame_system::pallet_prelude::*;

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	/// Fixes the types that the pages fix, for every pallet that asks the lab for its settings.
	#[pallet::config]
	pub trait Config: frame_system::Config<AccountId = AccountId, Hash = Hash> {}

	/// What is in force now.
	#[pallet::storage]
	pub type Settings<T: Config> = StorageValue<_, LabSettings, ValueQuery>;

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Sets all rules: bit n - 1 of `promised` is DEV-n, bit n - 1 of `revised` is REV-n.
		#[pallet::call_index(0)]
		#[pallet::weight(T::DbWeight::get().reads_writes(1, 1))]
		pub fn set_rules(origin: OriginFor<T>, promised: u32, revised: u8) -> DispatchResult {
			ensure_root(origin)?;
			Settings::<T>::mutate(|lab| (lab.promised, lab.revised) = (promised, revised));
			Ok(())
		}

		/// Sets how many blocks a released IP waits.
		#[pallet::call_index(1)]
		#[pallet::weight(T::DbWeight::get().reads_writes(1, 1))]
		pub fn set_release_period(origin: OriginFor<T>, blocks: BlockNumber) -> DispatchResult {
			ensure_root(origin)?;
			Settings::<T>::mutate(|lab| lab.release_period = blocks);
			Ok(())
		}

		/// Puts in one bug by its number, or none by 0 or a number that no bug has.
		#[pallet::call_index(2)]
		#[pallet::weight(T::DbWeight::get().reads_writes(1, 1))]
		pub fn set_mutant(origin: OriginFor<T>, number: u32) -> DispatchResult {
			ensure_root(origin)?;
			Settings::<T>::mutate(|lab| lab.mutant = number);
			Ok(())
		}
	}

	impl<T: Config> Pallet<T> {
		/// The settings for one call, hook or validation.
		pub fn settings() -> LabSettings {
			Settings::<T>::get()
		}
	}
}

/// Makes a call's writes and events so far stay, even where the call fails: what its storage layer holds goes to the layer
/// around it, and a new one takes what comes. Only for a bug.
pub fn let_writes_survive() {
	sp_io::storage::commit_transaction();
	sp_io::storage::start_transaction();
}
