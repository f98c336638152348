/** The off-chain world in single sequences: who sends what when, what is left, and which deviation leaves something. */
import { describe, expect, it } from 'vitest';
import { createEngine } from '../../src/engine/engine.js';
import { failing, healthy, slow, type Conduct } from '../../src/properties/service/conduct.js';
import { vmNameOf } from '../../src/properties/service/miner.js';
import type { ServeOptions } from '../../src/properties/service/serve.js';
import { accountAt } from '../../src/spec/accounts.js';
import { callOf } from '../../src/spec/calls.js';
import { hexOfText, readable, type Hex } from '../../src/spec/hex.js';
import { Rules } from '../../src/spec/rules.js';
import { encode } from '../../src/spec/scale.js';
import { rawKey, Registration, storage } from '../../src/spec/storage.js';
import type { Step } from '../../src/spec/steps.js';
import {
  A,
  addIp,
  assign,
  buys,
  fulfil,
  fulfilStop,
  genesis,
  JOB,
  M,
  N,
  OTHER_IP,
  reportFailure,
  requestBoot,
  requestDelete,
  requestStop,
  running,
  startJob,
  STORAGE_MINER,
  STRANGER,
} from '../../src/spec/witnesses/cast.js';
import { BREAKING, PLAN, requestReboot, twoVms } from './service-deviations.js';
import { ServicePlay } from './service-play.js';

const PERIOD = 20n;
const signers = new Map([M.owner, N.owner].map((path) => [accountAt(path), path]));

const played = (steps: readonly Step[], rules = Rules.promised): ServicePlay => {
  const play = new ServicePlay(createEngine({ rules, releasePeriod: PERIOD }), genesis());
  play.play(steps[Symbol.iterator]());
  return play;
};

/** A step as `call node request`, without what all of them have. */
const told = (step: Step): string => {
  if (!('call' in step)) return 'advance' in step ? `jump ${step.advance}` : 'other';
  const { args } = step.call;
  const node = 'node_id' in args ? args.node_id : 'miner_node_id' in args ? args.miner_node_id : null;
  const short = step.call.name.replace(/^Compute\.(?:submit_|mark_|handle_)?/, '');
  return node === null ? short : `${short} ${readable(node).slice(7, -1)}`;
};

const serve = (play: ServicePlay, options: Partial<ServeOptions> = {}): readonly string[] =>
  play.serve({ signers, ...options }).steps.map(told);

const statusOf = ({ engine }: ServicePlay): string | undefined =>
  engine.state.Compute.ComputeRequests.get(accountAt(A))[0]?.status;

const only = (node: Hex, conduct: Conduct) => (each: Hex) => (each === node ? conduct : healthy);

/** `M` comes first in key order. */
const [FIRST, SECOND] = [M, N];

