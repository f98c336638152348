/** The deviations that alone, with all others as promised, leave something unserved: each with its shortest sequence. */
import { accountAt } from '../../src/spec/accounts.js';
import { callOf } from '../../src/spec/calls.js';
import type { Hex } from '../../src/spec/hex.js';
import type { DeviationRule } from '../../src/spec/rules.js';
import { encode } from '../../src/spec/scale.js';
import { NO_SIGNATURE } from '../../src/spec/signatures.js';
import type { Step } from '../../src/spec/steps.js';
import { Compute, rawKey } from '../../src/spec/storage.js';
import {
  A,
  addIp,
  assign,
  B,
  buys,
  fulfil,
  fulfilStop,
  JOB,
  M,
  N,
  OTHER_IP,
  OTHER_JOB,
  reportFailure,
  requestBoot,
  requestDelete,
  requestStop,
  running,
  startJob,
  STORAGE_MINER,
} from '../../src/spec/witnesses/cast.js';

export interface Breaking {
  readonly id: DeviationRule;
  readonly steps: readonly Step[];
  /** What is not served then. */
  readonly unserved: readonly string[];
}

const planIn = (step: Step): Hex => {
  if ('call' in step && 'plan_id' in step.call.args) return step.call.args.plan_id;
  throw new Error('expected a call that names a plan');
};

/** The plan that the witnesses' users buy. */
export const PLAN = planIn(buys(A));

/** Call 12, by A. */
export const requestReboot = (): Step => ({
  call: callOf('Compute.request_compute_reboot', { plan_id: PLAN }),
  origin: { kind: 'signed', account: accountAt(A) },
});

/** Two VMs of A's, of one plan, on M: the second one is fulfilled first. */
export const twoVms = (inBetween: readonly Step[]): readonly Step[] => [
  addIp(),
  addIp(OTHER_IP),
  buys(A),
  buys(A),
  assign(M.node, 0n, A),
  assign(M.node, 1n, A),
  startJob(M, 0n, JOB),
  startJob(M, 1n, OTHER_JOB, OTHER_IP),
  fulfil(M.node, 1n),
  ...inBetween,
  fulfil(M.node, 0n),
];

const { NextRequestId } = Compute;
const LAST_ID = (1n << 128n) - 1n;

export const BREAKING: readonly Breaking[] = [
  {
    id: 'DEV-01',
    steps: [...running(), requestStop(A), fulfilStop(M, 0n, NO_SIGNATURE)],
    unserved: ['the stop of request 0 was answered by a forger alone'],
  },
  {
    id: 'DEV-03',
    steps: [addIp(), buys(A), assign(M.node, 0n, A), startJob(M, 0n, JOB), addIp(), buys(B)],
    unserved: ['request 0 is Running, but its IP "10.0.0.1" is no longer its own'],
  },
  {
    id: 'DEV-06',
    steps: [...running(), requestDelete(A)],
    unserved: ['the deletion of request 0 is open on miner "assay-m"'],
  },
  {
    id: 'DEV-08',
    steps: [...twoVms([requestStop(A)]), requestStop(A)],
    unserved: ['request 0 is Running, though it was granted a stop last'],
  },
  {
    id: 'DEV-12',
    steps: [...running(), requestStop(A), requestReboot()],
    unserved: ['request 0 is Running, though it was granted a stop last'],
  },
  {
    id: 'DEV-17',
    steps: [{ inject: { [rawKey(NextRequestId, null)]: encode(NextRequestId.value, LAST_ID) } }, buys(A), buys(A)],
    unserved: [`request ${LAST_ID} is Pending, though miner "assay-m" could serve it`],
  },
  {
    id: 'DEV-19',
    steps: [addIp(), buys(A, M.node), assign(N.node, 0n, A)],
    unserved: ['request 0 is Running on miner "assay-n", though "assay-m" was asked for'],
  },
  {
    id: 'DEV-20',
    steps: [buys(A), assign(M.node, 0n, A), reportFailure(M, 0n)],
    unserved: ['request 0 is Pending, though miner "assay-m" could serve it'],
  },
  {
    id: 'DEV-21',
    steps: [addIp(), buys(A), assign(M.node, 0n, A), startJob(M, 0n, JOB), reportFailure(M, 0n)],
    unserved: [`IP "10.0.0.1" is held by "1a2b-3c4d", which is no VM's job`],
  },
  {
    id: 'DEV-22',
    steps: [
      addIp(),
      addIp(OTHER_IP),
      buys(A),
      assign(M.node, 0n, A),
      startJob(M, 0n, JOB),
      startJob(M, 0n, OTHER_JOB, OTHER_IP),
    ],
    unserved: [`IP "10.0.0.1" is held by "1a2b-3c4d", which is no VM's job`],
  },
  {
    id: 'DEV-23',
    steps: [...twoVms([requestStop(A)]), requestDelete(A)],
    unserved: ['request 1 is Running, though it was granted a stop last'],
  },
  {
    id: 'DEV-24',
    steps: [...running(), requestBoot(A), requestStop(A)],
    unserved: ['request 0 is Running, though it was granted a stop last'],
  },
  {
    id: 'DEV-25',
    steps: [buys(A), assign(M.node, 0n, A), fulfil(M.node, 0n)],
    unserved: ['request 0 is Running, but no compute miner has fulfilled it with a job'],
  },
  {
    id: 'DEV-29',
    steps: [buys(A), assign(STORAGE_MINER, 0n, A)],
    unserved: ['request 0 is InProgress, but in the queue of no compute miner that would serve it'],
  },
];
