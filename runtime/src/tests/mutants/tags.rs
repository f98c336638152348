// SPDX-License-Identifier: Apache-2.0
//! Bugs of what the pool is told of unsigned calls.

use super::super::validity::validate;
use super::*;

#[test]
fn bugs_of_tags_show() {
	shows(Mutant::TagWithoutStamp, || validate(fulfil(M, 5)));
	shows(Mutant::TagOfParentBlock, || validate(fulfil(M, 5)));
	shows(Mutant::TagLivesLonger, || validate(fulfil(M, 5)));
	shows(Mutant::JobTagSwapped, || validate(set_job(M, 5, JOB, IP)));
	shows(Mutant::StopTagPrefix, || validate(stopped(M, 5, no_signature())));
	shows(Mutant::VmNameRaw, || validate(deleted(M, 5, b"vm")));
	shows(Mutant::VncTagWithoutPort, || {
		validate(Call::update_miner_compute_request_vnc {
			node_id: M.to_vec(),
			request_id: 5,
			vnc_port: 5_900,
			vm_name: vec![],
		})
	});
	shows(Mutant::MetricsTagWithoutBlock, || {
		validate(crate::pallets::execution_unit::Call::update_pin_check_metrics {
			node_id: M.to_vec(),
			signature: no_signature(),
			total_pin_checks: 1,
			successful_pin_checks: 1,
		})
	});
}
