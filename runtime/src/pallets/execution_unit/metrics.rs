// SPDX-License-Identifier: Apache-2.0
//! How reports change a node's record (BEHAVIOUR.md section 8). All sums and products of stored numbers wrap.

use super::{NodeMetricsData, SystemInfo, Text};
use crate::primitives::{BlockNumber, NodeId, MILLISECONDS_PER_BLOCK};

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
	pub fn first(miner_id: NodeId, info: SystemInfo) -> Self {
		let mut record = Self {
			miner_id,
			geolocation: location(&info).unwrap_or_default(),
			avg_response_time_ms: 100,
			peer_count: 10,
			is_sev_enabled: info.is_sev_enabled,
			zfs_info: info.zfs_info.clone(),
			raid_info: info.raid_info.clone(),
			gpu_name: info.gpu_name.clone(),
			gpu_memory_mb: info.gpu_memory_mb,
			hypervisor_disk_type: info.hypervisor_disk_type.clone(),
			vm_pool_disk_type: info.vm_pool_disk_type.clone(),
			..Default::default()
		};
		record.set_specs(info);
		record
	}

	/// What later specs change.
	pub fn update_specs(&mut self, info: SystemInfo) {
		if let Some(geolocation) = location(&info) {
			self.geolocation = geolocation;
		}
		self.set_specs(info);
		if is_measured(self.uptime_minutes) {
			self.storage_growth_rate =
				(self.current_storage_bytes / u64::from(self.uptime_minutes)) as u32;
		}
	}

	/// What all specs set.
	fn set_specs(&mut self, info: SystemInfo) {
		let total = info.storage_total_mb.wrapping_mul(BYTES_PER_MB);
		let free = info.storage_free_mb.wrapping_mul(BYTES_PER_MB);
		self.bandwidth_mbps = info.network_bandwidth_mb_s;
		self.current_storage_bytes = total.wrapping_sub(free);
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
	pub fn add_pin_checks(&mut self, total: u32, successful: u32) {
		self.total_pin_checks = self.total_pin_checks.wrapping_add(total);
		self.successful_pin_checks = self.successful_pin_checks.wrapping_add(successful);
	}

	/// What a measurement changes.
	///
	/// # Panics
	/// In block 0, and where the number of latency checks wraps to 0: a division by zero, as deployed.
	pub fn add_measurement(&mut self, measured: &Measurement, block: BlockNumber) {
		self.storage_proof_time_ms = measured.storage_proof_time_ms;
		self.latency_ms = measured.latency_ms;
		self.peer_count = measured.peer_count;
		self.storage_growth_rate =
			(u128::from(self.current_storage_bytes) / seconds_until(block)) as u32;

		self.total_latency_ms = self.total_latency_ms.wrapping_add(measured.latency_ms);
		self.total_times_latency_checked = self.total_times_latency_checked.wrapping_add(1);
		self.avg_response_time_ms = self.total_latency_ms / self.total_times_latency_checked;

		add(&mut self.failed_challenges_count, measured.failed_challenges_count);
		add(&mut self.successful_challenges, measured.successful_challenges);
		add(&mut self.total_challenges, measured.total_challenges);

		set_if_measured(&mut self.uptime_minutes, measured.uptime_minutes);
		set_if_measured(&mut self.total_minutes, measured.total_minutes);
		set_if_measured(&mut self.consecutive_reliable_days, measured.consecutive_reliable_days);
		set_if_measured(&mut self.recent_downtime_hours, measured.recent_downtime_hours);
	}
}

/// Where the interface says that it is: empty where it has details without `loc`, and nothing where it has no details.
fn location(info: &SystemInfo) -> Option<Text> {
	let details = info.primary_network_interface.as_ref()?.network_details.as_ref()?;
	Some(details.loc.clone().unwrap_or_default())
}

/// Seconds of chain time up to a block. Does not wrap.
fn seconds_until(block: BlockNumber) -> u128 {
	u128::from(block) * u128::from(MILLISECONDS_PER_BLOCK / 1_000)
}

/// 0 and `u32::MAX` mean that a node did not measure.
fn is_measured(value: u32) -> bool {
	value != 0 && value != u32::MAX
}

fn set_if_measured(stored: &mut u32, value: u32) {
	if is_measured(value) {
		*stored = value;
	}
}

fn add(counter: &mut u32, more: u32) {
	*counter = counter.wrapping_add(more);
}