describe('a healthy world', () => {
  it('takes a request from its purchase to a VM with a job, an IP, a VNC port and a hypervisor', () => {
    const play = played([addIp(), buys(A)]);
    expect(serve(play)).toEqual([
      'compute_request_assignment m',
      'update_miner_compute_request m',
      'compute_request_fulfilled m',
      'update_miner_compute_request_vnc m',
      'update_miner_compute_request_hypervisor_ip m',
    ]);
    expect(statusOf(play)).toBe('Running');
    expect(play.unserved()).toEqual([]);
    expect(play.engine.state.Compute.MinerComputeRequests.get(M.node)[0]).toMatchObject({
      job_id: hexOfText('0000-0000'),
      vnc_port: 5900n,
      hypervisor_ip: hexOfText('192.168.0.1'),
    });
  });

  it('takes the last IP of the pool, and a name that no VM has', () => {
    const taken = hexOfText('0001-0000');
    const play = played([addIp(), buys(A), assign(M.node, 0n, A), startJob(M, 0n, taken), addIp(OTHER_IP), buys(A)]);
    serve(play);
    const [, second] = play.engine.state.Compute.MinerComputeRequests.get(M.node);
    expect(second).toMatchObject({ job_id: hexOfText('0001-0001'), ip_assigned: OTHER_IP });
  });

  it('stops what runs, then boots what is stopped, and reboots', () => {
    const play = played([...running(), requestReboot(), requestStop(A)]);
    expect(serve(play)).toContain('miner_compute_stop_request_fulfilled m');
    expect(statusOf(play)).toBe('Stopped');
    expect(play.unserved()).toEqual([]);
    expect(play.engine.state.Compute.MinerComputeRebootRequests.get(M.node)).toHaveLength(1);
    play.play([requestBoot(A)][Symbol.iterator]());
    expect(serve(play)).toEqual(['compute_boot_request_fulfillment m', 'compute_reboot_request_fulfillment m']);
    expect(statusOf(play)).toBe('Running');
    expect(play.engine.state.Compute.MinerComputeRebootRequests.get(M.node)).toEqual([]);
  });

  it('waits for an IP where one comes back, and no longer than it must', () => {
    const play = played([...running(), requestDelete(A), buys(A)]);
    expect(serve(play).slice(0, 4)).toEqual([
      'compute_request_assignment m',
      'compute_deletion_request m',
      'jump 20',
      'update_miner_compute_request m',
    ]);
    expect(play.unserved()).toEqual([]);
  });

  it('lets a release be that nobody waits for', () => {
    const play = played([...running(), requestDelete(A)]);
    expect(serve(play)).toEqual(['compute_deletion_request m']);
    expect(play.engine.block).toBe(1n);
    expect(play.unserved()).toEqual([]);
  });

  it('rests where no IP comes, which is nobody’s fault', () => {
    const play = played([buys(A)]);
    expect(serve(play)).toEqual(['compute_request_assignment m']);
    expect(statusOf(play)).toBe('InProgress');
    expect(play.unserved()).toEqual([]);
  });

  it.each([
    ['nobody', STRANGER],
    ['a storage miner', STORAGE_MINER],
  ])('gives a request that asks for %s to nobody else', (_, node) => {
    const play = played([addIp(), buys(A, node)]);
    expect(serve(play)).toEqual([]);
    expect(play.unserved()).toEqual([]);
  });

  it('passes over a degraded miner, and over one without room', () => {
    const info = { node_id: M.node, node_type: 'ComputeMiner', ipfs_node_id: null, registered_at: 0n } as const;
    const degraded = encode(Registration.NodeRegistration.value, {
      ...info,
      status: 'Degraded',
      owner: accountAt(M.owner),
    });
    const first = played([{ inject: { [rawKey(Registration.NodeRegistration, M.node)]: degraded } }, addIp(), buys(A)]);
    expect(serve(first)[0]).toBe('compute_request_assignment n');
    const second = played([addIp(), buys(A)]);
    const hasRoom = (node: Hex) => node !== M.node;
    expect(serve(second, { hasRoom })[0]).toBe('compute_request_assignment n');
    const third = played([addIp(), buys(A)]);
    expect(serve(third, { hasRoom: () => false })).toEqual([]);
    expect(third.unserved({ hasRoom: () => false })).toEqual([]);
    expect(third.unserved()).toHaveLength(1);
  });

  it('resizes nothing', () => {
    const call = callOf('Compute.request_compute_resize', { plan_id: PLAN, resize_to_gbs: 3 });
    const play = played([...running(), { call, origin: { kind: 'signed', account: accountAt(A) } }]);
    serve(play);
    expect(play.engine.state.Compute.MinerComputeResizeRequests.get(M.node)).toHaveLength(1);
    expect(play.unserved()).toEqual([]);
  });

  it('says which nodes nobody signs for, and what they owe', () => {
    const play = played([...running(), requestStop(A)]);
    expect(play.serve({ signers: new Map() }).ended).toMatchObject({ isAtRest: true, unsigned: [M.node] });
    expect(play.unserved()).toEqual([
      'the stop of request 0 is open on miner "assay-m"',
      'request 0 is Running, though it was granted a stop last',
    ]);
  });

  it('sends a call that failed once, and again only when something has changed', () => {
    const play = played([...running(), requestDelete(A)], Rules.promised.with('DEV-06', 'deployed'));
    expect(serve(play)).toEqual(['compute_deletion_request m']);
    expect(serve(play)).toEqual(['compute_deletion_request m']);
  });
});

