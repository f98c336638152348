/** Shortening: what a failure does not need goes, what it needs stays, and it takes few plays. */
import { describe, expect, it } from 'vitest';
import { createEngine, type Engine } from '../../src/engine/engine.js';
import { genesisOf, makeCast } from '../../src/properties/cast.js';
import type { Command } from '../../src/properties/commands/command.js';
import { CreateRequest } from '../../src/properties/commands/create-request.js';
import { LiveStep } from '../../src/properties/commands/live-step.js';
import type { Plan } from '../../src/properties/generate.js';
import { begin, optionsOf, playEngine, resolve } from '../../src/properties/play-plan.js';
import { plainer } from '../../src/properties/plainer.js';
import { shorten, type Played, type ShortenOptions } from '../../src/properties/shorten.js';
import { withoutRequests } from '../../src/properties/without-requests.js';
import { callOf, type CallName } from '../../src/spec/calls.js';
import { NO_SIGNATURE } from '../../src/spec/signatures.js';
import { hexOfText } from '../../src/spec/hex.js';
import { Rules } from '../../src/spec/rules.js';
import type { Step } from '../../src/spec/steps.js';
import { Interrupted } from '../../src/targets/failures.js';

const cast = makeCast();

/** What is wrong after a step, or null. */
type Judge = (engine: Engine, step: Step) => string | null;

interface Stage {
  readonly play: (plan: Plan) => Promise<Played<string>>;
  readonly plays: () => number;
}

const stage = (judge: Judge): Stage => {
  let plays = 0;
  return {
    plays: () => plays,
    play: ({ nextRequestId, commands }) => {
      plays += 1;
      const engine = createEngine(optionsOf(Rules.deployed));
      const genesis = genesisOf(cast, nextRequestId);
      begin(engine, genesis);
      const steps: Step[] = [];
      for (const step of resolve(engine, cast, commands)) {
        steps.push(step);
        playEngine(engine, step);
        const failure = judge(engine, step);
        if (failure !== null) return Promise.resolve({ genesis, steps, failure });
      }
      return Promise.resolve({ genesis, steps, failure: null });
    },
  };
};

const shortened = async (
  judge: Judge,
  commands: readonly Command[],
  options: Partial<ShortenOptions<string>> & { readonly nextRequestId?: bigint } = {},
) => {
  const { nextRequestId = 0n, ...more } = options;
  const { play, plays } = stage(judge);
  const result = await shorten({ plan: { nextRequestId, commands } }, { play, ...more });
  return { steps: result?.shortest.steps ?? [], ended: result?.ended ?? null, plays: plays() };
};

const names = (steps: readonly Step[]): string[] =>
  steps.map(
    (step) =>
      ('call' in step ? step.call.name.split('.')[1] : 'advance' in step ? `advance ${step.advance}` : 'other') ?? '',
  );

const isCall = (step: Step, name: CallName): boolean => 'call' in step && step.call.name === name;

const stops: Judge = (engine, step) =>
  isCall(step, 'Compute.request_compute_stop') &&
  engine.state.Compute.MinerComputeStopRequests.present().some(([, entries]) => entries.length > 0)
    ? 'somebody may stop'
    : null;

const STOP = [
  'purchase_plan',
  'submit_compute_request_assignment',
  'mark_compute_request_fulfilled',
  'request_compute_stop',
];

const advance = (blocks: bigint, jump = false): Command => ({ resolve: () => ({ advance: blocks, jump }) });

/** Several users' lives, in turns, until somebody stops a VM. */
const manyLives: readonly Command[] = Array.from({ length: 60 }, (_, at) =>
  at % 6 === 0
    ? new CreateRequest(at, at, at % 5)
    : at % 5 === 4
      ? advance(3n)
      : new LiveStep(at % 4, at % 3 === 0 ? 0 : 4),
);

