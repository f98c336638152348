/**
 * The state that the gate upgrades where none is given: made by calls that the engine takes, so that it is one that a chain can have. It
 * has a request in every status and an entry in every list that calls lead to. They lead to no `Cancelled`, no `AssignedClientIps` and no
 * role of an IP but that of a VM. All invariants hold in it. Made in some 15 ms, the same each time.
 */
import { end, start, use, type CallStep } from '../load/life.js';
import { wide } from '../load/sized-state.js';
import type { Vm } from '../load/sized-state.js';
import { genesisOf, makeCast, type Account, type Miner } from '../properties/cast.js';
import { outcomeText } from '../spec/answers.js';
import { callOf, type Call } from '../spec/calls.js';
import { EMPTY, hexOfText, type Hex } from '../spec/hex.js';
import { Rules } from '../spec/rules.js';
import { NO_SIGNATURE } from '../spec/signatures.js';
import { NO_CLOUD_INIT } from '../spec/types/compute.js';
import { specs } from '../spec/witnesses/metrics.js';
import { EngineTarget } from '../targets/engine-target.js';
import type { Runtime } from '../targets/runtime/runtime.js';
import { Translation } from '../targets/runtime/translation.js';
import type { UpgradedState } from './state-upgrade.js';

const cast = makeCast();

const miner = (number: number): Miner => cast.miners[number % cast.miners.length] ?? cast.storageMiner;
const user = (number: number): Account => cast.users[number % cast.users.length] ?? cast.sudo;

/** The VM of the request with this number, of a plan of its own: lookups go by plan. */
const vmOf = (number: number): Vm => ({
  user: user(number).id,
  path: user(number).path,
  node: miner(number % 2).node,
  plan: wide('50', number),
  request_id: BigInt(number),
  job: hexOfText(`${number}a2b-3c4d`),
  ip: hexOfText(`10.9.0.${number}`),
});

const unsigned = (call: Call): CallStep => ({ call, origin: { kind: 'none' } });
const signed = (account: Hex, call: Call): CallStep => ({ call, origin: { kind: 'signed', account } });
const root = (call: Call): CallStep => ({ call, origin: { kind: 'root', account: cast.sudo.id } });

/** Every second one with all that may be left out. */
const purchase = ({ user: account, plan, node, request_id }: Vm): CallStep =>
  signed(
    account,
    callOf('Marketplace.purchase_plan', {
      plan_id: plan,
      plan_technical_description: hexOfText('{"cpu_cores":2,"ram_gb":4}'),
      image_name: hexOfText('debian-12'),
      image_url: hexOfText('QmDebian12'),
      cloud_init_cid: request_id % 2n === 0n ? null : hexOfText('QmCloudInit'),
      pay_for: null,
      miner_id: request_id % 2n === 0n ? null : node,
    }),
  );

const assignment = (vm: Vm): readonly CallStep[] => start(vm).slice(0, 1);
const withJob = (vm: Vm): readonly CallStep[] => start(vm).slice(0, 2);

/** For good. */
const failure = ({ node, request_id }: Vm): CallStep => {
  const args = { node_id: node, request_id, fail_reason: NO_CLOUD_INIT };
  return unsigned(callOf('Compute.handle_miner_compute_request_failure', args));
};

/** What {@link use} has in this order, each behind the one before: asked for, done. */
const ASKED = { stop: 0, boot: 2, reboot: 4, resize: 6 } as const;

const ask = (vm: Vm, what: keyof typeof ASKED): readonly CallStep[] => use(vm).slice(ASKED[what], ASKED[what] + 1);

