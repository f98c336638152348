/** `assay load run --saturate`: the rate at which inclusion falls behind, for chains of one size or several. */
import { join } from 'node:path';
import { parseCounts } from '../load/count.js';
import { planLoad } from '../load/plan/plan.js';
import { planSize } from '../load/run/saturation.js';
import { runSaturation, type Saturated } from '../load/run/saturate-run.js';
import { closing } from '../properties/ending.js';
import { InputError } from '../properties/recording-file.js';
import { parseDuration } from './duration.js';
import { DEFAULT_TARGET, DEFAULTS, MOST, parseNumber, planOptions, type LoadRunCommandOptions } from './load-flags.js';
import { openForLoad } from './load-node.js';
import { measuresOf, suiteOptions, tellMachine, toolsOf, type Measures, type Tools } from './load-tools.js';
import { waitsOf } from './node.js';
import type { Session } from './session.js';
import type { NodeName } from './target.js';

/** What a search for the rate that is borne begins with, and how long each rate is tried, unless flags say otherwise. */
const FIRST_RATE = { chopsticks: '1', omni: '25', url: '5' } as const;
const WINDOW = '8s';

/** @throws InputError where flags are given that a search has no use for */
const expectSearch = (
  { scenario = 'submit', plan, target = DEFAULT_TARGET }: LoadRunCommandOptions,
  by: NodeName['by'],
): void => {
  if (scenario !== 'submit')
    throw new InputError(`--saturate --scenario ${scenario}: what is sent at rising rates is the mix of "submit"`);
  if (plan !== undefined)
    throw new InputError(`--saturate --plan ${plan}: a search makes its plan itself: leave it out`);
  if (by === 'url')
    throw new InputError(
      `--saturate --target ${target}: a search begins with chains of its own: expected chopsticks or omni`,
    );
};

/** One search on one chain. */
const saturateOnce = async (
  options: LoadRunCommandOptions,
  name: NodeName,
  { tools, measures }: { readonly tools: Tools; readonly measures: Measures },
  session: Session,
  requests: number,
  others: readonly Saturated['line'][],
): Promise<Saturated> => {
  const first = parseNumber('--rate', options.rate ?? FIRST_RATE[name.by], MOST);
  const seconds = parseDuration('--duration', options.duration ?? WINDOW) / 1_000;
  const plan = planLoad({ ...planOptions(options, name, requests), ...planSize(first, seconds) });
  const folder = join(tools.folder, `requests-${requests}`);
  const start = { plan, limits: waitsOf(options), folder, blockTime: measures.blockTime };
  const opened = await openForLoad(name, options, session, start);
  return closing(opened, async () => {
    if (others.length === 0) tellMachine(opened, tools, session);
    const common = suiteOptions(measures, opened, { ...tools, folder }, session);
    return runSaturation({ ...common, plan, first, seconds, others });
  });
};

/** One size of the chain after the other. @throws as `loadRun` */
export const saturate = async (options: LoadRunCommandOptions, name: NodeName, session: Session): Promise<void> => {
  expectSearch(options, name.by);
  const sizes = parseCounts('--requests', options.requests ?? DEFAULTS.requests, MOST);
  const work = { measures: measuresOf(options), tools: await toolsOf(options) };
  const lines: Saturated['line'][] = [];
  for (const requests of sizes) {
    const { line } = await saturateOnce(options, name, work, session, requests, lines);
    if (session.signal.aborted) return;
    lines.push(line);
  }
};
