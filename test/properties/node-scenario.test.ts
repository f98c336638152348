/** One scenario on a target whose blocks are not ours: what is compared, what is not, and what is no difference. */
import { describe, expect, it } from 'vitest';
import { genesisOf, makeCast } from '../../src/properties/cast.js';
import type { Mismatch } from '../../src/properties/compare.js';
import { compareScenario, type Compared } from '../../src/properties/differential.js';
import { callOf, type Call } from '../../src/spec/calls.js';
import { encode } from '../../src/spec/scale.js';
import { NO_SIGNATURE } from '../../src/spec/signatures.js';
import type { Genesis, Step } from '../../src/spec/steps.js';
import { Compute, ExecutionUnit, PalletIp, rawKey } from '../../src/spec/storage.js';
import { Rules } from '../../src/spec/rules.js';
import { EngineTarget } from '../../src/targets/engine-target.js';
import type { Answer, Target } from '../../src/targets/target.js';
import { labScope, labTarget } from '../lab.js';
import { NodeLike, type NodeLikeOptions } from './node-like.js';

const cast = makeCast();
const genesis = genesisOf(cast, 0n);
const [first = '0x', second = '0x', third = '0x'] = cast.ips;
const miner = cast.miners[0]?.node ?? '0x';

const byRoot = (call: Call): Step => ({ call, origin: { kind: 'root', account: cast.sudo.id } });
const addIp = (ip: string): Step => byRoot(callOf('PalletIp.add_available_vm_ip', { ip }));
const removeIp = (ip: string): Step => byRoot(callOf('PalletIp.remove_available_vm_ip', { ip }));
const metrics: Step = {
  call: callOf('ExecutionUnit.update_pin_check_metrics', {
    node_id: miner,
    signature: NO_SIGNATURE,
    total_pin_checks: 1,
    successful_pin_checks: 1,
  }),
  origin: { kind: 'none' },
};

/** An IP that comes back when block 112 is opened. */
const releasing = (): Genesis => ({
  ...genesis,
  storage: {
    ...genesis.storage,
    [PalletIp.IpReleaseRequests.prefix]: encode(PalletIp.IpReleaseRequests.value, [
      { vm_name: '0x76', ip: third, created_at: 92n, role_type: { Vm: '0x76' } },
    ]),
  },
});

interface Setting {
  readonly rules?: Rules;
  readonly options?: NodeLikeOptions;
  readonly genesis?: Genesis;
  readonly target?: Target;
}

const compare = async (
  steps: readonly Step[],
  { rules = Rules.deployed, options = {}, genesis: from = genesis, target }: Setting = {},
): Promise<Compared> =>
  compareScenario(
    {
      engine: new EngineTarget({ rules, releasePeriod: 20n }),
      target: target ?? new NodeLike(labTarget({ rules }), options),
      scope: labScope,
    },
    { genesis: from, steps: () => steps.values() },
  );

/** A node whose answers are not what they should be. */
class Altered extends NodeLike {
  constructor(private readonly alter: (answer: Answer) => Answer) {
    super(labTarget(), { empty: [1] });
  }

  override async dispatch(...sent: Parameters<NodeLike['dispatch']>): Promise<Answer> {
    return this.alter(await super.dispatch(...sent));
  }
}

describe('a scenario that begins behind a block that is complete', () => {
  const rules = Rules.deployed.revisedFor(9006);

  it('has the engine begin there, and not open that block again: counts would be cleared twice', async () => {
    const { mismatch, answered, genesis: began } = await compare([metrics, { advance: 9n }, metrics], { rules });
    expect(mismatch).toBeNull();
    expect(answered).toBe(2);
    expect(began.block).toBe(111n);
    expect(began.storage[rawKey(ExecutionUnit.RequestsCount, miner)]).toBe('0x14000000');
  });

  it('is compared at its end too', async () => {
    class Forgetting extends NodeLike {
      override async readAll(prefix: string) {
        const all = await super.readAll(prefix);
        return Object.fromEntries(Object.entries(all).filter(([key]) => key !== PalletIp.VmAvailableIps.prefix));
      }
    }
    const { mismatch } = await compare([addIp(third)], { target: new Forgetting(labTarget()) });
    expect(mismatch).toMatchObject({ aspect: 'final state', where: 'PalletIp.VmAvailableIps', observed: 'no key' });
  });

  it('whose IPs wait for a release that nobody can foretell is not covered', async () => {
    const period = { get: () => null };
    const target = Object.defineProperty(new NodeLike(labTarget()), 'releasePeriod', period);
    const { mismatch, answered, uncovered } = await compare([addIp(second), addIp(second)], {
      genesis: releasing(),
      target,
    });
    expect([mismatch, answered]).toEqual([null, 0]);
    expect([...uncovered]).toEqual([[expect.stringContaining('scenarios with IPs to release: '), 2]]);
  });
});