/** What becomes of each request, all of them bought before. */
const LIVES: readonly ((vm: Vm) => readonly CallStep[])[] = [
  // Pending, InProgress without and with a job, Running.
  () => [],
  assignment,
  withJob,
  start,
  // Asked for, and not done: one list after the other, then all of them at once.
  (vm) => [...start(vm), ...ask(vm, 'stop')],
  (vm) => [...start(vm), ...ask(vm, 'boot')],
  (vm) => [...start(vm), ...ask(vm, 'reboot')],
  (vm) => [...start(vm), ...ask(vm, 'resize')],
  (vm) => [...start(vm), ...Object.keys(ASKED).flatMap((what) => ask(vm, what as keyof typeof ASKED))],
  // Stopped; then all that can be done, done.
  (vm) => [...start(vm), ...use(vm).slice(0, 2)],
  (vm) => [...start(vm), ...use(vm)],
  // To be deleted; deleted, with the IP waiting for its release.
  (vm) => [...start(vm), ...end(vm).slice(0, 1)],
  (vm) => [...start(vm), ...end(vm)],
];

const VMS = LIVES.flatMap((life, at) => [
  { vm: vmOf(at), life },
  { vm: vmOf(at + LIVES.length), life },
]).toSorted((one, other) => Number(one.vm.request_id - other.vm.request_id));

const pools = (): readonly CallStep[] =>
  [1, 2].flatMap((at) => [
    root(callOf('PalletIp.add_available_vm_ip', { ip: hexOfText(`10.1.0.${at}`) })),
    root(callOf('PalletIp.add_available_hypervisor_ip', { ip: hexOfText(`10.2.0.${at}`) })),
    root(callOf('PalletIp.add_available_client_ip', { ip: hexOfText(`10.3.0.${at}`) })),
    root(callOf('PalletIp.add_available_storage_miner_ip', { ip: hexOfText(`10.4.0.${at}`) })),
  ]);

const metrics = ({ node }: Miner): readonly CallStep[] => [
  unsigned(
    callOf('ExecutionUnit.put_node_specs', {
      node_id: node,
      system_info: specs,
      signature: NO_SIGNATURE,
      node_type: 'ComputeMiner',
    }),
  ),
  unsigned(
    callOf('ExecutionUnit.update_pin_check_metrics', {
      node_id: node,
      signature: NO_SIGNATURE,
      total_pin_checks: 9,
      successful_pin_checks: 7,
    }),
  ),
];

const lives = (): readonly CallStep[] => [
  ...pools(),
  ...cast.miners.flatMap(metrics),
  ...VMS.map(({ vm }) => root(callOf('PalletIp.add_available_vm_ip', { ip: vm.ip }))),
  ...VMS.map(({ vm }) => purchase(vm)),
  ...VMS.flatMap(({ vm, life }) => life(vm)),
];

/** Played without DEV-20: as deployed, what failed stays assigned to nobody, which breaks INV-09, and its entry in the queue. */
const failures = (): readonly CallStep[] =>
  [0, 1].flatMap((at) => {
    const vm = vmOf(VMS.length + at);
    return [purchase(vm), ...assignment(vm), failure(vm)];
  });

/** @throws Error where a call is not taken: then the state is not what it says */
const play = (target: EngineTarget, steps: readonly CallStep[]): void => {
  for (const { call, origin } of steps) {
    const { outcome, outer } = target.dispatch(call, origin);
    const came = [outcome, ...(outer ? [outer] : [])];
    if (came.some((each) => !('ok' in each)))
      throw new Error(`the built-in state: ${call.name} is not taken: ${came.map(outcomeText).join(', ')}`);
  }
};

/** Plays it, and puts it into a runtime's own layout. */
export const builtInState = ({ layout, metadata }: Pick<Runtime, 'layout' | 'metadata'>): UpgradedState => {
  const deployed = new EngineTarget();
  const genesis = genesisOf(cast, 0n);
  deployed.reset(genesis);
  play(deployed, lives());
  const { block } = deployed.engine;
  const repaired = new EngineTarget({ rules: Rules.deployed.with('DEV-20', 'promised') });
  repaired.beginAfter({ ...genesis, block, storage: deployed.readAll(EMPTY) });
  play(repaired, failures());
  const translation = new Translation(layout, metadata);
  const storage: Record<Hex, Hex> = {};
  for (const [key, value] of Object.entries(repaired.readAll(EMPTY)))
    storage[key] = translation.runtimeValue(key, value);
  return { from: 'built-in', storage, others: {}, block, specVersion: null };
};
