// SPDX-License-Identifier: Apache-2.0
//! Bugs of ExecutionUnit.

use super::super::metrics::{info, located, measure, pin_checks, put};
use super::*;
use crate::pallets::execution_unit::SystemInfo;

#[test]
fn bugs_of_specs_show() {
	shows(Mutant::UsedStorageSaturates, || put(SystemInfo { storage_free_mb: 3_073, ..info() }));
	shows(Mutant::LocationStays, || (put(located(Some(b"1,2"))), put(located(None))));
}

#[test]
fn bugs_of_metrics_show() {
	shows(Mutant::PinChecksSwapped, || (put(info()), pin_checks()));
	shows(Mutant::MetricsMakeRecord, pin_checks);
	shows(Mutant::MostIsMeasured, || (put(info()), measure(10, 60)));
	shows(Mutant::AverageRounded, || (put(info()), measure(10, 60), measure(21, 60)));
	shows(Mutant::ChallengesSet, || (put(info()), measure(10, 60), measure(10, 60)));
}
