/**
 * The hot request and IP paths: calls a second on the engine alone, how many times as long they take among a million requests,
 * and how many times as long the same calls take in the lab runtime in V8. The two kinds of engine are measured in turns in a
 * process each, because whoever shares one with a million requests shares their garbage collection; engine and lab runtime
 * play their lives in turns in one. With a size as its argument it prints that engine's calls a second.
 */
import { execFileSync } from 'node:child_process';
import { Rules } from '../../dist/spec/rules.js';
import { timeLives } from '../../dist/load/bench/measure.js';
import { timePairs, WHOLE } from '../../dist/load/bench/paired.js';
import { enginePlayer, runtimePlayer } from '../../dist/load/bench/player.js';
import { Stage } from '../../dist/load/bench/stage.js';
import { scopeOf } from '../../dist/properties/scope.js';
import { RuntimeTarget } from '../../dist/targets/runtime-target.js';
import { loadRuntime } from '../../dist/targets/runtime/runtime.js';
import { claim, Finding, median, rounded, spread } from './claim.mjs';

/** Of each size. */
const PASSES = 5;
const FEW = 100;
const MORE = 10_000;
const MANY = 1_000_000;
/** Calls a second on one core, opening a block for each life included. */
const LEAST_PER_SECOND = 300_000;
/** How many times as long calls may take among {@link MANY} requests as among {@link FEW}. */
const MOST_TIMES = 4;

const engineAt = (size) => Stage.at(enginePlayer(Rules.deployed), 'requests', size);

const lab = await loadRuntime('runtime/lab.wasm');
const PERIOD = 20n;
const labAt = (size) => {
  const settings = { rules: Rules.deployed, releasePeriod: PERIOD, mutant: 0 };
  return Stage.at(
    runtimePlayer(new RuntimeTarget(lab, { lab: settings }), PERIOD, scopeOf(lab.layout)),
    'requests',
    size,
  );
};

const told = ({ ratio, low, high, pairs }) => ({
  times: rounded(ratio, 2),
  low: rounded(low, 2),
  high: rounded(high, 2),
  pairs,
});

const inTurns = (old, next) => {
  const { ratios } = timePairs(old, next);
  const perCall = [...ratios].filter(([lap, ratio]) => lap !== WHOLE && ratio !== null);
  return {
    life: told(ratios.get(WHOLE)),
    calls: Object.fromEntries(perCall.map(([lap, { ratio }]) => [lap, rounded(ratio, 2)])),
  };
};

const alone = (size) =>
  Number(
    execFileSync(process.execPath, [process.argv[1], `${size}`], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );

const measure = () => {
  const passes = { [FEW]: [], [MANY]: [] };
  for (let pass = 0; pass < PASSES; pass += 1) for (const size of [FEW, MANY]) passes[size].push(alone(size));
  const callsPerSecond = { [FEW]: spread(passes[FEW]), [MANY]: spread(passes[MANY]) };
  const times = median(passes[FEW].map((few, pass) => few / passes[MANY][pass]));
  if (callsPerSecond[FEW].median < LEAST_PER_SECOND)
    throw new Finding(`${callsPerSecond[FEW].median} calls a second on the engine, ${LEAST_PER_SECOND} are claimed`);
  if (times > MOST_TIMES) throw new Finding(`${times} times as long among ${MANY} requests, ${MOST_TIMES} are claimed`);
  return {
    engineCallsPerSecondByRequests: callsPerSecond,
    timesAsLongAmongMany: rounded(times, 2),
    labToEngineByRequests: {
      [FEW]: inTurns(engineAt(FEW), labAt(FEW)),
      [MORE]: inTurns(engineAt(MORE), labAt(MORE)),
    },
  };
};

const [size] = process.argv.slice(2);
if (size === undefined) await claim(measure);
else process.stdout.write(`${Math.round((await timeLives(engineAt(Number(size)))).callsPerSecond)}\n`);
