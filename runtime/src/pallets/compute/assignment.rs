// SPDX-License-Identifier: Apache-2.0
//! A validator's assignment of a request to a miner: call 3 (BEHAVIOUR.md section 5), with the rules that judge it.

use super::{
	ComputeRequest, ComputeRequestStatus, Config, Error, Event, MinerComputeRequest,
	MinerComputeRequests, Pallet, RequestId,
};
use crate::{
	pallets::{
		lab::{self, LabSettings, Mutant, Rule},
		registration::{self, NodeInfo, NodeType},
	},
	primitives::{now, AccountId, Hash, NodeId},
};
use frame_support::ensure;
use sp_runtime::{DispatchError, DispatchResult};
use ComputeRequestStatus::{InProgress, Pending};

impl<T: Config> Pallet<T> {
	/// Call 3. Fails: `Other` (DEV-11: `ComputeRequestNotFound`) for an unknown id; `ComputeRequestNotFound` (DEV-05, DEV-07,
	/// DEV-19); `Other` (DEV-12); `CannotLookup` for an unregistered node (DEV-02) and for one that is no compute miner
	/// (DEV-29).
	///
	/// # Panics
	/// For an unregistered node, as deployed.
	pub(super) fn assign(
		miner_node_id: NodeId,
		plan_id: Hash,
		request_id: RequestId,
		owner: AccountId,
	) -> DispatchResult {
		let lab = lab::Pallet::<T>::settings();
		// As deployed nothing judges the request, and nothing looks for it before it is marked.
		if [Rule::Dev05, Rule::Dev07, Rule::Dev19].into_iter().any(|rule| lab.promised(rule)) {
			let (holder, request) =
				Self::find_request(&lab, request_id).ok_or_else(|| Self::unknown_id(&lab))?;
			let is_allowed = may_be_assigned(&lab, &request)
				&& is_told_truly(&lab, &holder, &request, &owner, &plan_id)
				&& may_go_to(&lab, &request, &miner_node_id);
			ensure!(is_allowed, Error::<T>::ComputeRequestNotFound);
		}
		if lab.mutant(Mutant::NodeBeforeRequest) {
			Self::compute_miner(&lab, &miner_node_id)?;
		}
		Self::mark_assigned(&lab, request_id, true)?;
		Self::update_status(&lab, request_id, Pending, InProgress)?;

		let registration = Self::compute_miner(&lab, &miner_node_id)?;
		let entry = MinerComputeRequest {
			miner_node_id: miner_node_id.clone(),
			miner_account_id: registration.owner,
			job_id: None,
			hypervisor_ip: None,
			fail_reason: None,
			vnc_port: None,
			ip_assigned: None,
			request_id: if lab.mutant(Mutant::EntryIdTruncated) {
				request_id & RequestId::from(u32::MAX)
			} else {
				request_id
			},
			plan_id,
			created_at: now::<T>(),
			fullfilled: false,
		};
		MinerComputeRequests::<T>::mutate(&miner_node_id, |entries| {
			let at = if lab.mutant(Mutant::EntryAtFront) { 0 } else { entries.len() };
			entries.insert(at, entry)
		});
		let holder =
			lab.mutant(Mutant::SubmittedNamesHolder).then(|| Self::owner_of(&lab, request_id));
		Self::deposit_event(Event::ComputeRequestSubmitted {
			miner: miner_node_id,
			request_id,
			owner: holder.flatten().unwrap_or(owner),
		});
		Ok(())
	}

	/// Whom an assignment goes to. Fails: `CannotLookup` for a node that is not registered (DEV-02) or no compute miner
	/// (DEV-29).
	///
	/// # Panics
	/// For an unregistered node, as deployed.
	fn compute_miner(lab: &LabSettings, node_id: &NodeId) -> Result<NodeInfo, DispatchError> {
		let registration = registration::Pallet::<T>::registration_of(lab, node_id);
		ensure!(registration.is_some() || !lab.promised(Rule::Dev02), DispatchError::CannotLookup);
		let registration = registration.expect("DEV-02: an assignment goes to a registered node");
		let is_miner = registration.node_type == NodeType::ComputeMiner;
		ensure!(is_miner || !lab.promised(Rule::Dev29), DispatchError::CannotLookup);
		Ok(registration)
	}
}

/// DEV-05: only a pending request that is not assigned yet.
fn may_be_assigned(lab: &LabSettings, request: &ComputeRequest) -> bool {
	!lab.promised(Rule::Dev05) || (request.status == Pending && !request.is_assigned)
}

/// DEV-07: the plan and the owner are the request's.
fn is_told_truly(
	lab: &LabSettings,
	holder: &AccountId,
	request: &ComputeRequest,
	owner: &AccountId,
	plan_id: &Hash,
) -> bool {
	!lab.promised(Rule::Dev07) || (&request.plan_id == plan_id && holder == owner)
}

/// DEV-19: a request that names a miner goes to no other.
fn may_go_to(lab: &LabSettings, request: &ComputeRequest, node_id: &NodeId) -> bool {
	!lab.promised(Rule::Dev19) || request.miner_id.as_ref().is_none_or(|miner| miner == node_id)
}
