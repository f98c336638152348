// SPDX-License-Identifier: Apache-2.0
//! ExecutionUnit: what is known of nodes (BEHAVIOUR.md section 8), with the revisions of RULES.md. Calls 4 to 6 are not
//! described and not here.

pub mod api;
mod metrics;
mod types;

pub use metrics::Measurement;
pub use pallet::*;
pub use types::*;

// The shape of the calls, and of the enum made of them, is the chain's.
#[allow(clippy::large_enum_variant, clippy::too_many_arguments)]
#[frame_support::pallet]
pub mod pallet {
	use super::{Measurement, NodeMetricsData, SystemInfo};
	use crate::{
		pallets::{
			lab::{self, LabSettings, Mutant, Revision, Rule},
			registration::NodeType,
		},
		primitives::{now, NodeId},
		unsigned,
	};
	use codec::Encode;
	use frame_support::{pallet_prelude::*, traits::GetCallName};
	use frame_system::pallet_prelude::*;
	use sp_runtime::MultiSignature;

	/// REV-01: calls of one node between two clearings.
	const REQUESTS_PER_PERIOD: u32 = 20;
	/// REV-01: blocks between two clearings.
	const PERIOD: u64 = 10;

	#[pallet::pallet]
	#[pallet::without_storage_info]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config + lab::Config {}

	#[pallet::storage]
	pub type NodeMetrics<T: Config> =
		StorageMap<_, Blake2_128Concat, NodeId, NodeMetricsData, OptionQuery>;

	/// REV-01: calls of a node since the last clearing.
	#[pallet::storage]
	pub type RequestsCount<T: Config> = StorageMap<_, Blake2_128Concat, NodeId, u32, ValueQuery>;

	#[pallet::event]
	#[pallet::generate_deposit(fn deposit_event)]
	pub enum Event<T: Config> {
		#[codec(index = 3)]
		NodeSpecsStored { node_id: NodeId },
		#[codec(index = 5)]
		PinCheckMetricsUpdated { node_id: NodeId },
	}

	#[pallet::error]
	pub enum Error<T> {
		#[codec(index = 0)]
		MetricsNotFound,
		#[codec(index = 5)]
		TooManyRequests,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		/// REV-01: forgets all counts, every ten blocks.
		fn on_initialize(_: BlockNumberFor<T>) -> Weight {
			let lab = lab::Pallet::<T>::settings();
			if lab.revised(Revision::Rev01) && now::<T>().is_multiple_of(PERIOD) {
				RequestsCount::<T>::drain().for_each(drop);
			}
			T::DbWeight::get().reads(1)
		}
	}

	#[pallet::validate_unsigned]
	impl<T: Config> ValidateUnsigned for Pallet<T> {
		type Call = Call<T>;