describe('a call in a block of its own', () => {
  it('that puts back what the block’s opening changed is no change: a node sees the block as a whole', async () => {
    const answers: Answer[] = [];
    const target = new (class extends NodeLike {
      override async dispatch(...sent: Parameters<NodeLike['dispatch']>) {
        const answer = await super.dispatch(...sent);
        answers.push(answer);
        return answer;
      }
    })(labTarget(), { empty: [0] });
    const { mismatch, answered } = await compare([addIp(second), removeIp(third)], { genesis: releasing(), target });
    expect([mismatch, answered]).toEqual([null, 2]);
    expect(answers[1]?.block).toBe(112n);
    expect(answers[1]?.events.map(({ name }) => name)).toEqual(['PalletIp.IpRemoved']);
    expect(Object.keys(answers[1]?.own?.changes ?? {})).toEqual([PalletIp.IpReleaseRequests.prefix]);
  });

  it.each<[string, (answer: Answer) => Answer, Partial<Mismatch>]>([
    [
      'what its block changed',
      (answer) => ({ ...answer, own: { opened: answer.own?.opened ?? [], changes: {} } }),
      { aspect: 'storage', where: 'PalletIp.VmAvailableIps', observed: 'no change' },
    ],
    [
      'what the opening of a block before it changed',
      (answer) => ({
        ...answer,
        own: {
          changes: answer.own?.changes ?? {},
          opened: [
            { block: 111n, events: [], diff: { [Compute.NextRequestId.prefix]: null } },
            ...(answer.own?.opened ?? []),
          ],
        },
      }),
      { aspect: 'opening', where: 'block 111: Compute.NextRequestId', expected: 'no change' },
    ],
    [
      'the events of its block’s opening',
      (answer) => ({
        ...answer,
        own: {
          changes: answer.own?.changes ?? {},
          opened: [{ block: answer.block, events: answer.events, diff: {} }],
        },
      }),
      { aspect: 'opening', where: 'block 112: event 0: PalletIp.IpAdded', expected: 'no event' },
    ],
    ['its outcome', (answer) => ({ ...answer, outcome: { other: true } }), { aspect: 'outcome' }],
    ['the outcome of Sudo.sudo', (answer) => ({ ...answer, outer: { other: true } }), { aspect: 'outer outcome' }],
    ['its events', (answer) => ({ ...answer, events: [] }), { aspect: 'events' }],
  ])('is compared in %s', async (_, alter, expected) => {
    const { mismatch } = await compare([addIp(third)], { target: new Altered(alter) });
    expect(mismatch).toMatchObject(expected);
  });

  it('that the pool refuses has none, and the engine opens none either', async () => {
    const unsigned: Step = {
      call: callOf('Compute.request_compute_stop', { plan_id: '0x' + '11'.repeat(32) }),
      origin: { kind: 'none' },
    };
    const { mismatch, answered } = await compare([unsigned, addIp(third), unsigned]);
    expect([mismatch, answered]).toEqual([null, 3]);
  });

  it('is asked of the pool before, at the last block; a lie is found even where the call is not taken', async () => {
    expect((await compare([addIp(third), metrics, metrics])).mismatch).toBeNull();
    class Lying extends NodeLike {
      override validate() {
        return Promise.resolve({ invalid: 'Stale' });
      }
    }
    const target = new Lying(labTarget(), { refuses: () => true });
    const { mismatch, steps } = await compare([addIp(third), metrics], { target });
    expect(mismatch).toMatchObject({ aspect: 'validity', observed: expect.stringContaining('Stale') as string });
    expect(steps).toEqual([metrics]);
  });
});

describe('what such a target can not do', () => {
  it('is not done on the engine either, and counted', async () => {
    const options: NodeLikeOptions = { refuses: ({ name }) => name === 'PalletIp.remove_available_vm_ip' };
    const steps = [addIp(third), removeIp(third), { advance: 500n, jump: true }, addIp(third)];
    const { mismatch, uncovered, answered } = await compare(steps, { options });
    expect([mismatch, answered]).toEqual([null, 2]);
    expect(Object.fromEntries(uncovered)).toEqual({
      'call PalletIp.remove_available_vm_ip: this node takes none': 1,
      'advances of more than 200 blocks: they would be waited for': 1,
    });
  });

  it('a jump is every block of it where the clock is not ours', async () => {
    const { mismatch, steps } = await compare([{ advance: 15n, jump: true }], { genesis: releasing() });
    expect(mismatch).toBeNull();
    expect(steps).toEqual([{ advance: 15n, jump: false }]);
  });

  it('an injection ends the scenario, and is no difference', async () => {
    const inject: Step = { inject: { [Compute.NextRequestId.prefix]: encode(Compute.NextRequestId.value, 7n) } };
    const { mismatch, uncovered, steps } = await compare([addIp(third), inject, addIp(first), addIp(first)]);
    expect(mismatch).toBeNull();
    expect(steps).toEqual([addIp(third)]);
    expect([...uncovered.values()]).toEqual([1, 2]);
    const taking = await compare([inject, addIp(third)], { options: { lacks: [] } });
    expect([taking.mismatch, taking.answered, taking.uncovered.size]).toEqual([null, 1, 0]);
  });

  it('a query is answered by both, or counted', async () => {
    const query: Step = { query: 'get_node_metrics', args: { node_id: miner } };
    const unknown: Step = { query: 'get_moon', args: {} };
    const { mismatch, uncovered, steps } = await compare([query, unknown]);
    expect([mismatch, steps.length, uncovered.size]).toEqual([null, 1, 1]);
    class Wrong extends NodeLike {
      override query() {
        return Promise.resolve('0x01');
      }
    }
    const wrong = await compare([query], { target: new Wrong(labTarget()) });
    expect(wrong.mismatch).toMatchObject({ aspect: 'query', where: 'get_node_metrics', observed: '0x01' });
  });
});
