/** Benches: what they play is a VM's life that leaves the state as large as it was, and what they tell is all of it. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountAt } from '../../src/spec/accounts.js';
import type { Outcome } from '../../src/spec/answers.js';
import { callNames } from '../../src/spec/calls.js';
import { Rules } from '../../src/spec/rules.js';
import type { Curves, Figures, RunEvent, SuiteFinished } from '../../src/spec/run-events.js';
import { rawKey, storage, type AnyStorageItem } from '../../src/spec/storage.js';
import { EngineTarget } from '../../src/targets/engine-target.js';
import type { RuntimeTarget } from '../../src/targets/runtime-target.js';
import { runBench, runComparison, type BenchOptions } from '../../src/load/bench/bench-run.js';
import { enginePlayer, runtimePlayer, type Player } from '../../src/load/bench/player.js';
import { LAPS, Stage } from '../../src/load/bench/stage.js';
import { parseCount, parseCounts } from '../../src/load/count.js';
import { AXES, LOAD_SUDO, sizedState, sizesOf } from '../../src/load/sized-state.js';
import { CAST_RELEASE_PERIOD } from '../../src/properties/cast.js';
import { labScope, labTarget } from '../lab.js';

const engine = (): Player => enginePlayer(Rules.deployed);
const lab = (): Player => runtimePlayer(labTarget(), CAST_RELEASE_PERIOD, labScope);

const SUDO = accountAt(LOAD_SUDO);

/** A player whose storage can be looked at. */
const watched = (target: EngineTarget | RuntimeTarget): Player => ({
  name: target.name,
  calls: callNames,
  inject: (raw) => target.inject(raw),
  begin: (storage, users) => void target.reset({ block: 1n, sudo: SUDO, accounts: users, storage }),
  send: ({ call, origin }): Outcome => target.dispatch(call, origin).outcome,
  passRelease: () => void target.advance(target.releasePeriod ?? 1n, { jump: true }),
  together: (play) => play(),
});

const options = (more: Partial<BenchOptions> = {}): BenchOptions & { readonly told: RunEvent[] } => {
  const told: RunEvent[] = [];
  return {
    told,
    emit: (event) => void told.push(event),
    now: () => performance.now(),
    signal: new AbortController().signal,
    axes: ['requests'],
    sizes: [1, 8],
    ...more,
  };
};

const figuresOf = (told: readonly RunEvent[]): Figures[] => told.filter((event) => event.type === 'figures');
const curvesOf = (told: readonly RunEvent[]): Curves[] => told.filter((event) => event.type === 'curves');
const finishedOf = (told: readonly RunEvent[]): SuiteFinished[] =>
  told.filter((event) => event.type === 'suite-finished');

describe('a life', () => {
  it.each([
    ['the engine', (): EngineTarget | RuntimeTarget => new EngineTarget()],
    ['the lab runtime', (): EngineTarget | RuntimeTarget => labTarget()],
  ])('leaves the state on %s as it was, but for the next id', (_, make) => {
    for (const axis of AXES) {
      const target = make();
      const stage = Stage.at(watched(target), axis, 5);
      stage.play();
      const before = target.readAll('0x');
      stage.play();
      const after = target.readAll('0x');
      const changed = Object.keys({ ...before, ...after }).filter((key) => before[key] !== after[key]);
      expect(changed).toEqual([rawKey(storage.Compute.NextRequestId, null)]);
    }
  });

  it('that does not succeed is refused, with the call that does not', () => {
    const player = engine();
    const failing: Player = {
      ...player,
      send: (step) =>
        step.call.name === 'Compute.request_compute_boot'
          ? { module: { pallet: 'Compute', error: 'X' } }
          : player.send(step),
    };
    expect(() => Stage.at(failing, 'queue', 1).play()).toThrow(/Compute\.request_compute_boot comes to .*"X"/);
  });

  it('begins by injection where no call creates, with the same state behind it', () => {
    const plain = new EngineTarget();
    const injected = new EngineTarget();
    const calls = callNames.filter((name) => name !== 'Marketplace.purchase_plan');
    const laps: string[] = [];
    const stages = [Stage.at(watched(plain), 'owned', 3), Stage.at({ ...watched(injected), calls }, 'owned', 3)];
    for (const stage of [...stages, ...stages]) stage.timed((lap) => laps.push(lap));
    expect(injected.readAll('0x')).toEqual(plain.readAll('0x'));
    expect(laps.filter((lap) => lap === 'Marketplace.purchase_plan')).toHaveLength(2);
  });

  it('is refused where a call of it is not there', () => {
    const calls = callNames.filter((name) => name !== 'Compute.request_compute_stop');
    expect(() => Stage.at({ ...engine(), calls }, 'owned', 3)).toThrow(/it has not Compute.request_compute_stop$/);
  });

  it('is that of the VM that is found last', () => {
    const { state, vm } = sizedState(sizesOf(300));
    const raw = Object.keys(state.raw());
    const last = (item: AnyStorageItem): string | undefined =>
      raw
        .filter((key) => key.startsWith(item.prefix))
        .toSorted()
        .at(-1);
    expect(last(storage.Compute.ComputeRequests)).toBe(rawKey(storage.Compute.ComputeRequests, vm.user));
    expect(last(storage.Compute.MinerComputeRequests)).toBe(rawKey(storage.Compute.MinerComputeRequests, vm.node));
  });
});