		/// The tag knows the node alone (section 10); under DEV-28 all arguments.
		fn validate_unsigned(_: TransactionSource, call: &Self::Call) -> TransactionValidity {
			let node_id = match call {
				Call::put_node_specs { node_id, .. }
				| Call::update_pin_check_metrics { node_id, .. }
				| Call::update_metrics_data { node_id, .. } => node_id,
				_ => return InvalidTransaction::Call.into(),
			};
			let lab = lab::Pallet::<T>::settings();
			let is_whole = lab.promised(Rule::Dev28);
			let mut data = if is_whole { unsigned::arguments(call) } else { node_id.clone() };
			if !lab.mutant(Mutant::MetricsTagWithoutBlock) {
				data.splice(..0, now::<T>().encode());
			}
			unsigned::valid(&lab, "ExecutionUnitOffchain", call.get_call_name(), &data)
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// A node tells what it is. Fails: `TooManyRequests` (REV-01). Event: `NodeSpecsStored`.
		#[pallet::call_index(1)]
		#[pallet::weight(Weight::from_parts(10_000, 0))]
		pub fn put_node_specs(
			origin: OriginFor<T>,
			node_id: NodeId,
			system_info: SystemInfo,
			_signature: MultiSignature,
			_node_type: NodeType,
		) -> DispatchResult {
			ensure_none(origin)?;
			let lab = lab::Pallet::<T>::settings();
			Self::count_request(&lab, &node_id)?;
			let record = match NodeMetrics::<T>::get(&node_id) {
				None => NodeMetricsData::first(&lab, node_id.clone(), system_info),
				Some(mut record) => {
					record.update_specs(&lab, system_info);
					record
				}
			};
			NodeMetrics::<T>::insert(&node_id, record);
			Self::deposit_event(Event::NodeSpecsStored { node_id });
			Ok(())
		}

		/// A validator tells how a node did in pin checks. Fails: `TooManyRequests` (REV-01), `MetricsNotFound`. Event:
		/// `PinCheckMetricsUpdated`.
		#[pallet::call_index(2)]
		#[pallet::weight(Weight::from_parts(10_000, 0))]
		pub fn update_pin_check_metrics(
			origin: OriginFor<T>,
			node_id: NodeId,
			_signature: MultiSignature,
			total_pin_checks: u32,
			successful_pin_checks: u32,
		) -> DispatchResult {
			ensure_none(origin)?;
			let lab = lab::Pallet::<T>::settings();
			Self::count_request(&lab, &node_id)?;
			Self::update(&lab, &node_id, |record| {
				record.add_pin_checks(&lab, total_pin_checks, successful_pin_checks)
			})?;
			Self::deposit_event(Event::PinCheckMetricsUpdated { node_id });
			Ok(())
		}

		/// A validator tells what it measured of a node. Fails: `TooManyRequests` (REV-01), `MetricsNotFound`. Event:
		/// `PinCheckMetricsUpdated` (REV-02: none).
		#[pallet::call_index(3)]
		#[pallet::weight(Weight::from_parts(10_000, 0))]
		pub fn update_metrics_data(
			origin: OriginFor<T>,
			node_id: NodeId,
			_signature: MultiSignature,
			storage_proof_time_ms: u32,
			latency_ms: u32,
			peer_count: u32,
			failed_challenges_count: u32,
			successful_challenges: u32,
			total_challenges: u32,
			uptime_minutes: u32,
			total_minutes: u32,
			consecutive_reliable_days: u32,
			recent_downtime_hours: u32,
			_node_type: NodeType,
			_block_number: u32,
		) -> DispatchResult {
			ensure_none(origin)?;
			let lab = lab::Pallet::<T>::settings();
			Self::count_request(&lab, &node_id)?;
			let measured = Measurement {
				storage_proof_time_ms,
				latency_ms,
				peer_count,
				failed_challenges_count,
				successful_challenges,
				total_challenges,
				uptime_minutes,
				total_minutes,
				consecutive_reliable_days,
				recent_downtime_hours,
			};
			let block = now::<T>();
			Self::update(&lab, &node_id, |record| record.add_measurement(&lab, &measured, block))?;
			if !lab.revised(Revision::Rev02) {
				Self::deposit_event(Event::PinCheckMetricsUpdated { node_id });
			}
			Ok(())
		}
	}

	impl<T: Config> Pallet<T> {
		/// REV-01: counts a node's calls. The sum wraps. Fails: `TooManyRequests`.
		fn count_request(lab: &LabSettings, node_id: &NodeId) -> DispatchResult {
			if !lab.revised(Revision::Rev01) {
				return Ok(());
			}
			let count = RequestsCount::<T>::get(node_id).wrapping_add(1);
			ensure!(count <= REQUESTS_PER_PERIOD, Error::<T>::TooManyRequests);
			RequestsCount::<T>::insert(node_id, count);
			Ok(())
		}

		/// Changes a node's record. Fails: `MetricsNotFound`.
		fn update(
			lab: &LabSettings,
			node_id: &NodeId,
			change: impl FnOnce(&mut NodeMetricsData),
		) -> DispatchResult {
			let mut record = NodeMetrics::<T>::get(node_id)
				.or_else(|| lab.mutant(Mutant::MetricsMakeRecord).then(NodeMetricsData::default))
				.ok_or(Error::<T>::MetricsNotFound)?;
			change(&mut record);
			NodeMetrics::<T>::insert(node_id, record);
			Ok(())
		}

		/// A node's record, as the runtime API wants it.
		pub fn metrics_of(node_id: NodeId) -> Option<NodeMetricsData> {
			NodeMetrics::<T>::get(node_id)
		}
	}
}
