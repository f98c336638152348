/**
 * What is not state and not arithmetic: allocator, log, panics, and the parts of a node that a block may speak to and gets
 * no answer from (offchain index, transaction index).
 */
import { HostTrap, type Span } from '../memory.js';
import { NONE, type HostContext, type HostFunctions } from './context.js';

/** `LogLevel::Error` of a message, and `LogLevelFilter::Error`, which counts from `Off`. */
const ERROR = 0;
const UP_TO_ERROR = 1;

const text = (host: HostContext, span: Span): string => Buffer.from(host.memory.read(span)).toString('utf8');

const nothing = (): undefined => undefined;

export const surroundingFunctions = (host: HostContext): HostFunctions => ({
  ext_allocator_malloc_version_1: (size: number) => host.memory.allocate(size >>> 0),
  ext_allocator_free_version_1: (pointer: number) => host.memory.release(pointer >>> 0),

  ext_logging_log_version_1: (level: number, _target: Span, message: Span) => {
    if (level === ERROR) host.lastError = text(host, message);
  },
  // Errors only: whatever else a runtime has to say costs time and is read by nobody.
  ext_logging_max_level_version_1: () => UP_TO_ERROR,
  ext_panic_handler_abort_on_panic_version_1: (message: Span) => {
    host.lastError = text(host, message);
    throw new HostTrap(host.lastError);
  },

  ext_misc_print_num_version_1: nothing,
  ext_misc_print_utf8_version_1: nothing,
  ext_misc_print_hex_version_1: nothing,
  // A blob inside the call is not run: as for one whose version can't be read.
  ext_misc_runtime_version_version_1: (_wasm: Span) => host.memory.write(NONE),

  ext_offchain_index_set_version_1: nothing,
  ext_offchain_index_clear_version_1: nothing,
  ext_transaction_index_index_version_1: nothing,
  ext_transaction_index_renew_version_1: nothing,
  ext_storage_proof_size_storage_proof_size_version_1: () => 0n,

  ext_wasm_tracing_enabled_version_1: () => 0,
  ext_wasm_tracing_enter_span_version_1: () => 0n,
  ext_wasm_tracing_event_version_1: nothing,
  ext_wasm_tracing_exit_version_1: nothing,
});
