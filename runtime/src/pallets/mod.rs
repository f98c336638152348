// SPDX-License-Identifier: Apache-2.0
//! The pallets under test, what they need of others, and the switches that move them.

#[cfg(not(feature = "later"))]
pub mod compute;
pub mod execution_unit;
pub mod lab;
#[cfg(not(feature = "later"))]
pub mod marketplace;
pub mod pallet_ip;
pub mod registration;
pub mod sub_account;
