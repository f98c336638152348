// SPDX-License-Identifier: Apache-2.0
//! How reports change a node's record (BEHAVIOUR.md section 8). All sums and products of stored numbers wrap; under DEV-26
//! they saturate.

use super::{NodeMetricsData, SystemInfo, Text};
use crate::{
	pallets::lab::{LabSettings, Mutant, Rule},
	primitives::{BlockNumber, NodeId, MILLISECONDS_PER_BLOCK},
};

const BYTES_PER_MB: u64 = 1_024 * 1_024;

/// What `update_metrics_data` reports.
pub struct Measurement {
	pub storage_proof_time_ms: u32,
	pub latency_ms: u32,
	pub peer_count: u32,
	pub failed_challenges_count: u32,
	pub successful_challenges: u32,
	pub total_challenges: u32,
	pub uptime_minutes: u32,
	pub total_minutes: u32,
	pub consecutive_reliable_days: u32,
	pub recent_downtime_hours: u32,
}

impl NodeMetricsData {
	/// The record that a node's first specs make. Of the defaults only those are written that the specs leave as they are.
	pub fn first(lab: &LabSettings, miner_id: NodeId, info: SystemInfo) -> Self {
		let mut record = Self {
			miner_id,
			geolocation: location(lab, &info).unwrap_or_default(),
			avg_response_time_ms: 100,
			peer_count: 10,
			..Default::default()
		};
		record.set_first_specs(&info);
		record.set_specs(lab, info);
		record
	}

	/// What later specs change: not what only the first ones set, but under DEV-27.
	pub fn update_specs(&mut self, lab: &LabSettings, info: SystemInfo) {
		if let Some(geolocation) = location(lab, &info) {
			self.geolocation = geolocation;
		}
		if lab.promised(Rule::Dev27) {
			self.set_first_specs(&info);
		}
		self.set_specs(lab, info);
		if is_measured(lab, self.uptime_minutes) {
			self.storage_growth_rate =
				(self.current_storage_bytes / u64::from(self.uptime_minutes)) as u32;
		}
	}

	/// What only the first specs set.
	fn set_first_specs(&mut self, info: &SystemInfo) {
		self.is_sev_enabled = info.is_sev_enabled;
		self.zfs_info = info.zfs_info.clone();
		self.raid_info = info.raid_info.clone();
		self.gpu_name = info.gpu_name.clone();
		self.gpu_memory_mb = info.gpu_memory_mb;
		self.hypervisor_disk_type = info.hypervisor_disk_type.clone();
		self.vm_pool_disk_type = info.vm_pool_disk_type.clone();
	}

	/// What all specs set.
	fn set_specs(&mut self, lab: &LabSettings, info: SystemInfo) {
		let total = bytes_of(lab, info.storage_total_mb);
		let free = bytes_of(lab, info.storage_free_mb);
		self.bandwidth_mbps = info.network_bandwidth_mb_s;
		self.current_storage_bytes = difference(lab, total, free);
		self.total_storage_bytes = total;
		self.ipfs_zfs_pool_size = info.ipfs_zfs_pool_size;
		self.ipfs_zfs_pool_alloc = info.ipfs_zfs_pool_alloc;
		self.ipfs_zfs_pool_free = info.ipfs_zfs_pool_free;
		self.vm_count = info.vm_count;
		self.primary_network_interface = info.primary_network_interface;
		self.disks = info.disks;
		self.ipfs_repo_size = info.ipfs_repo_size;
		self.ipfs_storage_max = info.ipfs_storage_max;
		self.cpu_model = info.cpu_model;
		self.cpu_cores = info.cpu_cores;
		self.memory_mb = info.memory_mb;
		self.free_memory_mb = info.free_memory_mb;
		self.disk_info = info.disk_info;
	}

