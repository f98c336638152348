/** What each deviation breaks alone, all others as promised: a sequence for each invariant whose `brokenBy` names it. */
import { hexOfText } from '../../src/spec/hex.js';
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
  confirmDeletion,
  fulfil,
  fulfilStop,
  JOB,
  M,
  N,
  OTHER_IP,
  OTHER_JOB,
  Q,
  reportPinChecks,
  reportSpecs,
  requestBoot,
  requestDelete,
  requestStop,
  running,
  startJob,
  STORAGE_MINER,
  STRANGER,
} from '../../src/spec/witnesses/cast.js';
import {
  both,
  fail,
  fulfilBoot,
  fulfilReboot,
  requestReboot,
  requestResize,
  signed,
  unsigned,
} from '../spec/invariants/scene.js';

export interface BrokenAlone {
  readonly rule: DeviationRule;
  /** Those that the last step breaks, or the end after it, once healthy validators and miners have served. */
  readonly invariants: readonly string[];
  readonly steps: readonly Step[];
}

const LAST = (1n << 128n) - 1n;
const { NextRequestId } = Compute;
const lastId: Step = { inject: { [rawKey(NextRequestId, null)]: encode(NextRequestId.value, LAST) } };

/** Of the two users the one whose key comes first: whose request is found where both have the id. */
const FIRST = A;
const SECOND = B;

const buysPlan = (user: string, plan_id: string): Step =>
  signed(user, 'Marketplace.purchase_plan', {
    plan_id,
    plan_technical_description: '0x',
    image_name: '0x',
    image_url: '0x',
    cloud_init_cid: null,
    pay_for: null,
    miner_id: null,
  });

/** Both users have a request with the last id; it is assigned to M, started and fulfilled. */
const shared = (): readonly Step[] => [
  lastId,
  buys(FIRST),
  buys(SECOND),
  addIp(),
  assign(M.node, LAST, FIRST),
  startJob(M, LAST, JOB),
  fulfil(M.node, LAST),
];

/** A running VM that is to be stopped fails: it is Pending again, and the stop is open. */
const failedInBetween = (): readonly Step[] => [...running(), requestStop(A), fail(M, 0n)];

/** It then runs on N. */
const runningAgain = (): readonly Step[] => [
  ...failedInBetween(),
  addIp(OTHER_IP),
  assign(N.node, 0n, A),
  startJob(N, 0n, OTHER_JOB, OTHER_IP),
  fulfil(N.node, 0n),
];

