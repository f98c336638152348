/** The off-chain world behind generated scenarios: what is accepted is served, whatever was sent before, and nothing is lost. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEngine } from '../../src/engine/engine.js';
import { U128_MAX } from '../../src/engine/integers.js';
import { CAST_RELEASE_PERIOD, makeCast } from '../../src/properties/cast.js';
import { CreateRequest } from '../../src/properties/commands/create-request.js';
import { plan, type Plan } from '../../src/properties/generate.js';
import { optionsOf } from '../../src/properties/play-plan.js';
import { failing, healthy, OUT_OF_MEMORY, slow } from '../../src/properties/service/conduct.js';
import { NO_CLOUD_INIT } from '../../src/spec/types/compute.js';
import { signersOf } from '../../src/properties/service/serve.js';
import { Rules, deviationRules } from '../../src/spec/rules.js';
import type { Hex } from '../../src/spec/hex.js';
import { BREAKING } from './service-deviations.js';
import { playPlan, vmIps } from './service-play.js';

const cast = makeCast();
const signers = signersOf(cast);
const SEED = 20;
const MAX_STEPS = 60;

/** Where all three are as deployed, two requests may have one id, and validators find the second one pending for ever. */
const RESTLESS = ['DEV-05', 'DEV-12', 'DEV-17'] as const;

const holds = (runs: number, property: (scenario: Plan) => void): void =>
  fc.assert(fc.property(plan(MAX_STEPS), property), { seed: SEED, numRuns: runs });

describe('as promised', () => {
  const engine = createEngine(optionsOf(Rules.promised));

  it('everything that was accepted is served, whatever the scenario', () => {
    const sent = new Map<string, number>();
    holds(2000, (scenario) => {
      const play = playPlan(engine, cast, scenario);
      const { steps, ended } = play.serve({ signers });
      for (const step of steps) {
        const name = 'call' in step ? step.call.name : 'jump';
        sent.set(name, (sent.get(name) ?? 0) + 1);
      }
      expect(play.unserved()).toEqual([]);
      expect(ended).toMatchObject({ isAtRest: true, unsigned: [] });
      expect(play.serve({ signers }).steps.filter((step) => 'advance' in step)).toEqual([]);
    });
    // The nine calls of a healthy world, and the jump: none of it went untried.
    expect(sent.size).toBe(10);
  });

  it('slow miners come to the same as healthy ones', () => {
    holds(300, (scenario) => {
      const play = playPlan(engine, cast, scenario);
      const { ended } = play.serve({ signers, conductOf: () => slow });
      expect(play.unserved()).toEqual([]);
      expect(ended.isAtRest).toBe(true);
    });
  });

  it('miners that fail lose no IP, and once they have recovered they serve what they failed', () => {
    let failures = 0;
    holds(400, (scenario) => {
      const play = playPlan(engine, cast, scenario);
      const before = vmIps(engine);
      const { steps, ended } = play.serve({ signers, conductOf: () => failing(OUT_OF_MEMORY) });
      failures += steps.filter((step) => 'call' in step && step.call.name.endsWith('request_failure')).length;
      expect(ended.isAtRest).toBe(true);
      expect(vmIps(engine)).toEqual(before);
      play.serve({ signers });
      expect(play.unserved()).toEqual([]);
      expect(vmIps(engine)).toEqual(before);
    });
    expect(failures).toBeGreaterThan(400);
  });

  it('where one miner fails, the others serve what does not ask for it', () => {
    const [, bad] = cast.miners;
    if (bad === undefined) throw new Error('the cast has too few miners');
    const conductOf = (node: Hex) => (node === bad.node ? failing() : healthy);
    holds(300, (scenario) => {
      const play = playPlan(engine, cast, scenario);
      play.serve({ signers, conductOf });
      const asked = engine.state.Compute.ComputeRequests.present()
        .flatMap(([, list]) => list)
        .filter(({ miner_id, status }) => miner_id === bad.node && status === 'Pending');
      expect(play.unserved()).toHaveLength(asked.length);
    });
  });

  it('what has failed for good is not tried again, and its IP comes back', () => {
    holds(300, (scenario) => {
      const play = playPlan(engine, cast, scenario);
      const before = vmIps(engine);
      play.serve({ signers, conductOf: () => failing(NO_CLOUD_INIT) });
      expect(play.unserved()).toEqual([]);
      engine.advance(CAST_RELEASE_PERIOD, true);
      expect(engine.state.PalletIp.IpReleaseRequests.get()).toEqual([]);
      expect(vmIps(engine)).toEqual(before);
      expect(play.unserved()).toEqual([]);
    });
  });

  it('serving costs some dozens of calls, and no end', () => {
    let calls = 0;
    holds(200, (scenario) => {
      const play = playPlan(engine, cast, scenario);
      const { steps, ended } = play.serve({ signers });
      calls += steps.length;
      expect(ended.rounds).toBeLessThan(20);
    });
    expect(calls / 200).toBeLessThan(30);
  });
});

describe('under any mixture of rules', () => {
  it('the world comes to rest, but where an id comes twice and either copy is assigned for ever', () => {
    const mixtures = fc.subarray([...deviationRules]).map((promised) => Rules.of(promised));
    fc.assert(
      fc.property(mixtures, plan(MAX_STEPS), (rules, scenario) => {
        const { isAtRest } = playPlan(createEngine(optionsOf(rules)), cast, scenario).serve({ signers }).ended;
        if (!isAtRest) expect(RESTLESS.filter((rule) => rules.promised(rule))).toEqual([]);
      }),
      { seed: SEED, numRuns: 400 },
    );
  });

  it('which happens: the second of two requests with the last id is assigned over and over', () => {
    const lastIds: Plan = {
      nextRequestId: U128_MAX,
      commands: [new CreateRequest(0, 0, 0), new CreateRequest(0, 0, 0)],
    };
    const { steps, ended } = playPlan(createEngine(optionsOf(Rules.deployed)), cast, lastIds).serve({ signers });
    expect(ended).toMatchObject({ isAtRest: false, rounds: 200 });
    const assigned = steps.filter((step) => 'call' in step && step.call.name.endsWith('request_assignment'));
    expect(assigned.length).toBeGreaterThan(200);
  });
});

describe('alone as deployed, all others as promised', () => {
  it.each(deviationRules.filter((rule) => !BREAKING.some(({ id }) => id === rule)))(
    '%s leaves nothing unserved',
    (rule) => {
      const engine = createEngine(optionsOf(Rules.promised.with(rule, 'deployed')));
      holds(200, (scenario) => {
        const play = playPlan(engine, cast, scenario);
        play.serve({ signers });
        expect(play.unserved()).toEqual([]);
      });
    },
  );
});
