// SPDX-License-Identifier: Apache-2.0
//! Native tests: the cast, the steps of a life cycle, and one file for each concern.

mod life_cycle;
mod metrics;
#[cfg(not(feature = "noted"))]
mod migration;
mod mutants;
mod pallet_ip;
mod presence;
mod rules;
mod rules_from_20;
mod validity;
mod variants;

use crate::{
	pallets::{
		compute::{self, Call, ComputeRequestStatus, ComputeRequests, RequestId},
		lab::{LabSettings, Mutant, Revision, Rule, Settings},
		marketplace, pallet_ip as ip,
		registration::{NodeInfo, NodeRegistration, NodeType, Status},
	},
	primitives::{AccountId, Hash, NodeId},
	Runtime, RuntimeCall, RuntimeEvent, RuntimeOrigin, System,
};
use frame_support::traits::Hooks;
use sp_core::{ed25519, Pair};
use sp_io::TestExternalities;
use sp_runtime::{traits::Dispatchable, DispatchError, DispatchResult, MultiSignature};

const A: AccountId = AccountId::new([1; 32]);
const B: AccountId = AccountId::new([2; 32]);
const P: Hash = Hash::repeat_byte(0x11);
const OTHER_PLAN: Hash = Hash::repeat_byte(0x22);
const M: &[u8] = b"miner-m";
const N: &[u8] = b"miner-n";
const IP: &[u8] = b"10.0.0.1";
const JOB: &[u8] = b"job-1";

/// `DispatchError::Other`: its text is not part of the encoding and not compared.
const OTHER: DispatchError = DispatchError::Other("");

/// Who owns both miners.
fn miner_owner() -> ed25519::Pair {
	ed25519::Pair::from_seed(&[7; 32])
}

/// A signature that nobody made.
fn no_signature() -> MultiSignature {
	MultiSignature::Ed25519(ed25519::Signature::default())
}

/// Runs a body in block 1 of a chain with two registered miners and one available IP.
fn with_settings(settings: LabSettings, body: impl FnOnce()) {
	TestExternalities::new_empty().execute_with(|| {
		System::set_block_number(1);
		Settings::<Runtime>::put(settings);
		register(M);
		register(N);
		ip::VmAvailableIps::<Runtime>::put(vec![IP.to_vec()]);
		body();
	});
}

fn deployed(body: impl FnOnce()) {
	with_settings(LabSettings::default(), body);
}

fn promised(rules: &[Rule], body: impl FnOnce()) {
	let promised = rules.iter().fold(0, |bits, rule| bits | 1 << (*rule as u32 - 1));
	with_settings(LabSettings { promised, ..Default::default() }, body);
}

fn revised(revision: Revision, body: impl FnOnce()) {
	let revised = 1 << (revision as u8 - 1);
	with_settings(LabSettings { revised, ..Default::default() }, body);
}

fn mutated(mutant: Mutant, body: impl FnOnce()) {
	with_settings(LabSettings { mutant: mutant as u32, ..Default::default() }, body);
}

fn register(node: &[u8]) {
	let info = NodeInfo {
		node_id: node.to_vec(),
		node_type: NodeType::ComputeMiner,
		ipfs_node_id: None,
		status: Status::Online,
		registered_at: 0,
		owner: miner_owner().public().into(),
	};
	NodeRegistration::<Runtime>::insert(node.to_vec(), Some(info));
}

fn dispatch(call: impl Into<RuntimeCall>, origin: RuntimeOrigin) -> DispatchResult {
	call.into().dispatch(origin).map(drop).map_err(|failed| match failed.error {
		DispatchError::Other(_) => OTHER,
		error => error,
	})
}

fn unsigned(call: impl Into<RuntimeCall>) -> DispatchResult {
	dispatch(call, RuntimeOrigin::none())
}

fn signed(who: &AccountId, call: impl Into<RuntimeCall>) -> DispatchResult {
	dispatch(call, RuntimeOrigin::signed(who.clone()))
}

fn root(call: impl Into<RuntimeCall>) -> DispatchResult {
	dispatch(call, RuntimeOrigin::root())
}

/// Gives an IP to a VM, as call 4 does.
fn assign_ip(vm: &[u8], ip: &[u8]) -> DispatchResult {
	crate::PalletIp::assign_ip_to_vm(&crate::Lab::settings(), vm.to_vec(), ip.to_vec())
}

/// Takes a VM's IP, as call 6 does.
fn release_ip(vm: &[u8]) -> DispatchResult {
	crate::PalletIp::release_ip(&crate::Lab::settings(), vm.to_vec())
}

/// Opens the next block for ExecutionUnit and PalletIp.
fn next_block() {
	let block = System::block_number() + 1;
	System::set_block_number(block);
	crate::ExecutionUnit::on_initialize(block);
	crate::PalletIp::on_initialize(block);
}

