// SPDX-License-Identifier: Apache-2.0
//! Which calls are accepted unsigned, and the tag that each provides (BEHAVIOUR.md section 10).

use super::{Call, Config};
use crate::{
	pallets::lab::{self, LabSettings, Mutant, Rule},
	primitives::{now, BlockNumber, NodeId},
	unsigned,
};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::traits::GetCallName;
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidity};

/// Validity of an unsigned call: under DEV-28 its tag knows all arguments. Fails: `InvalidTransaction::Call` for signed and root calls.
pub(super) fn validate<T: Config>(call: &Call<T>) -> TransactionValidity {
	let lab = lab::Pallet::<T>::settings();
	let (prefix, parts) = tag_of(&lab, call).ok_or(InvalidTransaction::Call)?;
	let body = if lab.promised(Rule::Dev28) { unsigned::arguments(call) } else { parts };
	let block = now::<T>().saturating_sub(lab.mutant(Mutant::TagOfParentBlock).into());
	let mut data = [block.encode(), body].concat();
	if !lab.mutant(Mutant::TagWithoutStamp) {
		data.extend(stamp(block).encode());
	}
	unsigned::valid(&lab, prefix, call.get_call_name(), &data)
}

/// What stands for the time: a number made of the block's.
fn stamp(block: BlockNumber) -> u64 {
	block.wrapping_mul(1_000).wrapping_add(block % 1_000).wrapping_add(block & 0xff)
}

/// The tag's prefix, and its data between block number and stamp. Node ids are raw, without their length.
fn tag_of<T: Config>(lab: &LabSettings, call: &Call<T>) -> Option<(&'static str, Vec<u8>)> {
	let of_node = |prefix, node_id: &NodeId, rest: &[Vec<u8>]| {
		Some((prefix, [node_id.as_slice(), &rest.concat()].concat()))
	};
	match call {
		Call::submit_compute_request_assignment { miner_node_id, plan_id, request_id, .. } => {
			of_node(
				"ComputeRequestAssignment",
				miner_node_id,
				&[plan_id.encode(), request_id.encode()],
			)
		}
		Call::update_miner_compute_request { node_id, request_id, job_id, ip } => {
			let is_swapped = lab.mutant(Mutant::JobTagSwapped);
			let (first, second) = if is_swapped { (ip, job_id) } else { (job_id, ip) };
			of_node(
				"ComputeRequestFulfilled",
				node_id,
				&[first.clone(), second.clone(), request_id.encode()],
			)
		}
		Call::mark_miner_compute_stop_request_fulfilled { node_id, request_id, .. } => {
			let prefix = if lab.mutant(Mutant::StopTagPrefix) {
				"ComputeBootRequestFulfilled"
			} else {
				"ComputeStopRequestFulfilled"
			};
			of_node(prefix, node_id, &[request_id.encode()])
		}
		Call::submit_compute_deletion_request { node_id, request_id, vm_name } => {
			let is_raw = lab.mutant(Mutant::VmNameRaw);
			let vm_name = if is_raw { vm_name.clone() } else { vm_name.encode() };
			of_node("ComputeDeletionRequest", node_id, &[request_id.encode(), vm_name])
		}
		Call::submit_compute_boot_request_fulfillment { node_id, request_id, .. } => {
			of_node("ComputeBootRequestFulfilled", node_id, &[request_id.encode()])
		}
		Call::submit_compute_reboot_request_fulfillment { node_id, request_id, .. } => {
			of_node("ComputeRebootRequestFulfilled", node_id, &[request_id.encode()])
		}
		Call::submit_compute_resize_request_fulfillment { node_id, request_id, .. } => {
			of_node("ComputeResizeRequestFulfilled", node_id, &[request_id.encode()])
		}
		Call::mark_compute_request_fulfilled { node_id, request_id } => {
			of_node("ComputeRequestFulfilled", node_id, &[request_id.encode()])
		}
		Call::update_miner_compute_request_hypervisor_ip { node_id, request_id, hypervisor_ip } => {
			of_node(
				"ComputeRequestFulfilled",
				node_id,
				&[hypervisor_ip.encode(), request_id.encode()],
			)
		}
		Call::handle_miner_compute_request_failure { node_id, request_id, .. } => {
			of_node("ComputeRequestFailure", node_id, &[request_id.encode()])
		}
		Call::update_miner_compute_request_vnc { node_id, request_id, vnc_port, vm_name } => {
			let has_port = !lab.mutant(Mutant::VncTagWithoutPort);
			let vnc_port = if has_port { vnc_port.encode() } else { Vec::new() };
			of_node(
				"ComputeRequestFulfilled",
				node_id,
				&[vnc_port, vm_name.encode(), request_id.encode()],
			)
		}
		_ => None,
	}
}
