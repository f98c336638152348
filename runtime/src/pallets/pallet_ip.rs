// SPDX-License-Identifier: Apache-2.0
//! PalletIp: pools of available IPs, which VM holds which, and released IPs that wait (BEHAVIOUR.md section 6).

use crate::primitives::{AccountId, BlockNumber, Ip, NodeId};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use frame_support::{ensure, storage::StorageValue};
use scale_info::TypeInfo;
use sp_runtime::DispatchResult;

use crate::{
	pallets::lab::{self, LabSettings, Mutant, Rule},
	primitives::now,
};

pub use pallet::*;

/// Who holds an IP.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub enum RoleType {
	Hypervisor(NodeId),
	Client(AccountId),
	Vm(Vec<u8>),
	StorageMiner(NodeId),
}

/// An IP that waits until it is available again.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct IpReleaseRequest {
	pub vm_name: Vec<u8>,
	pub ip: Ip,
	pub created_at: BlockNumber,
	pub role_type: RoleType,
}

#[frame_support::pallet]
pub mod pallet {
	use super::{IpReleaseRequest, RoleType};
	use crate::{
		pallets::lab::{self, Mutant},
		primitives::{BlockNumber, Ip},
	};
	use alloc::vec::Vec;
	use frame_support::pallet_prelude::*;
	use frame_system::pallet_prelude::*;

	#[pallet::pallet]
	#[pallet::without_storage_info]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config + lab::Config {
		/// Blocks that a released IP waits on mainnet. The lab's setting is the one that counts here.
		#[pallet::constant]
		type IpReleasePeriod: Get<BlockNumber>;
	}

	#[pallet::storage]
	pub type AvailableHypervisorIps<T: Config> = StorageValue<_, Vec<Ip>, ValueQuery>;

	#[pallet::storage]
	pub type AvailableClientIps<T: Config> = StorageValue<_, Vec<Ip>, ValueQuery>;

	#[pallet::storage]
	pub type AvailableStorageMinerIps<T: Config> = StorageValue<_, Vec<Ip>, ValueQuery>;

	#[pallet::storage]
	pub type VmAvailableIps<T: Config> = StorageValue<_, Vec<Ip>, ValueQuery>;

	/// Names of the VMs that hold an IP.
	#[pallet::storage]
	pub type AssignedVmIps<T: Config> = StorageValue<_, Vec<Vec<u8>>, ValueQuery>;

	#[pallet::storage]
	pub type AssignedClientIps<T: Config> = StorageValue<_, Vec<Ip>, ValueQuery>;

	#[pallet::storage]
	pub type IpToRole<T: Config> = StorageMap<_, Blake2_128Concat, Ip, RoleType, OptionQuery>;

	#[pallet::storage]
	pub type RoleToIp<T: Config> = StorageMap<_, Blake2_128Concat, RoleType, Ip, OptionQuery>;

	#[pallet::storage]
	pub type IpReleaseRequests<T: Config> = StorageValue<_, Vec<IpReleaseRequest>, ValueQuery>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		IpAssigned { ip: Ip },
		IpReturned { vm_uuid: Vec<u8>, ip: Ip },
		IpRetrieved { vm_uuid: Vec<u8>, ip: Ip },
		IpAdded { ip: Ip },
		IpRemoved { ip: Ip },
	}

	#[pallet::error]
	pub enum Error<T> {
		NoAvailableIp,
		VmAlreadyHasIp,
		VmHasNoIp,
		IpAlreadyExists,
		RoleAlreadyHasIp,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(_: BlockNumberFor<T>) -> Weight {
			Self::return_released_ips();
			T::DbWeight::get().reads_writes(2, 2)
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		#[pallet::call_index(0)]
		#[pallet::weight(Weight::from_parts(10_000, 0))]
		pub fn add_available_vm_ip(origin: OriginFor<T>, ip: Ip) -> DispatchResult {
			ensure_root(origin)?;
			Self::add_available::<VmAvailableIps<T>>(&lab::Pallet::<T>::settings(), ip)
		}

		#[pallet::call_index(1)]
		#[pallet::weight(Weight::from_parts(10_000, 0))]
		pub fn add_available_hypervisor_ip(origin: OriginFor<T>, ip: Ip) -> DispatchResult {
			ensure_root(origin)?;
			Self::add_available::<AvailableHypervisorIps<T>>(&lab::Pallet::<T>::settings(), ip)
		}

		#[pallet::call_index(2)]
		#[pallet::weight(Weight::from_parts(10_000, 0))]
		pub fn add_available_client_ip(origin: OriginFor<T>, ip: Ip) -> DispatchResult {
			ensure_root(origin)?;
			let lab = lab::Pallet::<T>::settings();
			if lab.mutant(Mutant::ClientIpToHypervisors) {
				return Self::add_available::<AvailableHypervisorIps<T>>(&lab, ip);
			}
			Self::add_available::<AvailableClientIps<T>>(&lab, ip)
		}

		#[pallet::call_index(3)]
		#[pallet::weight(Weight::from_parts(10_000, 0))]
		pub fn add_available_storage_miner_ip(origin: OriginFor<T>, ip: Ip) -> DispatchResult {
			ensure_root(origin)?;
			Self::add_available::<AvailableStorageMinerIps<T>>(&lab::Pallet::<T>::settings(), ip)
		}

		#[pallet::call_index(4)]
		#[pallet::weight(Weight::from_parts(10_000, 0))]
		pub fn remove_available_vm_ip(origin: OriginFor<T>, ip: Ip) -> DispatchResult {
			ensure_root(origin)?;
			Self::remove_available::<VmAvailableIps<T>>(&lab::Pallet::<T>::settings(), ip)
		}

		#[pallet::call_index(5)]
		#[pallet::weight(Weight::from_parts(10_000, 0))]
		pub fn remove_available_hypervisor_ip(origin: OriginFor<T>, ip: Ip) -> DispatchResult {
			ensure_root(origin)?;
			Self::remove_available::<AvailableHypervisorIps<T>>(&lab::Pallet::<T>::settings(), ip)
		}

		#[pallet::call_index(6)]
		#[pallet::weight(Weight::from_parts(10_000, 0))]
		pub fn remove_available_client_ip(origin: OriginFor<T>, ip: Ip) -> DispatchResult {
			ensure_root(origin)?;
			Self::remove_available::<AvailableClientIps<T>>(&lab::Pallet::<T>::settings(), ip)
		}

		#[pallet::call_index(7)]
		#[pallet::weight(Weight::from_parts(10_000, 0))]
		pub fn remove_available_storage_miner_ip(origin: OriginFor<T>, ip: Ip) -> DispatchResult {
			ensure_root(origin)?;
			let lab = lab::Pallet::<T>::settings();
			if lab.mutant(Mutant::StorageMinerIpFromClients) {
				return Self::remove_available::<AvailableClientIps<T>>(&lab, ip);
			}
			Self::remove_available::<AvailableStorageMinerIps<T>>(&lab, ip)
		}
	}
}