const TABLES = ['bench/requests/laps', 'bench/requests/lives'];

describe('a bench', () => {
  it('tells each call at each size, whole lives and curves, of each player', async () => {
    const run = options();
    await runBench([engine(), lab()], run);
    const [ofEngine, ofLab] = finishedOf(run.told);
    expect(ofEngine).toMatchObject({ suite: 'engine (deployed) by requests', verdict: 'conforms' });
    expect(ofLab?.summary).toMatch(/^[\d ]+ calls\/s at 1, [\d ]+ calls\/s at 8$/);
    const tables = figuresOf(run.told);
    expect(tables.map(({ id }) => id)).toEqual([...TABLES, ...TABLES]);
    for (const { columns, rows } of tables) {
      for (const row of rows) expect(row).toHaveLength(columns.length);
      for (const cell of rows.flatMap((row) => row.slice(1))) expect(cell).toBeGreaterThan(0);
    }
    expect(tables[0]?.rows.map(([name]) => name)).toEqual(LAPS);
    expect(curvesOf(run.told)[1]?.lines.map(({ points }) => points.map(([size]) => size))).toEqual(
      LAPS.map(() => [1, 8]),
    );
  });

  it('tells only what the filter has, and says what there is where that is nothing', async () => {
    const run = options({ filter: 'request_compute_', sizes: [1] });
    await runBench([engine()], run);
    expect(figuresOf(run.told)[0]?.rows.map(([name]) => name)).toEqual(
      ['stop', 'boot', 'reboot', 'resize', 'delete'].map((call) => `Compute.request_compute_${call}`),
    );
    await expect(runBench([engine()], options({ filter: 'nothing' }))).rejects.toThrow(
      /--filter nothing: expected a part/,
    );
  });

  it('ends behind the size that it is at where it is interrupted, and tells what it has', async () => {
    const abort = new AbortController();
    const run = options({ signal: abort.signal, axes: ['requests', 'ips'] });
    const emit = run.emit;
    await runBench([engine()], {
      ...run,
      emit: (event) => {
        if (event.type === 'progress') abort.abort();
        emit(event);
      },
    });
    expect(finishedOf(run.told).map(({ summary }) => summary)).toEqual([
      expect.stringMatching(/at 1 \(interrupted\)$/),
    ]);
  });
});

describe('a comparison', () => {
  it('gives each call a ratio with an interval around it, of pairs that were played in turns', async () => {
    const order: string[] = [];
    const noting = (name: string): Player => {
      const player = engine();
      return {
        ...player,
        name,
        together: (play) => {
          order.push(name);
          play();
        },
      };
    };
    const run = options({ sizes: [3] });
    await runComparison(noting('old'), noting('new'), run);
    const [table] = figuresOf(run.told);
    expect(table?.rows.map(([name]) => name)).toEqual(['a whole life', ...LAPS]);
    for (const [, size, ratio, low, high, pairs] of table?.rows ?? []) {
      expect(size).toBe(3);
      expect(Number(low)).toBeLessThanOrEqual(Number(ratio));
      expect(Number(high)).toBeGreaterThanOrEqual(Number(ratio));
      expect(Number(pairs)).toBeGreaterThanOrEqual(10);
    }
    const turns = order.filter((name, at) => name !== order[at - 1]);
    expect(turns.length).toBeGreaterThan(13);
    expect(finishedOf(run.told)[0]?.suite).toBe('new against old by requests');
  });
});

describe('a count', () => {
  it('is written as people write it', () => {
    expect(parseCounts('--sizes', '250, 10k,1e6,2M,1.5k,0', 5_000_000)).toEqual([250, 10_000, 1e6, 2e6, 1_500, 0]);
    fc.assert(fc.property(fc.nat(), (value) => parseCount('--sizes', `${value}`, 2 ** 31) === value));
  });

  it.each(['', 'ten', '-1', '1.5', '1kk', '11', '0x5', '1e'])('refuses %j', (text) => {
    expect(() => parseCount('--sizes', text, 10)).toThrow(/^--sizes: expected a whole number up to 10, .* came "/);
  });
});
