/**
 * Loads through the command line: a minute against the omni-node and one against Chopsticks, each verified block by block; bugs that
 * make the verification fail; and the rate at which inclusion falls behind among few and among many requests.
 */
import { join } from 'node:path';
import { findOmni } from '../../dist/targets/node/omni.js';
import { claim, Finding, scratchFolder, SEED } from './claim.mjs';
import { assay, suiteOf, tableOf } from './command.mjs';

const DURATION = '60s';
const LEAST_PER_SECOND = 200;
/** A little above, so that what is measured is not what was asked for. */
const OMNI_RATE = 220;
const MUTANTS = [1, 2, 3];
const FEW = 100;
const MANY = 10_000;

const folder = scratchFolder();
let count = 0;

const load = (target, ...words) => {
  count += 1;
  return assay('load', 'run', '--target', target, '--seed', SEED, '--out', join(folder, `${count}`), ...words);
};

const told = ({ code, seconds, events }) => {
  const { verdict, summary, steps, differences } = suiteOf(events, 'load');
  return {
    exit: code,
    verdict,
    seconds,
    extrinsics: steps,
    differences,
    summary,
    trends: tableOf(events, 'load/times'),
  };
};

const expectWhole = (ran) => {
  if (ran.exit !== 0 || ran.differences > 0) throw new Finding(`a load did not conform: ${ran.summary}`);
  return ran;
};

const buggy = async (mutant) => {
  const { code, events } = await load(`omni?mutant=${mutant}`, '--duration', DURATION);
  const { differences, summary } = suiteOf(events, 'load');
  if (code !== 1 || differences === 0) throw new Finding(`mutant ${mutant} passed: ${summary}`);
  const [first] = events.filter(({ type }) => type === 'difference');
  return { differences, first: { what: first.what, aspect: first.aspect, where: first.where } };
};

await claim(async () => {
  if (findOmni() === null) throw new Finding('the omni-node is not on the PATH: it can not be loaded');
  const omni = expectWhole(told(await load('omni', '--duration', DURATION, '--rate', OMNI_RATE)));
  const perSecond = omni.extrinsics / parseInt(DURATION, 10);
  if (perSecond < LEAST_PER_SECOND)
    throw new Finding(`${perSecond} extrinsics a second, ${LEAST_PER_SECOND} are claimed`);
  const chopsticks = expectWhole(told(await load('chopsticks', '--duration', DURATION)));
  const mutants = {};
  for (const mutant of MUTANTS) mutants[mutant] = await buggy(mutant);
  const { events, seconds } = await load('omni', '--saturate', '--requests', `${FEW},${MANY}`, '--duration', '10s');
  const rate = (requests) => tableOf(events, `load/saturation/${requests}/rate`)[requests];
  return {
    omni: { perSecond, ...omni },
    chopsticks,
    mutants,
    saturation: { seconds, [FEW]: rate(FEW), [MANY]: rate(MANY) },
  };
});