describe('a VM is named after its job', () => {
  it.each([
    ['1a2b-3c4d', 'vm-1a2b'],
    ['1a2b-3c4d-5e', 'vm-1a2b'],
    ['-1', 'vm-'],
    ['1a2b', 'vm-1a2b'],
  ])('%s: %s', (job, vm) => {
    expect(vmNameOf(hexOfText(job))).toBe(hexOfText(vm));
  });

  it('and one without a job after none, whatever its bytes are', () => {
    expect(vmNameOf(null)).toBe(hexOfText('vm-'));
    expect(vmNameOf('0x02d0')).toBe('0x766d2d02d0');
  });
});

describe('a miner that fails', () => {
  it('gives the request back, and the next miner serves it with the IP that comes back', () => {
    const play = played([addIp(), buys(A)]);
    expect(serve(play, { conductOf: only(FIRST.node, failing()) }).slice(0, 6)).toEqual([
      'compute_request_assignment m',
      'update_miner_compute_request m',
      'miner_compute_request_failure m',
      'compute_request_assignment n',
      'jump 20',
      'update_miner_compute_request n',
    ]);
    expect(play.unserved()).toEqual([]);
    expect(play.engine.state.Compute.MinerComputeRequests.get(SECOND.node)).toHaveLength(1);
  });

  it('leaves a request that asks for it pending, and serves it once it has recovered', () => {
    const play = played([addIp(), buys(A, M.node)]);
    serve(play, { conductOf: () => failing() });
    expect(play.unserved()).toEqual(['request 0 is Pending, though miner "assay-m" could serve it']);
    serve(play);
    expect(play.unserved()).toEqual([]);
    expect(statusOf(play)).toBe('Running');
  });

  it('is asked over and over by validators that know only what the chain shows, as it forgets who failed (DEV-20)', () => {
    const play = played([addIp(), addIp(OTHER_IP), buys(A)]);
    const options = { signers, conductOf: only(M.node, failing()), isForgetful: true, maxRounds: 50 };
    const { steps, ended } = play.serve(options);
    expect(ended.isAtRest).toBe(false);
    const assigned = steps.map(told).filter((step) => step.startsWith('compute_request_assignment'));
    expect(assigned.length).toBeGreaterThan(15);
    expect(new Set(assigned)).toEqual(new Set(['compute_request_assignment m']));
  });

  it('is not asked again where the chain shows the failure: the request is skipped', () => {
    const rules = Rules.deployed;
    const play = played([addIp(), buys(A), assign(M.node, 0n, A), reportFailure(M, 0n)], rules);
    expect(serve(play)).toEqual([]);
    expect(play.unserved()).toEqual(['request 0 is Pending, though miner "assay-m" could serve it']);
  });
});

describe('a miner that is slow', () => {
  it('serves in every other round, and everything in the end', () => {
    const play = played([addIp(), buys(A)]);
    const { ended } = play.serve({ signers, conductOf: () => slow });
    expect(ended).toMatchObject({ isAtRest: true });
    expect(ended.rounds).toBeGreaterThan(2);
    expect(play.unserved()).toEqual([]);
  });
});