/** Two VMs of A's of one plan on M; the second one is fulfilled first, and asked for something before the other one is. */
const twoVms = (inBetween: readonly Step[]): readonly Step[] => [
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

/** B's VM holds the IP that A's VM holds, too. */
const sharedIp = (): readonly Step[] => [
  ...running(),
  addIp(),
  buys(B),
  assign(M.node, 1n, B),
  startJob(M, 1n, OTHER_JOB),
];

const of = (rule: DeviationRule, breaks: readonly (readonly [readonly string[], readonly Step[]])[]): BrokenAlone[] =>
  breaks.map(([invariants, steps]) => ({ rule, invariants, steps }));

/** Made when asked for, since calls are signed. */
export const brokenAlone = (): readonly BrokenAlone[] => [
  ...of('DEV-01', [[['INV-20'], [...running(), requestStop(A), fulfilStop(M, 0n, NO_SIGNATURE)]]]),
  ...of('DEV-02', [[['INV-25'], [buys(A), assign(STRANGER, 0n, A)]]]),
  ...of('DEV-03', [
    [['INV-01'], [...running(), addIp()]],
    [['INV-05', 'INV-33'], sharedIp()],
  ]),
  ...of('DEV-04', [
    [
      ['INV-22'],
      [
        ...running(),
        addIp(OTHER_IP),
        buys(B),
        assign(M.node, 1n, B),
        startJob(M, 1n, OTHER_JOB, OTHER_IP),
        fulfil(M.node, 1n),
        requestStop(B),
      ],
    ],
  ]),
  ...of('DEV-06', [
    [
      ['INV-06', 'INV-07'],
      [...both(), requestDelete(A), confirmDeletion(M, 0n, OTHER_JOB)],
    ],
    [['INV-33'], [...running(), requestDelete(A)]],
  ]),
  ...of('DEV-07', [
    [['INV-10'], [buys(A), assign(M.node, 0n, A, Q)]],
    [['INV-28'], [buys(A), assign(M.node, 0n, B)]],
    [
      ['INV-22'],
      [addIp(), buys(A), assign(M.node, 0n, A, Q), startJob(M, 0n, JOB), fulfil(M.node, 0n), requestStop(A)],
    ],
  ]),
  ...of('DEV-08', [
    [['INV-28'], [...running(), requestStop(A), requestStop(A)]],
    [['INV-35'], [...running(), requestResize(A, 20), requestResize(A, 40)]],
  ]),
  ...of('DEV-09', [[['INV-29'], [...running(), requestDelete(A), confirmDeletion(M, 0n, JOB)]]]),
  ...of('DEV-10', [[['INV-28'], [addIp(), buys(A), assign(M.node, 0n, A), startJob(M, 0n, JOB)]]]),
  ...of('DEV-11', [[['INV-26'], [fulfil(M.node, 0n)]]]),
  ...of('DEV-12', [
    [['INV-15', 'INV-10'], failedInBetween()],
    [
      ['INV-16', 'INV-33'],
      [...failedInBetween(), fulfilStop(M, 0n)],
    ],
    [['INV-11'], [...runningAgain(), requestStop(A)]],
    [['INV-03'], [...runningAgain(), requestDelete(A)]],
    [['INV-17'], [...running(), requestStop(A), fulfilStop(M, 0n), fulfil(M.node, 0n)]],
    [
      ['INV-27', 'INV-28'],
      [...running(), fulfil(M.node, 0n)],
    ],
  ]),
  ...of('DEV-13', [
    [['INV-11'], [...running(), requestStop(A), fulfilStop(M, 0n), requestBoot(A), fulfilBoot(M, 0n), requestStop(A)]],
  ]),
  ...of('DEV-16', [[['INV-12'], [...running(), requestDelete(A)]]]),
  ...of('DEV-17', [
    [['INV-02'], [lastId, buys(A)]],
    [['INV-09'], [lastId, buys(A), assign(M.node, LAST, A), buys(B)]],
    [['INV-33'], [lastId, buys(A), buys(A)]],
    [
      ['INV-03', 'INV-16', 'INV-28'],
      [...shared(), requestDelete(FIRST)],
    ],
    [['INV-17'], [...shared(), requestStop(FIRST), requestDelete(FIRST)]],
    [['INV-11'], [...shared(), requestStop(FIRST), requestStop(SECOND)]],
    [['INV-19'], [...shared(), requestStop(SECOND), requestDelete(FIRST)]],
    [['INV-10'], [lastId, buysPlan(SECOND, Q), buys(FIRST), assign(M.node, LAST, FIRST)]],
    [['INV-13'], [lastId, buys(SECOND, N.node), buys(FIRST), assign(M.node, LAST, FIRST)]],
    [['INV-22'], [...shared(), buysPlan(FIRST, Q), signed(FIRST, 'Compute.request_compute_stop', { plan_id: Q })]],
    [['INV-29'], [...shared(), buys(FIRST), requestDelete(FIRST)]],
    // Two open reboots have one id: what is sent once more serves the other.
    [
      ['INV-27'],
      [...shared(), requestReboot(FIRST), requestReboot(SECOND), fulfilReboot(M, LAST), fulfilReboot(M, LAST)],
    ],
  ]),
  ...of('DEV-19', [
    [['INV-13'], [buys(A, M.node), assign(N.node, 0n, A)]],
    [['INV-33'], [addIp(), buys(A, M.node), assign(N.node, 0n, A)]],
  ]),
  ...of('DEV-20', [
    [
      ['INV-09', 'INV-33'],
      [buys(A), assign(M.node, 0n, A), fail(M, 0n)],
    ],
    [['INV-06'], [addIp(), buys(A), assign(M.node, 0n, A), fail(M, 0n), startJob(M, 0n, JOB)]],
  ]),
  ...of('DEV-21', [
    [
      ['INV-06', 'INV-33'],
      [addIp(), buys(A), assign(M.node, 0n, A), startJob(M, 0n, JOB), fail(M, 0n)],
    ],
  ]),
  ...of('DEV-22', [
    [
      ['INV-06', 'INV-33'],
      [
        addIp(),
        addIp(OTHER_IP),
        buys(A),
        assign(M.node, 0n, A),
        startJob(M, 0n, JOB),
        startJob(M, 0n, OTHER_JOB, OTHER_IP),
      ],
    ],
  ]),
  ...of('DEV-23', [
    [
      ['INV-17', 'INV-23'],
      [...twoVms([requestStop(A)]), requestDelete(A)],
    ],
    [['INV-29'], [...twoVms([requestReboot(A)]), requestDelete(A)]],
  ]),
  ...of('DEV-24', [[['INV-17'], [...running(), requestBoot(A), requestStop(A), fulfilStop(M, 0n), fulfilBoot(M, 0n)]]]),
  ...of('DEV-25', [
    [
      ['INV-16', 'INV-33'],
      [buys(A), assign(M.node, 0n, A), fulfil(M.node, 0n)],
    ],
  ]),
  ...of('DEV-26', [
    [['INV-30'], [reportSpecs(), reportPinChecks(2 ** 32 - 1), reportPinChecks(1)]],
    [['INV-31'], [reportSpecs({ storage_total_mb: 1n << 44n })]],
  ]),
  ...of('DEV-27', [[['INV-31'], [reportSpecs(), reportSpecs({ is_sev_enabled: true })]]]),
  ...of('DEV-28', [
    [
      ['INV-32'],
      [
        unsigned('Compute.handle_miner_compute_request_failure', {
          node_id: M.node,
          request_id: 0n,
          fail_reason: '0x',
        }),
        unsigned('Compute.handle_miner_compute_request_failure', {
          node_id: M.node,
          request_id: 0n,
          fail_reason: hexOfText('out of memory'),
        }),
      ],
    ],
  ]),
  ...of('DEV-29', [
    [
      ['INV-14', 'INV-33'],
      [buys(A), assign(STORAGE_MINER, 0n, A)],
    ],
  ]),
];
