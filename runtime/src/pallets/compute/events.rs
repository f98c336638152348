// SPDX-License-Identifier: Apache-2.0
//! Compute's events and errors; their order gives the SCALE indices (BEHAVIOUR.md section 5).

use frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod events {
	/// The first four are never emitted: PalletIp has its own.
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		IpAssigned {
			vm_uuid: Vec<u8>,
			ip: Ip,
		},
		IpReturned {
			vm_uuid: Vec<u8>,
			ip: Ip,
		},
		IpRetrieved {
			vm_uuid: Vec<u8>,
			ip: Ip,
		},
		IpAdded {
			ip: Ip,
		},
		ComputeRequestCreated {
			plan_id: T::Hash,
			owner: T::AccountId,
		},
		ComputeRequestDeleted {
			request_id: RequestId,
			owner: T::AccountId,
		},
		ComputeRequestSubmitted {
			miner: NodeId,
			request_id: RequestId,
			owner: T::AccountId,
		},
		ComputeRequestFulfilled {
			node: NodeId,
			request_id: RequestId,
			owner: T::AccountId,
		},
		ComputeDeletionRequestRemoved {
			node_id: NodeId,
			request_id: RequestId,
			owner: T::AccountId,
		},
		ComputeBootRequestRemoved {
			node_id: NodeId,
			request_id: RequestId,
			owner: T::AccountId,
		},
		ComputeRebootRequestFulfilled {
			node_id: NodeId,
			request_id: RequestId,
			owner: T::AccountId,
		},
		ComputeResizeRequestFulfilled {
			node_id: NodeId,
			request_id: RequestId,
			owner: T::AccountId,
		},
		ComputeStopRequested {
			plan_id: T::Hash,
			owner: T::AccountId,
			caller: T::AccountId,
		},
		ComputeBootRequested {
			plan_id: T::Hash,
			owner: T::AccountId,
			caller: T::AccountId,
		},
		ComputeResizeRequested {
			plan_id: T::Hash,
			owner: T::AccountId,
			caller: T::AccountId,
		},
		ComputeDeleteRequested {
			plan_id: T::Hash,
			owner: T::AccountId,
			caller: T::AccountId,
		},
		ComputeRebootRequested {
			plan_id: T::Hash,
			owner: T::AccountId,
			caller: T::AccountId,
		},
	}

	/// The first four are never returned; 4 and 7 only under DEV-01 and DEV-08.
	#[pallet::error]
	pub enum Error<T> {
		NoAvailableIp,
		VmAlreadyHasIp,
		VmHasNoIp,
		IpAlreadyExists,
		InvalidSignature,
		ComputeRequestNotFound,
		ComputeDeletionRequestNotFound,
		ComputeStopRequestAlreadyExists,
		ComputeStopRequestNotFound,
		ComputeBootRequestNotFound,
		ComputeRebootRequestNotFound,
		ComputeResizeRequestNotFound,
	}
}