describe('what is not served is said', () => {
  it.each([
    ['a pending request', [buys(A)], 'request 0 is Pending, though miner "assay-m" could serve it'],
    [
      'a request without a job, while an IP is there',
      [addIp(), buys(A), assign(M.node, 0n, A)],
      'request 0 is InProgress without a job, though an IP is available',
    ],
    [
      'a job that is not fulfilled',
      [addIp(), buys(A), assign(M.node, 0n, A), startJob(M, 0n, JOB)],
      'request 0 is InProgress, though miner "assay-m" has a job for it',
    ],
    ['an open stop', [...running(), requestStop(A)], 'the stop of request 0 is open on miner "assay-m"'],
    [
      'an open boot',
      [...running(), requestStop(A), fulfilStop(M, 0n), requestBoot(A)],
      'the boot of request 0 is open on miner "assay-m"',
    ],
    ['an open reboot', [...running(), requestReboot()], 'the reboot of request 0 is open on miner "assay-m"'],
    ['a deletion', [...running(), requestDelete(A)], 'the deletion of request 0 is open on miner "assay-m"'],
  ] as const)('%s', (_, steps, sentence) => {
    const play = played(steps);
    expect(play.unserved()).toContain(sentence);
    serve(play);
    expect(play.unserved()).toEqual([]);
  });

  it('an IP that is overdue', () => {
    const released = { vm_name: JOB, ip: OTHER_IP, created_at: 1n, role_type: { Vm: JOB } };
    const { IpReleaseRequests } = storage.PalletIp;
    const inject = { [rawKey(IpReleaseRequests, null)]: encode(IpReleaseRequests.value, [released]) };
    const play = played([{ advance: PERIOD }, { inject }]);
    expect(play.unserved()).toEqual(['IP "10.0.0.2" awaits its release since block 1']);
    play.play([{ advance: 1n }][Symbol.iterator]());
    expect(play.unserved()).toEqual([]);
  });
});

describe('with one rule as deployed, all others as promised', () => {
  it.each(BREAKING)('$id leaves something unserved', ({ id, steps, unserved }) => {
    const promised = played(steps);
    serve(promised);
    expect(promised.unserved()).toEqual([]);
    const deployed = played(steps, Rules.promised.with(id, 'deployed'));
    serve(deployed);
    expect(deployed.unserved()).toEqual(unserved);
  });

  it('no shorter sequence shows it: each step is needed', () => {
    for (const { id, steps, unserved } of BREAKING) {
      for (const at of steps.keys()) {
        const play = played(steps.toSpliced(at, 1), Rules.promised.with(id, 'deployed'));
        serve(play);
        expect([id, at, play.unserved()]).not.toEqual([id, at, unserved]);
      }
    }
  });

  it('DEV-05 leaves an IP behind where DEV-12 does not hide it', () => {
    const steps = [
      ...running().slice(0, 3),
      assign(N.node, 0n, A),
      addIp(OTHER_IP),
      startJob(M, 0n, JOB),
      startJob(N, 0n, hexOfText('5e6f-7a8b'), OTHER_IP),
      fulfil(M.node, 0n),
      requestDelete(A),
    ];
    const rules = Rules.promised.with('DEV-05', 'deployed').with('DEV-12', 'deployed');
    const play = played(steps, rules);
    serve(play);
    expect(play.unserved()).toEqual([`IP "10.0.0.2" is held by "5e6f-7a8b", which is no VM's job`]);
  });
});

describe('a limit of what is promised', () => {
  it('a reboot succeeds without a word and is forgotten, where another VM of the plan waits for its own (DEV-08)', () => {
    const play = played(twoVms([requestReboot()]));
    const step = requestReboot();
    if (!('call' in step)) throw new Error('a reboot is a call');
    const { outcome, events } = play.engine.dispatch(step.call, step.origin);
    expect({ outcome, events }).toEqual({ outcome: { ok: true }, events: [] });
    const waiting = play.engine.state.Compute.MinerComputeRebootRequests.get(M.node);
    expect(waiting.map(({ request_id }) => request_id)).toEqual([1n]);
  });
});
