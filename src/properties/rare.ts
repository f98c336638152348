/**
 * Scenarios that lead where chance leads late: a request in every status that can be brought about meets every call that looks at one, and
 * every call meets the wrong origins. A search that plays them first reaches every cell of coverage that it can, whatever its seed.
 */
import type { Origin } from '../spec/answers.js';
import { callNamed, callNames, type Call } from '../spec/calls.js';
import { accountAt } from '../spec/accounts.js';
import type { Step } from '../spec/steps.js';
import { NO_CLOUD_INIT } from '../spec/types/compute.js';
import {
  A,
  addIp,
  assign,
  B,
  buys,
  confirmDeletion,
  forceDelete,
  fulfil,
  fulfilBoot,
  fulfilReboot,
  fulfilResize,
  fulfilStop,
  genesis,
  IP,
  JOB,
  M,
  N,
  OTHER_IP,
  OTHER_JOB,
  Q,
  reportFailure,
  reportMetrics,
  reportPinChecks,
  reportSpecs,
  requestBoot,
  requestDelete,
  requestReboot,
  requestResize,
  requestStop,
  running,
  startJob,
  STORAGE_MINER,
  STRANGER,
  tellHypervisorIp,
  tellVnc,
  type Miner,
} from '../spec/witnesses/cast.js';
import { generatedHeader } from './counterexample.js';
import type { Regression } from './regressions.js';

const started = (): readonly Step[] => [addIp(), buys(A), assign(M.node, 0n, A), startJob(M, 0n, JOB)];

/** What leads request 0 to where it stands; under other rules it stands elsewhere. */
const standing: Readonly<Record<string, () => readonly Step[]>> = {
  'is new': () => [buys(A)],
  'is assigned': () => [addIp(), buys(A), assign(M.node, 0n, A)],
  'is started': started,
  'failed before it ran': () => [...started(), reportFailure(M, 0n)],
  'failed for good before it ran': () => [...started(), reportFailure(M, 0n, NO_CLOUD_INIT)],
  runs: running,
  'failed while it ran': () => [...running(), reportFailure(M, 0n)],
  'failed for good while it ran': () => [...running(), reportFailure(M, 0n, NO_CLOUD_INIT)],
  'is assigned again while it ran': () => [...running(), assign(N.node, 0n, A)],
  'runs and is to be another': () => [...running(), requestStop(A), requestReboot(A), requestResize(A, 20)],
  'is stopped': () => [...running(), requestStop(A), fulfilStop(M, 0n)],
  'is stopped and is to be another': () => [
    ...running(),
    ...[requestReboot(A), requestResize(A, 20), requestStop(A), fulfilStop(M, 0n), requestBoot(A)],
  ],
  'is to be deleted': () => [...running(), requestDelete(A)],
};

/** Each alone: what one does to the status, the next one would meet. */
const met: readonly (() => readonly Step[])[] = [
  () => [assign(M.node, 0n, A)],
  () => [assign(STORAGE_MINER, 0n, A), assign(STRANGER, 0n, A), assign(N.node, 0n, A, Q), assign(N.node, 0n, B)],
  () => [startJob(M, 0n, OTHER_JOB)],
  () => [tellVnc(M, 0n), tellHypervisorIp(M, 0n)],
  () => [fulfil(M.node, 0n)],
  () => [reportFailure(M, 0n)],
  () => [fulfilStop(M, 0n)],
  () => [fulfilBoot(M, 0n)],
  () => [fulfilReboot(M, 0n)],
  () => [fulfilResize(M, 0n)],
  () => [requestStop(A), requestReboot(A), requestResize(A, 20), requestBoot(A)],
  () => [confirmDeletion(M, 0n, JOB)],
  () => [requestDelete(A), confirmDeletion(M, 0n, JOB)],
  () => [forceDelete(accountAt(A)), confirmDeletion(M, 0n, JOB)],
];

/** A VM that moved to another miner before it was deleted: what the first one still has to do is of a request that is gone. */
const moved = (from: Miner, to: Miner): readonly Step[] => [
  ...[addIp(), addIp(OTHER_IP), buys(A), assign(from.node, 0n, A), assign(to.node, 0n, A)],
  ...[startJob(from, 0n, JOB, OTHER_IP), startJob(to, 0n, OTHER_JOB), fulfil(from.node, 0n)],
  ...[requestReboot(A), requestStop(A), fulfilStop(from, 0n), requestBoot(A), fulfil(to.node, 0n), requestDelete(A)],
  ...[fulfilBoot(from, 0n), fulfilReboot(from, 0n)],
];

const callIn = (step: Step): readonly Call[] => ('call' in step ? [step.call] : []);

/** Every call by root, by a user, unsigned, and by one who says that it is root. */
const wronglySent = (): readonly Step[] => {
  const origins: readonly Origin[] = [
    { kind: 'root', account: genesis().sudo },
    { kind: 'signed', account: accountAt(A) },
    { kind: 'root', account: accountAt(A) },
    { kind: 'none' },
  ];
  // An IP is taken out of each pool before it comes into the next one.
  const pools = callNames.flatMap((name) => /^PalletIp\.add_(.*)/.exec(name)?.[1] ?? []);
  const ofPools = pools.flatMap((pool) =>
    callNames
      .filter((name) => name.startsWith('PalletIp.') && name.endsWith(pool))
      .map((name) => callNamed(name, { ip: IP })),
  );
  const others = [buys(A), reportSpecs(), reportMetrics(M.node), reportPinChecks(1)];
  const calls = [...[...met.flatMap((steps) => steps()), ...others].flatMap(callIn), ...ofPools];
  return calls.flatMap((call) => origins.map((origin) => ({ call, origin })));
};

const scenarios = function* (): Generator<readonly [string, readonly Step[]]> {
  for (const [name, before] of Object.entries(standing))
    for (const [at, then] of met.entries()) yield [`a request that ${name}, ${at + 1}`, [...before(), ...then()]];
  yield ['a VM that moved', moved(M, N)];
  yield ['a VM that moved back', moved(N, M)];
  yield ['wrong origins', wronglySent()];
};

/** Made when asked for, since calls are signed. To be played before a search, as what was found once is. */
export const rareScenarios = (): readonly Regression[] =>
  [...scenarios()].map(([name, steps]) => ({
    name,
    file: name,
    about: '',
    header: generatedHeader({}, { seed: 0, scenarios: 1, steps: steps.length }),
    genesis: genesis(),
    steps,
  }));
