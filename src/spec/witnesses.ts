/**
 * The shortest sequence that shows each deviation (DEVIATIONS.md, "witness"; `docs/findings.md` from DEV-20 on), as steps that any target can be given.
 *
 * What makes one usable as a detector: all that stands before its decisive step succeeds under every mixture of the other
 * rules (valid signatures, the right owner and plan, the promised order of statuses), and the decisive step answers
 * differently under the two settings of its own rule. A test holds both for every mixture, on the engine.
 */
import { deviations, type DeviationId } from './deviations.js';
import { encode } from './scale.js';
import { NO_SIGNATURE } from './signatures.js';
import { Compute, ExecutionUnit, rawKey } from './storage.js';
import type { Genesis, Step } from './steps.js';
import {
  A,
  addIp,
  assign,
  B,
  buys,
  confirmDeletion,
  fulfil,
  fulfilStop,
  genesis,
  JOB,
  M,
  N,
  OTHER_IP,
  OTHER_JOB,
  Q,
  reportFailure,
  reportPinChecks,
  reportSpecs,
  requestBoot,
  requestDelete,
  requestStop,
  running,
  startJob,
  STORAGE_MINER,
  STRANGER,
  VM_OF_JOB,
} from './witnesses/cast.js';
import { metricsOf } from './witnesses/metrics.js';

/** A deviation's shortest sequence. None of them waits, so that any release period will do. */
export interface Witness {
  readonly id: DeviationId;
  readonly genesis: Genesis;
  readonly steps: readonly Step[];
  /** Whether the decisive step is told by what the pool says of its call, not by what becomes of it. */
  readonly isOfPool: boolean;
}

const LAST_BUT_ONE = (1n << 128n) - 2n;
const U32_MAX = 0xffff_ffff;

/** Made when asked for, since accounts are derived and calls are signed. */
const sequences: Readonly<Record<Exclude<DeviationId, 'DEV-14' | 'DEV-15'>, () => readonly Step[]>> = {
  'DEV-01': () => [...running(), requestStop(A), fulfilStop(M, 0n, NO_SIGNATURE)],
  'DEV-02': () => [buys(A), assign(STRANGER, 0n, A)],
  // Two requests, because one request's second job is no second VM.
  'DEV-03': () => [
    addIp(),
    buys(A),
    assign(M.node, 0n, A),
    startJob(M, 0n, JOB),
    buys(B),
    assign(M.node, 1n, B),
    addIp(),
    startJob(M, 1n, OTHER_JOB),
  ],
  'DEV-04': () => [
    ...running(),
    addIp(OTHER_IP),
    buys(B),
    assign(M.node, 1n, B),
    startJob(M, 1n, OTHER_JOB, OTHER_IP),
    fulfil(M.node, 1n),
    requestStop(B),
  ],
  'DEV-05': () => [buys(A), assign(M.node, 0n, A), assign(N.node, 0n, A)],
  'DEV-06': () => [...running(), requestDelete(A), confirmDeletion(M, 0n, VM_OF_JOB)],
  'DEV-07': () => [buys(A), assign(M.node, 0n, B, Q)],
  'DEV-08': () => [...running(), requestStop(A), requestStop(A)],
  // The VM is named as its job is: the IP is released under either setting of DEV-06.
  'DEV-09': () => [...running(), requestDelete(A), confirmDeletion(M, 0n, JOB)],
  'DEV-10': running,
  'DEV-11': () => [fulfil(M.node, 0n)],
  'DEV-12': () => [...running(), reportFailure(M, 0n)],
  'DEV-13': () => [...running(), requestStop(A), fulfilStop(M, 0n)],
  'DEV-16': () => [...running(), requestDelete(A)],
  'DEV-17': () => [
    { inject: { [rawKey(Compute.NextRequestId, null)]: encode(Compute.NextRequestId.value, LAST_BUT_ONE) } },
    buys(A),
    buys(A),
    buys(A),
  ],
  'DEV-18': () => {
    const { NodeMetrics } = ExecutionUnit;
    return [
      { inject: { [rawKey(NodeMetrics, M.node)]: encode(NodeMetrics.value, metricsOf(M.node)) } },
      { query: 'get_node_metrics', args: { node_id: STRANGER } },
      { query: 'get_node_metrics', args: { node_id: M.node } },
    ];
  },
  'DEV-19': () => [buys(A, M.node), assign(N.node, 0n, A)],
  'DEV-20': () => [buys(A), assign(M.node, 0n, A), reportFailure(M, 0n)],
  'DEV-21': () => [addIp(), buys(A), assign(M.node, 0n, A), startJob(M, 0n, JOB), reportFailure(M, 0n)],
  'DEV-22': () => [
    addIp(),
    addIp(OTHER_IP),
    buys(A),
    assign(M.node, 0n, A),
    startJob(M, 0n, JOB),
    startJob(M, 0n, OTHER_JOB, OTHER_IP),
  ],
  // The second VM is asked to stop while it is the only one that runs; the first one is deleted.
  'DEV-23': () => [
    addIp(),
    addIp(OTHER_IP),
    buys(A),
    buys(A),
    assign(M.node, 0n, A),
    assign(M.node, 1n, A),
    startJob(M, 0n, JOB),
    startJob(M, 1n, OTHER_JOB, OTHER_IP),
    fulfil(M.node, 1n),
    requestStop(A),
    fulfil(M.node, 0n),
    requestDelete(A),
  ],
  'DEV-24': () => [...running(), requestBoot(A)],
  'DEV-25': () => [buys(A), assign(M.node, 0n, A), fulfil(M.node, 0n)],
  'DEV-26': () => [reportSpecs(), reportPinChecks(U32_MAX), reportPinChecks(1)],
  'DEV-27': () => [reportSpecs(), reportSpecs({ is_sev_enabled: true })],
  'DEV-28': () => [fulfil(M.node, 0n)],
  'DEV-29': () => [buys(A), assign(STORAGE_MINER, 0n, A)],
};

const hasSequence = (id: DeviationId): id is keyof typeof sequences => Object.hasOwn(sequences, id);

/** The witness of a deviation; undefined for those that only a run shows (DEV-14, DEV-15). */
export const witnessOf = (id: DeviationId): Witness | undefined =>
  hasSequence(id) ? { id, genesis: genesis(), steps: sequences[id](), isOfPool: id === 'DEV-28' } : undefined;

/** All witnesses, in the order of DEVIATIONS.md. */
export const witnesses = (): readonly Witness[] =>
  deviations.map(({ id }) => witnessOf(id)).filter((witness) => witness !== undefined);
