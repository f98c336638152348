// SPDX-License-Identifier: Apache-2.0
//! Bugs of PalletIp.

use super::*;
use ip::Call as IpCall;

const OTHER_IP: &[u8] = b"10.0.0.2";
const OTHER_JOB: &[u8] = b"job-2";

fn add(ip: &[u8]) -> DispatchResult {
	root(IpCall::add_available_vm_ip { ip: ip.to_vec() })
}

fn remove(ip: &[u8]) -> DispatchResult {
	root(IpCall::remove_available_vm_ip { ip: ip.to_vec() })
}

/// Two VMs hold one IP (DEV-03).
fn held_twice() -> [DispatchResult; 3] {
	[assign_ip(JOB, IP), add(IP), assign_ip(OTHER_JOB, IP)]
}

#[test]
fn bugs_of_the_pools_show() {
	shows(Mutant::AddedTwice, || add(IP));
	shows(Mutant::ClientIpToHypervisors, || {
		root(IpCall::add_available_client_ip { ip: IP.to_vec() })
	});
	shows(Mutant::RemoveDropsKey, || remove(IP));
	shows(Mutant::RemoveSwallowed, || remove(OTHER_IP));
	shows(Mutant::StorageMinerIpFromClients, || {
		let add = root(IpCall::add_available_storage_miner_ip { ip: IP.to_vec() });
		(add, root(IpCall::remove_available_storage_miner_ip { ip: IP.to_vec() }))
	});
}

#[test]
fn bugs_of_who_holds_an_ip_show() {
	shows(Mutant::AssignChecksPoolFirst, || [(); 2].map(|()| assign_ip(JOB, IP)));
	shows(Mutant::AssignKeepsOldRole, held_twice);
	shows(Mutant::ReleaseKeepsForeignRole, || (held_twice(), release_ip(JOB)));
}

#[test]
fn bugs_of_the_hook_show() {
	shows(Mutant::HookLeavesKey, next_block);
	shows(Mutant::HookReturnsOne, || {
		let held = (assign_ip(JOB, IP), add(OTHER_IP), assign_ip(OTHER_JOB, OTHER_IP));
		let released = (release_ip(JOB), release_ip(OTHER_JOB));
		next_block();
		(held, released)
	});
	shows(Mutant::HookReturnsOnce, || {
		let released = (assign_ip(JOB, IP), release_ip(JOB), add(IP));
		next_block();
		released
	});
}
