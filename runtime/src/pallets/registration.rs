// SPDX-License-Identifier: Apache-2.0
//! What Compute needs of Registration: who owns a node (BEHAVIOUR.md section 7). Storage only.

use crate::primitives::{AccountId, BlockNumber, NodeId};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

pub use pallet::*;

#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum NodeType {
	Validator,
	StorageMiner,
	StorageS3,
	ComputeMiner,
	GpuMiner,
}

#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub enum Status {
	Online,
	Degraded,
	Offline,
}

#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct NodeInfo {
	pub node_id: NodeId,
	pub node_type: NodeType,
	pub ipfs_node_id: Option<Vec<u8>>,
	pub status: Status,
	pub registered_at: BlockNumber,
	pub owner: AccountId,
}

#[frame_support::pallet]
pub mod pallet {
	use super::NodeInfo;
	use crate::{
		pallets::lab::{LabSettings, Mutant},
		primitives::NodeId,
	};
	use frame_support::pallet_prelude::*;

	#[pallet::pallet]
	#[pallet::without_storage_info]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config {}

	/// Nodes registered by a cold key: looked up first.
	#[pallet::storage]
	pub type ColdkeyNodeRegistration<T: Config> =
		StorageMap<_, Blake2_128Concat, NodeId, Option<NodeInfo>, ValueQuery>;

	/// The other nodes.
	#[pallet::storage]
	pub type NodeRegistration<T: Config> =
		StorageMap<_, Blake2_128Concat, NodeId, Option<NodeInfo>, ValueQuery>;

	impl<T: Config> Pallet<T> {
		/// A node's registration; a stored `None` counts as absent.
		pub fn registration_of(lab: &LabSettings, node_id: &NodeId) -> Option<NodeInfo> {
			let of_node = || NodeRegistration::<T>::get(node_id);
			if lab.mutant(Mutant::ColdkeyIgnored) {
				return of_node();
			}
			let of_coldkey = || ColdkeyNodeRegistration::<T>::get(node_id);
			if lab.mutant(Mutant::NodeBeforeColdkey) {
				return of_node().or_else(of_coldkey);
			}
			of_coldkey().or_else(of_node)
		}
	}
}
