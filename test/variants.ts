/** The runtimes that look like the lab's next release, each with one change (`runtime/README.md`). */

/** A request has one more field at its end, and nothing migrates those that are stored. */
export const NOTED = 'runtime/noted.compact.compressed.wasm';
/** The same with a migration: stored requests get a priority of 0. */
export const MIGRATED = 'runtime/migrated.compact.compressed.wasm';
/** `request_compute_stop` has the call index 30. */
export const MOVED = 'runtime/moved.compact.compressed.wasm';
/** A migration with a bug: the last entry of each miner's queue is gone. */
export const DROPPED = 'runtime/dropped.compact.compressed.wasm';
