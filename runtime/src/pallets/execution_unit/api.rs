// SPDX-License-Identifier: Apache-2.0
//! The runtime API for node metrics: text for bytes, other names for four fields with their values unconverted, and no
//! `disk_info` (BEHAVIOUR.md section 8).

use super::{DiskInfo, NetworkDetails, NetworkInterfaceInfo, NodeMetricsData, Text};
use alloc::{string::String, vec::Vec};
use codec::{Decode, Encode};
use scale_info::TypeInfo;

sp_api::decl_runtime_apis! {
	/// Metrics of nodes.
	pub trait NodeMetricsRuntimeApi {
		/// A node's metrics, where it has any.
		fn get_node_metrics(node_id: Vec<u8>) -> Option<NodeMetricsAnswer>;
	}
}

/// What the API answers of a node.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct NodeMetricsAnswer {
	pub miner_id: String,
	pub bandwidth_bytes: u32,
	pub current_storage_bytes: u64,
	pub total_storage_bytes: u64,
	pub geolocation: String,
	pub successful_pin_checks: u32,
	pub total_pin_checks: u32,
	pub storage_proof_time_ms: u32,
	pub storage_growth_rate: u32,
	pub latency_ms: u32,
	pub total_latency_ms: u32,
	pub total_times_latency_checked: u32,
	pub avg_response_time_ms: u32,
	pub peer_count: u32,
	pub failed_challenges_count: u32,
	pub successful_challenges: u32,
	pub total_challenges: u32,
	pub uptime_minutes: u32,
	pub total_minutes: u32,
	pub consecutive_reliable_days: u32,
	pub recent_downtime_hours: u32,
	pub is_sev_enabled: bool,
	pub zfs_info: Vec<String>,
	pub ipfs_zfs_pool_size: u128,
	pub ipfs_zfs_pool_alloc: u128,
	pub ipfs_zfs_pool_free: u128,
	pub raid_info: Vec<String>,
	pub vm_count: u32,
	pub primary_network_interface: Option<NetworkInterfaceInfo<String>>,
	pub disks: Vec<DiskInfo<String>>,
	pub ipfs_repo_size: u64,
	pub ipfs_storage_max: u64,
	pub cpu_model: String,
	pub cpu_cores: u32,
	pub memory_bytes: u64,
	pub free_memory_bytes: u64,
	pub gpu_name: Option<String>,
	pub gpu_memory_bytes: Option<u32>,
	pub hypervisor_disk_type: Option<String>,
	pub vm_pool_disk_type: Option<String>,
}

/// Each bad sequence becomes U+FFFD.
fn lossy(text: Text) -> String {
	String::from_utf8_lossy(&text).into_owned()
}

fn lossy_all(texts: Vec<Text>) -> Vec<String> {
	texts.into_iter().map(lossy).collect()
}

impl From<NetworkDetails<Text>> for NetworkDetails<String> {
	fn from(stored: NetworkDetails<Text>) -> Self {
		Self {
			network_type: stored.network_type,
			city: stored.city.map(lossy),
			region: stored.region.map(lossy),
			country: stored.country.map(lossy),
			loc: stored.loc.map(lossy),
		}
	}
}

impl From<NetworkInterfaceInfo<Text>> for NetworkInterfaceInfo<String> {
	fn from(stored: NetworkInterfaceInfo<Text>) -> Self {
		Self {
			name: lossy(stored.name),
			mac_address: stored.mac_address.map(lossy),
			uplink_mb: stored.uplink_mb,
			downlink_mb: stored.downlink_mb,
			network_details: stored.network_details.map(Into::into),
		}
	}
}

impl From<DiskInfo<Text>> for DiskInfo<String> {
	fn from(stored: DiskInfo<Text>) -> Self {
		Self {
			name: lossy(stored.name),
			disk_type: lossy(stored.disk_type),
			total_space_mb: stored.total_space_mb,
			free_space_mb: stored.free_space_mb,
		}
	}
}

impl From<NodeMetricsData> for NodeMetricsAnswer {
	fn from(stored: NodeMetricsData) -> Self {
		Self {
			miner_id: lossy(stored.miner_id),
			bandwidth_bytes: stored.bandwidth_mbps,
			current_storage_bytes: stored.current_storage_bytes,
			total_storage_bytes: stored.total_storage_bytes,
			geolocation: lossy(stored.geolocation),
			successful_pin_checks: stored.successful_pin_checks,
			total_pin_checks: stored.total_pin_checks,
			storage_proof_time_ms: stored.storage_proof_time_ms,
			storage_growth_rate: stored.storage_growth_rate,
			latency_ms: stored.latency_ms,
			total_latency_ms: stored.total_latency_ms,
			total_times_latency_checked: stored.total_times_latency_checked,
			avg_response_time_ms: stored.avg_response_time_ms,
			peer_count: stored.peer_count,
			failed_challenges_count: stored.failed_challenges_count,
			successful_challenges: stored.successful_challenges,
			total_challenges: stored.total_challenges,
			uptime_minutes: stored.uptime_minutes,
			total_minutes: stored.total_minutes,
			consecutive_reliable_days: stored.consecutive_reliable_days,
			recent_downtime_hours: stored.recent_downtime_hours,
			is_sev_enabled: stored.is_sev_enabled,
			zfs_info: lossy_all(stored.zfs_info),
			ipfs_zfs_pool_size: stored.ipfs_zfs_pool_size,
			ipfs_zfs_pool_alloc: stored.ipfs_zfs_pool_alloc,
			ipfs_zfs_pool_free: stored.ipfs_zfs_pool_free,
			raid_info: lossy_all(stored.raid_info),
			vm_count: stored.vm_count,
			primary_network_interface: stored.primary_network_interface.map(Into::into),
			disks: stored.disks.into_iter().map(Into::into).collect(),
			ipfs_repo_size: stored.ipfs_repo_size,
			ipfs_storage_max: stored.ipfs_storage_max,
			cpu_model: lossy(stored.cpu_model),
			cpu_cores: stored.cpu_cores,
			memory_bytes: stored.memory_mb,
			free_memory_bytes: stored.free_memory_mb,
			gpu_name: stored.gpu_name.map(lossy),
			gpu_memory_bytes: stored.gpu_memory_mb,
			hypervisor_disk_type: stored.hypervisor_disk_type.map(lossy),
			vm_pool_disk_type: stored.vm_pool_disk_type.map(lossy),
		}
	}
}
