// SPDX-License-Identifier: Apache-2.0
//! Bugs put in on purpose: each has a number, a line that says what is wrong, and one place in the code.

/// A bug by its number. A suite that lets one live is not finished.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub enum Mutant {
	/// PalletIp's hook returns a released IP one block late.
	LateRelease = 1,
	/// Boot fulfilment (call 8) leaves the request's status as it was.
	BootKeepsStatus = 2,
	/// The event of `request_compute_stop` (call 9) names the main account as caller, not the signer.
	StopCallerIsOwner = 3,

	// Costs, from 101 on: they change no answer, no event and no state, so that only counted storage operations find them.
	/// `request_compute_stop` (call 9) first reads every user's requests.
	ScanBeforeStop = 101,
}