/// Takes the events deposited so far.
fn events() -> Vec<RuntimeEvent> {
	let events = System::events().into_iter().map(|record| record.event).collect();
	System::reset_events();
	events
}

fn error(error: compute::Error<Runtime>) -> DispatchError {
	error.into()
}

fn purchase(plan_id: Hash, miner_id: Option<NodeId>) -> marketplace::Call<Runtime> {
	marketplace::Call::purchase_plan {
		plan_id,
		plan_technical_description: b"{}".to_vec(),
		image_name: b"ubuntu".to_vec(),
		image_url: b"https://image".to_vec(),
		cloud_init_cid: None,
		pay_for: None,
		miner_id,
	}
}

fn assign(node: &[u8], plan_id: Hash, request_id: RequestId, owner: AccountId) -> Call<Runtime> {
	Call::submit_compute_request_assignment {
		miner_node_id: node.to_vec(),
		plan_id,
		request_id,
		owner,
	}
}

fn set_job(node: &[u8], request_id: RequestId, job_id: &[u8], ip: &[u8]) -> Call<Runtime> {
	Call::update_miner_compute_request {
		node_id: node.to_vec(),
		request_id,
		job_id: job_id.to_vec(),
		ip: ip.to_vec(),
	}
}

fn fulfil(node: &[u8], request_id: RequestId) -> Call<Runtime> {
	Call::mark_compute_request_fulfilled { node_id: node.to_vec(), request_id }
}

fn stopped(node: &[u8], request_id: RequestId, signature: MultiSignature) -> Call<Runtime> {
	Call::mark_miner_compute_stop_request_fulfilled {
		node_id: node.to_vec(),
		request_id,
		signature,
	}
}

fn booted(node: &[u8], request_id: RequestId) -> Call<Runtime> {
	Call::submit_compute_boot_request_fulfillment {
		node_id: node.to_vec(),
		request_id,
		signature: no_signature(),
	}
}

fn rebooted(node: &[u8], request_id: RequestId) -> Call<Runtime> {
	Call::submit_compute_reboot_request_fulfillment {
		node_id: node.to_vec(),
		request_id,
		signature: no_signature(),
	}
}

fn resized(node: &[u8], request_id: RequestId) -> Call<Runtime> {
	Call::submit_compute_resize_request_fulfillment {
		node_id: node.to_vec(),
		request_id,
		signature: no_signature(),
	}
}

fn deleted(node: &[u8], request_id: RequestId, vm_name: &[u8]) -> Call<Runtime> {
	Call::submit_compute_deletion_request {
		node_id: node.to_vec(),
		request_id,
		vm_name: vm_name.to_vec(),
	}
}

fn failed(node: &[u8], request_id: RequestId, reason: &[u8]) -> Call<Runtime> {
	Call::handle_miner_compute_request_failure {
		node_id: node.to_vec(),
		request_id,
		fail_reason: reason.to_vec(),
	}
}

fn ask_stop(plan_id: Hash) -> Call<Runtime> {
	Call::request_compute_stop { plan_id }
}

fn ask_boot(plan_id: Hash) -> Call<Runtime> {
	Call::request_compute_boot { plan_id }
}

fn ask_reboot(plan_id: Hash) -> Call<Runtime> {
	Call::request_compute_reboot { plan_id }
}

fn ask_delete(plan_id: Hash) -> Call<Runtime> {
	Call::request_compute_delete { plan_id }
}

fn force_delete(plan_id: Hash, account_id: AccountId) -> Call<Runtime> {
	Call::force_request_compute_delete { plan_id, account_id }
}

fn ask_resize(plan_id: Hash, resize_to_gbs: u32) -> Call<Runtime> {
	Call::request_compute_resize { plan_id, resize_to_gbs }
}

/// A request of `owner` for [`P`], not assigned yet.
fn created(owner: &AccountId) -> RequestId {
	let id = compute::NextRequestId::<Runtime>::get();
	assert_eq!(signed(owner, purchase(P, None)), Ok(()));
	id
}

/// A request of `owner` for [`P`], assigned to [`M`].
fn assigned(owner: &AccountId) -> RequestId {
	let id = created(owner);
	assert_eq!(unsigned(assign(M, P, id, owner.clone())), Ok(()));
	id
}

/// A VM of `owner` for [`P`] that runs on [`M`], without job and IP.
fn running(owner: &AccountId) -> RequestId {
	let id = assigned(owner);
	assert_eq!(unsigned(fulfil(M, id)), Ok(()));
	System::reset_events();
	id
}

fn status_of(owner: &AccountId, request_id: RequestId) -> ComputeRequestStatus {
	let requests = ComputeRequests::<Runtime>::get(owner);
	requests.iter().find(|request| request.request_id == request_id).unwrap().status
}