impl<T: Config> Pallet<T> {
	/// Calls 0 to 3. Fails: `IpAlreadyExists`. Event: `IpAdded`.
	fn add_available<Pool>(lab: &LabSettings, ip: Ip) -> DispatchResult
	where
		Pool: StorageValue<Vec<Ip>, Query = Vec<Ip>>,
	{
		let mut available = Pool::get();
		let is_there = available.contains(&ip) && !lab.mutant(Mutant::AddedTwice);
		let exists = is_there || (lab.promised(Rule::Dev03) && Self::is_in_use(&ip));
		ensure!(!exists, Error::<T>::IpAlreadyExists);
		available.push(ip.clone());
		Pool::put(available);
		Self::deposit_event(Event::IpAdded { ip });
		Ok(())
	}

	/// DEV-03: in any pool, held by a role, or waiting for its release.
	fn is_in_use(ip: &Ip) -> bool {
		VmAvailableIps::<T>::get().contains(ip)
			|| AvailableHypervisorIps::<T>::get().contains(ip)
			|| AvailableClientIps::<T>::get().contains(ip)
			|| AvailableStorageMinerIps::<T>::get().contains(ip)
			|| IpToRole::<T>::contains_key(ip)
			|| IpReleaseRequests::<T>::get().iter().any(|request| &request.ip == ip)
	}

	/// Calls 4 to 7. Fails: `NoAvailableIp`. Event: `IpRemoved`. An emptied list keeps its key.
	fn remove_available<Pool>(lab: &LabSettings, ip: Ip) -> DispatchResult
	where
		Pool: StorageValue<Vec<Ip>, Query = Vec<Ip>>,
	{
		let mut available = Pool::get();
		let removed = remove_first(&mut available, &ip);
		if removed.is_none() && lab.mutant(Mutant::RemoveSwallowed) {
			return Ok(());
		}
		removed.ok_or(Error::<T>::NoAvailableIp)?;
		if available.is_empty() && lab.mutant(Mutant::RemoveDropsKey) {
			Pool::kill();
		} else {
			Pool::put(available);
		}
		Self::deposit_event(Event::IpRemoved { ip });
		Ok(())
	}