	/// Counts pin checks.
	pub fn add_pin_checks(&mut self, lab: &LabSettings, total: u32, successful: u32) {
		let is_swapped = lab.mutant(Mutant::PinChecksSwapped);
		let (total, successful) =
			if is_swapped { (successful, total) } else { (total, successful) };
		add(lab, &mut self.total_pin_checks, total);
		add(lab, &mut self.successful_pin_checks, successful);
	}

	/// What a measurement changes.
	///
	/// # Panics
	/// In block 0, and where the number of latency checks wraps to 0: a division by zero, as deployed.
	pub fn add_measurement(
		&mut self,
		lab: &LabSettings,
		measured: &Measurement,
		block: BlockNumber,
	) {
		self.storage_proof_time_ms = measured.storage_proof_time_ms;
		self.latency_ms = measured.latency_ms;
		self.peer_count = measured.peer_count;
		self.storage_growth_rate =
			(u128::from(self.current_storage_bytes) / seconds_until(block)) as u32;

		add(lab, &mut self.total_latency_ms, measured.latency_ms);
		add(lab, &mut self.total_times_latency_checked, 1);
		self.avg_response_time_ms =
			average(lab, self.total_latency_ms, self.total_times_latency_checked);

		if lab.mutant(Mutant::ChallengesSet) {
			self.failed_challenges_count = 0;
		}
		add(lab, &mut self.failed_challenges_count, measured.failed_challenges_count);
		add(lab, &mut self.successful_challenges, measured.successful_challenges);
		add(lab, &mut self.total_challenges, measured.total_challenges);

		set_if_measured(lab, &mut self.uptime_minutes, measured.uptime_minutes);
		set_if_measured(lab, &mut self.total_minutes, measured.total_minutes);
		set_if_measured(
			lab,
			&mut self.consecutive_reliable_days,
			measured.consecutive_reliable_days,
		);
		set_if_measured(lab, &mut self.recent_downtime_hours, measured.recent_downtime_hours);
	}
}

/// Where the interface says that it is: empty where it has details without `loc`, and nothing where it has no details.
fn location(lab: &LabSettings, info: &SystemInfo) -> Option<Text> {
	let details = info.primary_network_interface.as_ref()?.network_details.as_ref()?;
	let loc = details.loc.clone();
	if lab.mutant(Mutant::LocationStays) {
		return loc;
	}
	Some(loc.unwrap_or_default())
}

/// Seconds of chain time up to a block. Does not wrap.
fn seconds_until(block: BlockNumber) -> u128 {
	u128::from(block) * u128::from(MILLISECONDS_PER_BLOCK / 1_000)
}

/// 0 and `u32::MAX` mean that a node did not measure.
fn is_measured(lab: &LabSettings, value: u32) -> bool {
	value != 0 && (value != u32::MAX || lab.mutant(Mutant::MostIsMeasured))
}

fn set_if_measured(lab: &LabSettings, stored: &mut u32, value: u32) {
	if is_measured(lab, value) {
		*stored = value;
	}
}

/// Rounded down.
fn average(lab: &LabSettings, sum: u32, count: u32) -> u32 {
	let half = if lab.mutant(Mutant::AverageRounded) { count / 2 } else { 0 };
	sum.wrapping_add(half) / count
}

fn add(lab: &LabSettings, counter: &mut u32, more: u32) {
	*counter = if lab.promised(Rule::Dev26) {
		counter.saturating_add(more)
	} else {
		counter.wrapping_add(more)
	};
}

fn bytes_of(lab: &LabSettings, megabytes: u64) -> u64 {
	if lab.promised(Rule::Dev26) {
		megabytes.saturating_mul(BYTES_PER_MB)
	} else {
		megabytes.wrapping_mul(BYTES_PER_MB)
	}
}

fn difference(lab: &LabSettings, total: u64, free: u64) -> u64 {
	if lab.promised(Rule::Dev26) || lab.mutant(Mutant::UsedStorageSaturates) {
		total.saturating_sub(free)
	} else {
		total.wrapping_sub(free)
	}
}
