// SPDX-License-Identifier: Apache-2.0
//! The rules of RULES.md and the settings that hold them.

use super::Mutant;
use crate::primitives::BlockNumber;
use codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// `IpReleasePeriod` as deployed: 15 days of 6 s blocks.
pub const RELEASE_PERIOD: BlockNumber = 216_000;

/// A deviation that changes behaviour; its number is that of DEVIATIONS.md.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub enum Rule {
	/// Signature arguments are checked.
	Dev01 = 1,
	/// An assignment to an unregistered node fails where it panics.
	Dev02 = 2,
	/// An IP is added only where it is nowhere else.
	Dev03 = 3,
	/// The miner entry's lookup tries every fulfilled entry of a list.
	Dev04 = 4,
	/// Only a pending, unassigned request is assigned.
	Dev05 = 5,
	/// A deletion releases the IP of its job.
	Dev06 = 6,
	/// An assignment's plan and owner are the request's.
	Dev07 = 7,
	/// A repeated stop, boot, reboot or resize is told from a new one.
	Dev08 = 8,
	/// A confirmed deletion always has its event.
	Dev09 = 9,
	/// Only fulfilment emits `ComputeRequestFulfilled`.
	Dev10 = 10,
	/// An id that nobody has is `ComputeRequestNotFound`.
	Dev11 = 11,
	/// Status follows a state machine.
	Dev12 = 12,
	/// A fulfilled queue entry is removed.
	Dev13 = 13,
	/// An empty list has no key.
	Dev16 = 16,
	/// Ids do not repeat.
	Dev17 = 17,
	/// A miner asked for by name is honoured.
	Dev19 = 19,
	/// A failed request leaves the miner's list and is free for another assignment.
	Dev20 = 20,
	/// A failure releases the IP of its job.
	Dev21 = 21,
	/// A VM that has a job gets no second one.
	Dev22 = 22,
	/// A deletion drops the queue entries of its request alone.
	Dev23 = 23,
	/// Only a running VM is stopped or rebooted, only a stopped one booted.
	Dev24 = 24,
	/// Only a VM with a job is fulfilled.
	Dev25 = 25,
	/// Metrics saturate where they wrap.
	Dev26 = 26,
	/// Later specs store every field that the first ones do.
	Dev27 = 27,
	/// An unsigned call's tag knows all its arguments.
	Dev28 = 28,
	/// Only a compute miner is assigned to.
	Dev29 = 29,
}

/// What a later release changed on purpose (RULES.md, "Revisions").
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub enum Revision {
	/// ExecutionUnit counts and limits a node's calls.
	Rev01 = 1,
	/// `update_metrics_data` has no event.
	Rev02 = 2,
}

/// Everything that can be switched. The SCALE order is part of what tests write raw.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo, MaxEncodedLen)]
pub struct LabSettings {
	/// Bit n - 1: DEV-n is as promised.
	pub promised: u32,
	/// Bit n - 1: REV-n is as in release 9006.
	pub revised: u8,
	/// Blocks that a released IP waits. This counts, not PalletIp's constant.
	pub release_period: BlockNumber,
	/// The number of the bug put in; 0 is none.
	pub mutant: u32,
}

impl Default for LabSettings {
	/// All as deployed: in the later release, with its revisions.
	fn default() -> Self {
		let revised = if cfg!(feature = "later") { 0b11 } else { 0 };
		Self { promised: 0, revised, release_period: RELEASE_PERIOD, mutant: 0 }
	}
}

impl LabSettings {
	/// Whether the rule is at its `promised` setting.
	pub fn promised(&self, rule: Rule) -> bool {
		self.promised & (1 << (rule as u32 - 1)) != 0
	}

	/// Whether the revision is at its `9006` setting.
	pub fn revised(&self, revision: Revision) -> bool {
		self.revised & (1 << (revision as u32 - 1)) != 0
	}

	/// Whether the bug is put in.
	pub fn mutant(&self, mutant: Mutant) -> bool {
		self.mutant == mutant as u32
	}
}
