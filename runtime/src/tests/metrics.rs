// SPDX-License-Identifier: Apache-2.0
//! ExecutionUnit's records, its runtime API and its revisions (BEHAVIOUR.md section 8, RULES.md).

use super::*;
use crate::pallets::execution_unit::{
	api::NodeMetricsAnswer, Call as UnitCall, Error, Event, NetworkDetails, NetworkInterfaceInfo,
	NetworkType, NodeMetrics, NodeMetricsData, RequestsCount, SystemInfo,
};

const GIB: u64 = 1 << 30;

pub(super) fn info() -> SystemInfo {
	SystemInfo {
		memory_mb: 8_192,
		free_memory_mb: 4_096,
		storage_total_mb: 3_072,
		storage_free_mb: 1_024,
		network_bandwidth_mb_s: 7,
		primary_network_interface: None,
		disks: vec![],
		ipfs_repo_size: 0,
		ipfs_storage_max: 0,
		cpu_model: b"cpu \xff".to_vec(),
		cpu_cores: 4,
		is_sev_enabled: true,
		zfs_info: vec![],
		ipfs_zfs_pool_size: 0,
		ipfs_zfs_pool_alloc: 0,
		ipfs_zfs_pool_free: 0,
		raid_info: vec![],
		vm_count: 0,
		gpu_name: None,
		gpu_memory_mb: Some(3),
		hypervisor_disk_type: None,
		vm_pool_disk_type: None,
		disk_info: vec![],
	}
}

pub(super) fn located(loc: Option<&[u8]>) -> SystemInfo {
	let details = NetworkDetails {
		network_type: NetworkType::Public,
		city: None,
		region: None,
		country: None,
		loc: loc.map(<[u8]>::to_vec),
	};
	let interface = NetworkInterfaceInfo {
		name: b"eth0".to_vec(),
		mac_address: None,
		uplink_mb: 1,
		downlink_mb: 1,
		network_details: Some(details),
	};
	SystemInfo { primary_network_interface: Some(interface), ..info() }
}

pub(super) fn put(system_info: SystemInfo) -> DispatchResult {
	unsigned(UnitCall::put_node_specs {
		node_id: M.to_vec(),
		system_info,
		signature: no_signature(),
		node_type: NodeType::ComputeMiner,
	})
}

pub(super) fn pin_checks() -> DispatchResult {
	unsigned(UnitCall::update_pin_check_metrics {
		node_id: M.to_vec(),
		signature: no_signature(),
		total_pin_checks: 2,
		successful_pin_checks: 1,
	})
}

pub(super) fn measure(latency_ms: u32, uptime_minutes: u32) -> DispatchResult {
	unsigned(UnitCall::update_metrics_data {
		node_id: M.to_vec(),
		signature: no_signature(),
		storage_proof_time_ms: 1,
		latency_ms,
		peer_count: 3,
		failed_challenges_count: 1,
		successful_challenges: 2,
		total_challenges: 3,
		uptime_minutes,
		total_minutes: u32::MAX,
		consecutive_reliable_days: 0,
		recent_downtime_hours: 5,
		node_type: NodeType::ComputeMiner,
		block_number: 0,
	})
}

fn record() -> NodeMetricsData {
	NodeMetrics::<Runtime>::get(M.to_vec()).unwrap()
}

fn change(with: impl FnOnce(&mut NodeMetricsData)) {
	NodeMetrics::<Runtime>::mutate(M.to_vec(), |record| with(record.as_mut().unwrap()));
}

#[test]
fn first_specs_make_a_record_from_defaults() {
	deployed(|| {
		assert_eq!(put(located(Some(b"1,2"))), Ok(()));
		let made = record();
		assert_eq!((made.current_storage_bytes, made.total_storage_bytes), (2 * GIB, 3 * GIB));
		assert_eq!((made.avg_response_time_ms, made.peer_count), (100, 10));
		assert_eq!((made.bandwidth_mbps, made.gpu_memory_mb), (7, Some(3)));
		assert_eq!((made.miner_id, made.geolocation), (M.to_vec(), b"1,2".to_vec()));
		assert_eq!(events(), [Event::<Runtime>::NodeSpecsStored { node_id: M.to_vec() }.into()]);
	});
}

#[test]
fn later_specs_change_only_some_fields() {
	deployed(|| {
		assert_eq!(put(located(Some(b"1,2"))), Ok(()));
		change(|record| record.uptime_minutes = 1_024);
		let later =
			SystemInfo { is_sev_enabled: false, gpu_memory_mb: None, cpu_cores: 9, ..info() };
		assert_eq!(put(later), Ok(()));
		let updated = record();
		assert_eq!((updated.is_sev_enabled, updated.gpu_memory_mb), (true, Some(3)));
		assert_eq!((updated.cpu_cores, updated.geolocation), (9, b"1,2".to_vec()));
		assert_eq!(updated.storage_growth_rate, (2 * GIB / 1_024) as u32);
		assert_eq!(put(located(None)), Ok(()));
		assert_eq!(record().geolocation, b"");
	});
}

#[test]
fn more_free_than_total_storage_wraps() {
	deployed(|| {
		assert_eq!(put(SystemInfo { storage_free_mb: 3_073, ..info() }), Ok(()));
		assert_eq!(record().current_storage_bytes, 0_u64.wrapping_sub(1 << 20));
	});
}

