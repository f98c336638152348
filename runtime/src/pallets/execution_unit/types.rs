// SPDX-License-Identifier: Apache-2.0
//! ExecutionUnit's types, in SCALE order (BEHAVIOUR.md section 8). What the runtime API answers with other strings is
//! generic over them: `S` is bytes in storage and `String` in the API.

use crate::primitives::NodeId;
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

/// Text as storage holds it: any bytes.
pub type Text = Vec<u8>;

#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum NetworkType {
	Private,
	Public,
}

#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct NetworkDetails<S> {
	pub network_type: NetworkType,
	pub city: Option<S>,
	pub region: Option<S>,
	pub country: Option<S>,
	pub loc: Option<S>,
}

#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct NetworkInterfaceInfo<S> {
	pub name: S,
	pub mac_address: Option<S>,
	pub uplink_mb: u64,
	pub downlink_mb: u64,
	pub network_details: Option<NetworkDetails<S>>,
}

#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct DiskInfo<S> {
	pub name: S,
	pub disk_type: S,
	pub total_space_mb: u64,
	pub free_space_mb: u64,
}

#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct DiskDetails {
	pub name: Text,
	pub serial: Text,
	pub model: Text,
	pub size: Text,
	pub is_rotational: bool,
	pub disk_type: Text,
}

/// What a node says of itself.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct SystemInfo {
	pub memory_mb: u64,
	pub free_memory_mb: u64,
	pub storage_total_mb: u64,
	pub storage_free_mb: u64,
	pub network_bandwidth_mb_s: u32,
	pub primary_network_interface: Option<NetworkInterfaceInfo<Text>>,
	pub disks: Vec<DiskInfo<Text>>,
	pub ipfs_repo_size: u64,
	pub ipfs_storage_max: u64,
	pub cpu_model: Text,
	pub cpu_cores: u32,
	pub is_sev_enabled: bool,
	pub zfs_info: Vec<Text>,
	pub ipfs_zfs_pool_size: u128,
	pub ipfs_zfs_pool_alloc: u128,
	pub ipfs_zfs_pool_free: u128,
	pub raid_info: Vec<Text>,
	pub vm_count: u32,
	pub gpu_name: Option<Text>,
	pub gpu_memory_mb: Option<u32>,
	pub hypervisor_disk_type: Option<Text>,
	pub vm_pool_disk_type: Option<Text>,
	pub disk_info: Vec<DiskDetails>,
}

/// What is stored of a node.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode, TypeInfo)]
pub struct NodeMetricsData {
	pub miner_id: NodeId,
	pub bandwidth_mbps: u32,
	pub current_storage_bytes: u64,
	pub total_storage_bytes: u64,
	pub geolocation: Text,
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
	pub zfs_info: Vec<Text>,
	pub ipfs_zfs_pool_size: u128,
	pub ipfs_zfs_pool_alloc: u128,
	pub ipfs_zfs_pool_free: u128,
	pub raid_info: Vec<Text>,
	pub vm_count: u32,
	pub primary_network_interface: Option<NetworkInterfaceInfo<Text>>,
	pub disks: Vec<DiskInfo<Text>>,
	pub ipfs_repo_size: u64,
	pub ipfs_storage_max: u64,
	pub cpu_model: Text,
	pub cpu_cores: u32,
	pub memory_mb: u64,
	pub free_memory_mb: u64,
	pub gpu_name: Option<Text>,
	pub gpu_memory_mb: Option<u32>,
	pub hypervisor_disk_type: Option<Text>,
	pub vm_pool_disk_type: Option<Text>,
	pub disk_info: Vec<DiskDetails>,
}
