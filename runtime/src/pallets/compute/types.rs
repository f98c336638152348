// SPDX-License-Identifier: Apache-2.0
//! Compute's stored types; field order is SCALE order (BEHAVIOUR.md section 2).

use crate::primitives::{AccountId, BlockNumber, Hash, Ip, NodeId};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use scale_info::TypeInfo;

pub type RequestId = u128;
/// What a miner's VM manager calls a VM.
pub type JobId = Vec<u8>;

#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct ImageMetadata {
	pub name: Vec<u8>,
	pub image_url: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub enum ComputeRequestStatus {
	Pending,
	Stopped,
	InProgress,
	Running,
	Failed,
	Cancelled,
}

/// A user's request for a VM.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct ComputeRequest {
	pub request_id: RequestId,
	pub plan_technical_description: Vec<u8>,
	pub plan_id: Hash,
	pub status: ComputeRequestStatus,
	pub created_at: BlockNumber,
	pub owner: AccountId,
	pub selected_image: ImageMetadata,
	pub is_assigned: bool,
	pub cloud_init_cid: Option<Vec<u8>>,
	pub miner_id: Option<NodeId>,
	#[cfg(feature = "noted")]
	pub priority: u32,
}

/// A request in the list of the miner that it was assigned to. `fullfilled` is the on-chain spelling.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct MinerComputeRequest {
	pub miner_node_id: NodeId,
	pub miner_account_id: AccountId,
	pub job_id: Option<JobId>,
	pub hypervisor_ip: Option<Ip>,
	pub fail_reason: Option<Vec<u8>>,
	pub vnc_port: Option<u64>,
	pub ip_assigned: Option<Ip>,
	pub request_id: RequestId,
	pub plan_id: Hash,
	pub created_at: BlockNumber,
	pub fullfilled: bool,
}

/// What the entries of all five queues say.
pub struct Action {
	pub miner_node_id: NodeId,
	pub job_id: Option<JobId>,
	pub request_id: RequestId,
	pub user_id: AccountId,
	pub plan_id: Hash,
	pub created_at: BlockNumber,
}

/// An entry of a miner's queue: what a user asked to be done with a VM.
pub trait QueueEntry {
	fn request_id(&self) -> RequestId;
	fn is_open(&self) -> bool;
	fn user_id(&self) -> &AccountId;
	fn plan_id(&self) -> &Hash;
	fn mark_fulfilled(&mut self);

	fn is_of(&self, user: &AccountId, plan_id: &Hash) -> bool {
		self.plan_id() == plan_id && self.user_id() == user
	}
}

macro_rules! queue_entry {
	($name:ident { $($extra:ident: $type:ty),* }) => {
		#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
		pub struct $name {
			pub miner_node_id: NodeId,
			pub job_id: Option<JobId>,
			pub request_id: RequestId,
			pub user_id: AccountId,
			pub plan_id: Hash,
			pub created_at: BlockNumber,
			pub fullfilled: bool,
			$(pub $extra: $type,)*
		}

		impl $name {
			/// An entry that is not fulfilled yet.
			pub fn new(action: Action, $($extra: $type),*) -> Self {
				let Action { miner_node_id, job_id, request_id, user_id, plan_id, created_at } = action;
				let fullfilled = false;
				Self {
					miner_node_id, job_id, request_id, user_id, plan_id, created_at, fullfilled,
					$($extra,)*
				}
			}
		}

		impl QueueEntry for $name {
			fn request_id(&self) -> RequestId {
				self.request_id
			}

			fn is_open(&self) -> bool {
				!self.fullfilled
			}

			fn user_id(&self) -> &AccountId {
				&self.user_id
			}

			fn plan_id(&self) -> &Hash {
				&self.plan_id
			}

			fn mark_fulfilled(&mut self) {
				self.fullfilled = true;
			}
		}
	};
}

queue_entry!(MinerComputeDeletionRequest {});
queue_entry!(MinerComputeStopRequest {});
queue_entry!(MinerComputeBootRequest {});
queue_entry!(MinerComputeRebootRequest {});
queue_entry!(MinerComputeResizeRequest { resize_gbs: u32 });