#[test]
fn a_measurement_averages_latency_and_skips_what_was_not_measured() {
	deployed(|| {
		assert_eq!(measure(1, 1), Err(Error::<Runtime>::MetricsNotFound.into()));
		assert_eq!(put(info()), Ok(()));
		assert_eq!(measure(10, 60), Ok(()));
		assert_eq!(measure(21, 0), Ok(()));
		let measured = record();
		assert_eq!(measured.avg_response_time_ms, 15);
		assert_eq!((measured.uptime_minutes, measured.total_minutes), (60, 0));
		assert_eq!((measured.recent_downtime_hours, measured.total_challenges), (5, 6));
		assert_eq!(measured.storage_growth_rate, (2 * GIB / 6) as u32);
	});
}

#[test]
#[should_panic(expected = "divide by zero")]
fn a_number_of_checks_that_wraps_to_zero_panics() {
	deployed(|| {
		assert_eq!(put(info()), Ok(()));
		change(|record| record.total_times_latency_checked = u32::MAX);
		let _ = measure(1, 1);
	});
}

#[test]
fn the_runtime_api_answers_in_lossy_text_under_other_names() {
	deployed(|| {
		assert_eq!(put(info()), Ok(()));
		let answer = NodeMetricsAnswer::from(record());
		assert_eq!(answer.cpu_model, "cpu \u{fffd}");
		assert_eq!((answer.memory_bytes, answer.gpu_memory_bytes), (8_192, Some(3)));
	});
}

#[test]
fn rev_01_limits_a_nodes_calls_until_the_next_clearing() {
	revised(Revision::Rev01, || {
		assert_eq!(put(info()), Ok(()));
		for _ in 1..20 {
			assert_eq!(pin_checks(), Ok(()));
		}
		assert_eq!(pin_checks(), Err(Error::<Runtime>::TooManyRequests.into()));
		assert_eq!(RequestsCount::<Runtime>::get(M.to_vec()), 20);
		(2..=10).for_each(|_| next_block());
		assert!(!RequestsCount::<Runtime>::contains_key(M.to_vec()));
		assert_eq!(pin_checks(), Ok(()));
	});
}

#[test]
fn rev_02_leaves_a_measurement_without_event() {
	revised(Revision::Rev02, || {
		assert_eq!(put(info()), Ok(()));
		events();
		assert_eq!(measure(1, 1), Ok(()));
		assert_eq!(events(), []);
	});
}

#[test]
fn dev_26_decides_whether_numbers_wrap_or_saturate() {
	let overflow = || {
		let too_much = SystemInfo { storage_total_mb: 1 << 44, storage_free_mb: 1, ..info() };
		assert_eq!(put(too_much), Ok(()));
		change(|record| {
			(record.total_pin_checks, record.successful_pin_checks) = (u32::MAX, u32::MAX);
			(record.total_latency_ms, record.total_times_latency_checked) = (u32::MAX, 1);
			(record.failed_challenges_count, record.successful_challenges) = (u32::MAX, u32::MAX);
			record.total_challenges = u32::MAX;
		});
		assert_eq!((pin_checks(), measure(10, 60)), (Ok(()), Ok(())));
		let stored = record();
		(
			[stored.total_storage_bytes, stored.current_storage_bytes],
			[stored.total_pin_checks, stored.successful_pin_checks, stored.total_latency_ms],
			[stored.failed_challenges_count, stored.successful_challenges, stored.total_challenges],
			stored.avg_response_time_ms,
		)
	};
	deployed(|| {
		let used = 0_u64.wrapping_sub(1 << 20);
		assert_eq!(overflow(), ([0, used], [1, 0, 9], [0, 1, 2], 4));
	});
	promised(&[Rule::Dev26], || {
		let (bytes, most) = ([u64::MAX, u64::MAX - (1 << 20)], [u32::MAX; 3]);
		assert_eq!(overflow(), (bytes, most, most, u32::MAX / 2));
		assert_eq!(put(SystemInfo { storage_free_mb: 3_073, ..info() }), Ok(()));
		assert_eq!(record().current_storage_bytes, 0);
		change(|record| record.total_times_latency_checked = u32::MAX);
		assert_eq!(measure(1, 1), Ok(()));
		assert_eq!(
			(record().total_times_latency_checked, record().avg_response_time_ms),
			(u32::MAX, 1)
		);
	});
}

#[test]
fn dev_27_promised_stores_all_fields_of_later_specs() {
	promised(&[Rule::Dev27], || {
		assert_eq!(put(located(Some(b"1,2"))), Ok(()));
		let later = SystemInfo {
			is_sev_enabled: false,
			zfs_info: vec![b"zfs".to_vec()],
			raid_info: vec![b"raid".to_vec()],
			gpu_name: Some(b"gpu".to_vec()),
			gpu_memory_mb: None,
			hypervisor_disk_type: Some(b"ssd".to_vec()),
			vm_pool_disk_type: Some(b"hdd".to_vec()),
			..info()
		};
		assert_eq!(put(later), Ok(()));
		let stored = record();
		assert_eq!((stored.is_sev_enabled, stored.gpu_memory_mb), (false, None));
		assert_eq!(
			(stored.zfs_info, stored.raid_info),
			(vec![b"zfs".to_vec()], vec![b"raid".to_vec()])
		);
		assert_eq!(stored.gpu_name, Some(b"gpu".to_vec()));
		assert_eq!(stored.hypervisor_disk_type, Some(b"ssd".to_vec()));
		assert_eq!(stored.vm_pool_disk_type, Some(b"hdd".to_vec()));
		assert_eq!((stored.miner_id, stored.geolocation), (M.to_vec(), b"1,2".to_vec()));
	});
}