describe('shortening', () => {
  it('leaves out what a failure does not need, others’ lives before it too', async () => {
    const { steps, plays } = await shortened(stops, [
      ...manyLives,
      new LiveStep(1, 0),
      new LiveStep(2, 0),
      new LiveStep(3, 0),
    ]);
    expect(names(steps)).toEqual(STOP);
    expect(plays).toBeLessThan(150);
    expect(
      steps.flatMap((step) => ('call' in step && 'request_id' in step.call.args ? [step.call.args.request_id] : [])),
    ).toEqual([0n, 0n]);
  });

  it('begins with the first id where the edge of the type is not what it is about', async () => {
    const { steps } = await shortened(
      stops,
      [new CreateRequest(0, 0, 1), ...Array.from({ length: 8 }, () => new LiveStep(0, 0))],
      {
        nextRequestId: 1n << 64n,
      },
    );
    expect(names(steps)).toEqual(STOP);
    const [, assigned] = steps;
    expect(assigned && 'call' in assigned ? assigned.call.args : {}).toMatchObject({ request_id: 0n });
  });

  it('takes few plays where they are slow, and no more than it may', async () => {
    const commands = [...manyLives, new LiveStep(1, 0), new LiveStep(2, 0), new LiveStep(3, 0)];
    const slow = await shortened(stops, commands, { isSlow: true });
    expect(slow.steps.length).toBeLessThan(9);
    expect(slow.plays).toBeLessThan(80);
    const few = await shortened(stops, commands, { isSlow: true, mostPlays: 10 });
    expect(few.plays).toBeLessThanOrEqual(11);
  });

  it('never opens one by one what a leap passed', async () => {
    const late: Judge = (engine, step) => ('advance' in step && engine.block > 1n << 40n ? 'it is late' : null);
    const seen: Step[] = [];
    const watching: Judge = (engine, step) => {
      seen.push(step);
      return late(engine, step);
    };
    const { steps } = await shortened(watching, [
      advance(3n),
      advance(1n << 39n, true),
      advance(2n, true),
      advance(1n << 40n, true),
    ]);
    expect(names(steps)).toEqual([`advance ${1n << 40n}`]);
    expect(seen.filter((step) => 'advance' in step && step.advance > 1_000n && step.jump !== true)).toEqual([]);
  });

  it('gives what is left plain values', async () => {
    const { steps } = await shortened(
      (engine) => (engine.state.Compute.NextRequestId.get() > 0n ? 'somebody bought' : null),
      [new CreateRequest(2, 1, 2, 1, 3)],
    );
    const [step] = steps;
    expect(step && 'call' in step ? step.call.args : {}).toEqual({
      plan_id: cast.plans[1],
      plan_technical_description: '0x',
      image_name: '0x',
      image_url: '0x',
      cloud_init_cid: null,
      pay_for: null,
      miner_id: null,
    });
  });

  it('says where a failure did not come again', async () => {
    const { play } = stage(() => null);
    expect(await shorten({ plan: { nextRequestId: 0n, commands: [] } }, { play })).toBeNull();
  });

  it('keeps what it has where it is interrupted', async () => {
    const abort = new AbortController();
    let plays = 0;
    const { steps, ended } = await shortened(
      (engine, step) => {
        if (stops(engine, step) === null) return null;
        plays += 1;
        if (plays === 3) abort.abort();
        return 'somebody may stop';
      },
      [...manyLives, new LiveStep(1, 0), new LiveStep(2, 0), new LiveStep(3, 0)],
      { signal: abort.signal },
    );
    expect(ended).toBeInstanceOf(Interrupted);
    expect(steps.length).toBeGreaterThan(STOP.length);
  });
});

describe('steps without a request', () => {
  const buys: Step = new CreateRequest(0, 0, 0).resolve({ engine: createEngine(), cast, sent: [] });
  const fulfils = (request_id: bigint): Step => ({
    call: callOf('Compute.mark_compute_request_fulfilled', { node_id: hexOfText('node'), request_id }),
    origin: { kind: 'none' },
  });
  const waits: Step = { advance: 1n };

  it('lack its purchase and all that names it, and those behind it have the next lower ids', () => {
    const steps = [buys, buys, fulfils(6n), fulfils(5n), waits, fulfils(7n), buys];
    expect([...withoutRequests(steps, 5n)]).toEqual([
      [buys, buys, fulfils(6n), fulfils(5n), waits],
      [buys, fulfils(5n), waits, fulfils(6n), buys],
      [buys, fulfils(5n), waits, fulfils(6n), buys],
    ]);
  });

  it('are none where nobody bought', () => {
    expect([...withoutRequests([waits, fulfils(1n)], 0n)]).toEqual([]);
  });
});

describe('plainer values', () => {
  const plainest = (step: Step): Step => {
    let now = step;
    for (const plain of plainer(step)) now = plain(now) ?? now;
    return now;
  };

  it('leave alone who and what a call is about', () => {
    const args = { node_id: hexOfText('node'), request_id: 7n, vnc_port: 5900n, vm_name: hexOfText('vm-1') };
    const step: Step = { call: callOf('Compute.update_miner_compute_request_vnc', args), origin: { kind: 'none' } };
    expect(plainest(step)).toEqual({ ...step, call: { ...step.call, args: { ...args, vnc_port: 0n } } });
  });

  it('take a signature for one of nobody, and a jump for blocks where they are few', () => {
    const args = { node_id: hexOfText('node'), request_id: 7n, signature: { Sr25519: '0x' + '01'.repeat(64) } };
    const step: Step = {
      call: callOf('Compute.submit_compute_boot_request_fulfillment', args),
      origin: { kind: 'none' },
    };
    expect(plainest(step)).toMatchObject({ call: { args: { signature: NO_SIGNATURE } } });
    expect(plainest({ advance: 5n, jump: true })).toEqual({ advance: 1n });
    const leap = { advance: 1n << 40n, jump: true };
    expect([...plainer(leap)].map((plain) => plain(leap))).toEqual([{ advance: 1n }, null]);
  });

  it('are none of what is not given by arguments', () => {
    expect([...plainer({ inject: {} })]).toEqual([]);
    expect([...plainer({ query: 'get_node_metrics', args: {} })]).toEqual([]);
  });
});
