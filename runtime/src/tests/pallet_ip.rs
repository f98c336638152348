// SPDX-License-Identifier: Apache-2.0
//! PalletIp's pools and release hook (BEHAVIOUR.md section 6).

use super::*;
use ip::{Error, Event, IpReleaseRequests, IpToRole, VmAvailableIps};

fn available() -> Vec<Vec<u8>> {
	VmAvailableIps::<Runtime>::get()
}

fn add_vm_ip(ip: &[u8]) -> DispatchResult {
	root(ip::Call::add_available_vm_ip { ip: ip.to_vec() })
}

#[test]
fn an_ip_is_added_and_removed_by_root() {
	deployed(|| {
		let add = ip::Call::add_available_vm_ip { ip: b"10.0.0.2".to_vec() };
		assert_eq!(signed(&A, add.clone()), Err(DispatchError::BadOrigin));
		assert_eq!(root(add), Ok(()));
		assert_eq!(add_vm_ip(IP), Err(Error::<Runtime>::IpAlreadyExists.into()));
		let remove = ip::Call::remove_available_vm_ip { ip: IP.to_vec() };
		assert_eq!(root(remove.clone()), Ok(()));
		assert_eq!(root(remove), Err(Error::<Runtime>::NoAvailableIp.into()));
		assert_eq!(available(), [b"10.0.0.2".to_vec()]);
		let expected: [RuntimeEvent; 2] = [
			Event::<Runtime>::IpAdded { ip: b"10.0.0.2".to_vec() }.into(),
			Event::<Runtime>::IpRemoved { ip: IP.to_vec() }.into(),
		];
		assert_eq!(events(), expected);
	});
}

#[test]
fn dev_03_decides_whether_an_assigned_ip_can_be_added_again() {
	let add_assigned = || {
		assert_eq!(assign_ip(JOB, IP), Ok(()));
		add_vm_ip(IP)
	};
	deployed(|| assert_eq!(add_assigned(), Ok(())));
	promised(&[Rule::Dev03], || {
		assert_eq!(add_assigned(), Err(Error::<Runtime>::IpAlreadyExists.into()));
		assert_eq!(release_ip(JOB), Ok(()));
		assert_eq!(add_vm_ip(IP), Err(Error::<Runtime>::IpAlreadyExists.into()));
	});
}

#[test]
fn a_vm_has_one_ip_and_the_role_maps_follow_it() {
	deployed(|| {
		assert_eq!(add_vm_ip(b"10.0.0.2"), Ok(()));
		assert_eq!(assign_ip(JOB, IP), Ok(()));
		assert_eq!(assign_ip(JOB, b"10.0.0.2"), Err(Error::<Runtime>::VmAlreadyHasIp.into()));
		assert_eq!(IpToRole::<Runtime>::get(IP.to_vec()), Some(ip::RoleType::Vm(JOB.to_vec())));
		assert_eq!(release_ip(JOB), Ok(()));
		assert_eq!(IpToRole::<Runtime>::get(IP.to_vec()), None);
		assert_eq!(release_ip(JOB), Err(Error::<Runtime>::VmHasNoIp.into()));
	});
}

#[test]
fn a_released_ip_returns_when_the_labs_period_is_over() {
	with_settings(LabSettings { release_period: 2, ..Default::default() }, || {
		assert_eq!(assign_ip(JOB, IP), Ok(()));
		assert_eq!(release_ip(JOB), Ok(()));
		next_block();
		assert!(available().is_empty());
		next_block();
		assert_eq!(available(), [IP.to_vec()]);
		assert!(IpReleaseRequests::<Runtime>::get().is_empty());
	});
}

#[test]
fn the_sum_that_says_when_an_ip_returns_wraps() {
	with_settings(LabSettings { release_period: u64::MAX, ..Default::default() }, || {
		assert_eq!(assign_ip(JOB, IP), Ok(()));
		assert_eq!(release_ip(JOB), Ok(()));
		next_block();
		assert_eq!(available(), [IP.to_vec()]);
	});
}