	/// Whether a VM holds an IP.
	pub fn has_ip(vm_uuid: &[u8]) -> bool {
		RoleToIp::<T>::contains_key(RoleType::Vm(vm_uuid.to_vec()))
	}

	/// Gives an available IP to a VM. Fails: `VmAlreadyHasIp`, `NoAvailableIp`. Event: `IpAssigned`.
	pub fn assign_ip_to_vm(lab: &LabSettings, vm_uuid: Vec<u8>, ip: Ip) -> DispatchResult {
		let role = RoleType::Vm(vm_uuid.clone());
		let is_new = !RoleToIp::<T>::contains_key(&role);
		ensure!(is_new || lab.mutant(Mutant::AssignChecksPoolFirst), Error::<T>::VmAlreadyHasIp);
		let mut available = VmAvailableIps::<T>::get();
		remove_first(&mut available, &ip).ok_or(Error::<T>::NoAvailableIp)?;
		ensure!(is_new, Error::<T>::VmAlreadyHasIp);
		VmAvailableIps::<T>::put(available);
		AssignedVmIps::<T>::mutate(|assigned| assigned.push(vm_uuid));
		if !lab.mutant(Mutant::AssignKeepsOldRole) || !IpToRole::<T>::contains_key(&ip) {
			IpToRole::<T>::insert(&ip, &role);
		}
		RoleToIp::<T>::insert(&role, &ip);
		Self::deposit_event(Event::IpAssigned { ip });
		Ok(())
	}

	/// Takes a VM's IP, which then waits for its release. Fails: `VmHasNoIp`. Event: `IpReturned`.
	pub fn release_ip(lab: &LabSettings, vm_name: Vec<u8>) -> DispatchResult {
		let role_type = RoleType::Vm(vm_name.clone());
		let ip = RoleToIp::<T>::get(&role_type).ok_or(Error::<T>::VmHasNoIp)?;
		let mut assigned = AssignedVmIps::<T>::get();
		remove_first(&mut assigned, &vm_name).ok_or(Error::<T>::VmHasNoIp)?;
		AssignedVmIps::<T>::put(assigned);
		let keeps_foreign = lab.mutant(Mutant::ReleaseKeepsForeignRole);
		if !keeps_foreign || IpToRole::<T>::get(&ip).as_ref() == Some(&role_type) {
			IpToRole::<T>::remove(&ip);
		}
		RoleToIp::<T>::remove(&role_type);
		let request = IpReleaseRequest {
			vm_name: vm_name.clone(),
			ip: ip.clone(),
			created_at: now::<T>(),
			role_type,
		};
		IpReleaseRequests::<T>::mutate(|requests| requests.push(request));
		Self::deposit_event(Event::IpReturned { vm_uuid: vm_name, ip });
		Ok(())
	}

	/// The hook: what has waited long enough goes back to `VmAvailableIps` in list order. `IpReleaseRequests` is written in
	/// every block, so its key exists from the first block on.
	fn return_released_ips() {
		let lab = lab::Pallet::<T>::settings();
		let now = now::<T>();
		let requests = IpReleaseRequests::<T>::get();
		if requests.is_empty() && lab.mutant(Mutant::HookLeavesKey) {
			return;
		}
		let mut left = if lab.mutant(Mutant::HookReturnsOne) { 1 } else { requests.len() };
		let (due, waiting): (Vec<_>, Vec<_>) = requests.into_iter().partition(|request| {
			let returns = left > 0 && is_due(&lab, request.created_at, now);
			left -= usize::from(returns);
			returns
		});
		if !due.is_empty() {
			VmAvailableIps::<T>::mutate(|available| {
				for IpReleaseRequest { ip, .. } in due {
					if !lab.mutant(Mutant::HookReturnsOnce) || !available.contains(&ip) {
						available.push(ip);
					}
				}
			});
		}
		IpReleaseRequests::<T>::put(waiting);
	}
}

/// Whether a release request's period is over. The sum wraps.
fn is_due(lab: &LabSettings, created_at: BlockNumber, now: BlockNumber) -> bool {
	let due_at = created_at.wrapping_add(lab.release_period);
	if lab.mutant(Mutant::LateRelease) {
		due_at < now
	} else {
		due_at <= now
	}
}

/// Removes the first occurrence of `item`.
fn remove_first(list: &mut Vec<Vec<u8>>, item: &[u8]) -> Option<Vec<u8>> {
	let at = list.iter().position(|each| each == item)?;
	Some(list.remove(at))
}
