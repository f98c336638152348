/** Plans played in the order of their arrival: what is meant to succeed does, on the engine and, signed with real keys, on the lab runtime. */
import { describe, expect, it } from 'vitest';
import { k6Workload } from '../../src/load/plan/k6-workload.js';
import { loadChain } from '../../src/load/plan/load-chain.js';
import { genesisStorage, payersOf, planLoad } from '../../src/load/plan/plan.js';
import { callOfPlan, signPlan } from '../../src/load/plan/sign.js';
import { LOAD_SUDO } from '../../src/load/sized-state.js';
import type { Plan, PlannedCall } from '../../src/load/workload.js';
import { InputError } from '../../src/properties/recording-file.js';
import { accountAt } from '../../src/spec/accounts.js';
import { outcomeText, type Origin } from '../../src/spec/answers.js';
import type { Genesis } from '../../src/spec/steps.js';
import { EngineTarget } from '../../src/targets/engine-target.js';
import { ExtrinsicEncoder } from '../../src/targets/runtime/extrinsic.js';
import { GENESIS_HASH } from '../../src/targets/runtime/genesis.js';
import { Translation } from '../../src/targets/runtime/translation.js';
import type { Awaitable, Answer } from '../../src/targets/target.js';
import { lab, labTarget } from '../lab.js';
import { small } from './plan-options.js';

const genesisOf = (plan: Plan): Genesis => ({
  block: 1n,
  sudo: accountAt(LOAD_SUDO),
  accounts: payersOf(plan),
  storage: genesisStorage(plan),
});

const originOf = ({ signer }: PlannedCall): Origin =>
  signer === null ? { kind: 'none' } : { kind: 'signed', account: accountAt(signer.path) };

/** How often each outcome came. */
const outcomesOf = async (
  target: { dispatch: (call: ReturnType<typeof callOfPlan>, origin: Origin) => Awaitable<Answer> },
  calls: readonly PlannedCall[],
): Promise<Readonly<Record<string, number>>> => {
  const outcomes: Record<string, number> = {};
  for (const planned of calls) {
    const text = outcomeText((await target.dispatch(callOfPlan(planned), originOf(planned))).outcome);
    outcomes[text] = (outcomes[text] ?? 0) + 1;
  }
  return outcomes;
};

const engineFor = (plan: Plan): EngineTarget => {
  const engine = new EngineTarget();
  engine.reset(genesisOf(plan));
  return engine;
};

const facts = {
  specVersion: lab.version.spec_version,
  transactionVersion: lab.version.transaction_version,
  genesisHash: GENESIS_HASH,
};
const signedForLab = (plan: Plan): Promise<Plan> =>
  signPlan(plan, new ExtrinsicEncoder(lab.metadata, facts), new Translation(lab.layout, lab.metadata), GENESIS_HASH);

describe('a plan that is played in order', () => {
  it.each(['submit', 'spike', 'soak'] as const)(
    'of %s mostly succeeds, and fails only as it is meant to',
    async (scenario) => {
      const plan = planLoad({ ...small, scenario });
      const { ok = 0, ...failed } = await outcomesOf(engineFor(plan), plan.arrivals);
      expect(ok / plan.arrivals.length).toBeGreaterThan(0.9);
      expect(Object.keys(failed).toSorted()).toEqual(['Compute.ComputeRequestNotFound', 'DispatchError::Other']);
    },
  );

  it.each(['submit', 'spike'] as const)(
    'of %s has many ways: every call but those of root and of metrics',
    (scenario) => {
      const names = new Set(planLoad({ ...small, scenario }).arrivals.map(({ call }) => call));
      expect(names.size).toBe(17);
    },
  );

  it('of lives succeeds in every step, whichever user lives several', async () => {
    const plan = planLoad({ ...small, scenario: 'lifecycle', lives: 30 });
    expect(await outcomesOf(engineFor(plan), plan.lives.flat())).toEqual({ ok: 30 * 15 });
  });

  it('of lives succeeds in every step, in whatever order users take turns', async () => {
    const plan = planLoad({ ...small, scenario: 'lifecycle' });
    const inTurn = Array.from({ length: 15 }, (_, at) => plan.lives.map((steps) => steps[at])).flat();
    expect(
      await outcomesOf(
        engineFor(plan),
        inTurn.filter((each) => each !== undefined),
      ),
    ).toEqual({ ok: 12 * 15 });
  });

  it('comes out the same on the lab runtime', async () => {
    const plan = planLoad({ ...small, duration: 5 });
    const target = labTarget();
    target.reset(genesisOf(plan));
    expect(await outcomesOf(target, plan.arrivals)).toEqual(await outcomesOf(engineFor(plan), plan.arrivals));
  });
});

describe('a plan that is signed', () => {
  const plan = planLoad({ ...small, users: 3, rate: 20, duration: 5 });

  it('has the bytes that the runtime takes, with a signature that it verifies', async () => {
    const target = labTarget({ signEvery: 1 });
    const paths = Object.fromEntries(
      plan.arrivals.flatMap(({ signer }) => (signer ? [[accountAt(signer.path), signer.path]] : [])),
    );
    target.reset({ ...genesisOf(plan), paths });
    const { ok = 0 } = await outcomesOf(target, plan.arrivals);
    expect(ok).toBeGreaterThan(80);
    const signed = plan.arrivals.filter(({ signer }) => signer !== null);
    expect(target.signatures).toEqual({ real: signed.length, mock: 0 });
  });

  it('knows the chain, and has every extrinsic once', async () => {
    const shares: number[] = [];
    const { specVersion, transactionVersion, genesisHash } = facts;
    const encoder = new ExtrinsicEncoder(lab.metadata, { specVersion, transactionVersion, genesisHash });
    const translation = new Translation(lab.layout, lab.metadata);
    const signed = await signPlan(plan, encoder, translation, genesisHash, (share) => shares.push(share));
    expect(signed.signedFor).toBe(genesisHash);
    expect(new Set(signed.arrivals.map(({ extrinsic }) => extrinsic)).size).toBe(plan.arrivals.length);
    expect(signed.arrivals.map(({ extrinsic: _, ...planned }) => planned)).toEqual(plan.arrivals);
    expect(shares).toEqual(shares.toSorted((left, right) => left - right));
    expect(shares.at(-1)).toBe(1);
  });

  it('becomes a workload of k6; one that is not signed does not', async () => {
    const chain = loadChain(lab.metadata, 200);
    expect(chain.blockWeight.maxRefTime).toBe(2e12);
    expect(() => k6Workload(plan, chain)).toThrow(InputError);
    const { head, arrivals } = k6Workload(await signedForLab(plan), chain);
    expect(arrivals).toHaveLength(plan.arrivals.length);
    expect(arrivals.map(([, call]) => head.calls[call])).toEqual(plan.arrivals.map(({ call }) => call));
  });

  it('lives all lives of a user in one lane, in the order of their nonces', async () => {
    const many = planLoad({ ...small, users: 7, scenario: 'lifecycle', lives: 20 });
    const { lanes, lives } = k6Workload(await signedForLab(many), loadChain(lab.metadata, 200));
    expect(lives).toHaveLength(20);
    expect(lanes.flat().toSorted((left, right) => left - right)).toEqual([...lives.keys()]);
    const laneOf = new Map(lanes.flatMap((numbers, lane) => numbers.map((number) => [number, lane] as const)));
    for (const number of lives.keys()) expect(laneOf.get(number)).toBe(laneOf.get(number % 7));
    for (const lane of lanes) expect(lane).toEqual([...lane].toSorted((left, right) => left - right));
  });
});
