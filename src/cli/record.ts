/** `assay record`: generated scenarios, played on a target and written down with what it answered. */
import { Rules } from '../spec/rules.js';
import { CAST_RELEASE_PERIOD } from '../properties/cast.js';
import { generatedHeader } from '../properties/counterexample.js';
import { recordRun, type RecordOptions } from '../properties/record-run.js';
import { InputError } from '../properties/recording-file.js';
import { everything } from '../properties/scope.js';
import { optionsOf } from '../properties/play-plan.js';
import { EngineTarget } from '../targets/engine-target.js';
import type { RecordingHeader } from '../spec/recording.js';
import { foundPallets, type Layout } from '../targets/layout.js';
import type { Target } from '../targets/target.js';
import { codeHashOf } from '../targets/runtime/runtime.js';
import { closing } from '../properties/ending.js';
import type { NodeFlags, Nodes } from './node.js';
import { openRuntime, type OpenedRuntime } from './runtime.js';
import type { Session } from './session.js';
import { labRuntime, parseTarget } from './target.js';

export interface RecordCommandOptions extends NodeFlags {
  readonly target?: string;
  readonly rules?: string;
  readonly seed: number;
  readonly runs: number;
  readonly steps: number;
  readonly out: string;
}

type Subject = Pick<RecordOptions, 'target' | 'rules' | 'scope' | 'header'>;

const engineSubject = (flag: string | undefined): Subject => {
  const rules = Rules.parse(flag ?? 'deployed');
  const { seed: _, scenarios: __, steps: ___, ...header } = generatedHeader(optionsOf(rules), NO_COUNTS);
  return { target: new EngineTarget(optionsOf(rules)), rules, scope: everything, header };
};

const NO_COUNTS = { seed: 0, scenarios: 0, steps: 0 };

/** The pallets with storage that a layout has; the stand-in for a marketplace has none. */
const recordedPallets = (layout: Layout): string[] =>
  foundPallets(layout)
    .filter(({ prefix, specified }) => prefix !== null && specified !== 'Marketplace')
    .map(({ specified }) => specified);

/** What the first line says of a chain's code. `rules` are a lab runtime's; others are held against whatever a replay asks for. */
const chainHeader = (
  { releasePeriod }: Target,
  code: Pick<RecordingHeader, 'wasm_blake2_256' | 'spec_name' | 'spec_version'>,
  layout: Layout,
  rules: Rules | null,
): Subject['header'] => {
  const { phrase, format } = generatedHeader({}, NO_COUNTS);
  return {
    format,
    ...code,
    recorded_pallets: recordedPallets(layout),
    ip_release_period: (releasePeriod ?? CAST_RELEASE_PERIOD).toString(),
    ...(phrase !== undefined && { phrase }),
    ...(rules && { rules: rules.toPinnedString() }),
  };
};

const runtimeSubject = (opened: OpenedRuntime, flag: string | undefined): Subject => {
  const { runtime, makeTarget, base, scope, isLab, ownRules } = opened;
  const rules = Rules.parse(flag ?? 'deployed', base);
  const target = makeTarget();
  const { spec_name, spec_version } = runtime.version;
  const code = { wasm_blake2_256: codeHashOf(runtime), spec_name, spec_version };
  const header = chainHeader(target, code, runtime.layout, isLab ? ownRules : null);
  return { target, rules, scope, header };
};

/** @throws InputError where nothing may be sent to it; NodeFailure, Interrupted */
const nodeSubject = async (nodes: Nodes, flag: string | undefined): Promise<Subject> => {
  const node = await nodes.open();
  const { target, identity, lab } = node;
  await nodes.expectWritable(node);
  const { scope, base } = nodes.subject(node);
  const { codeHash, specName, specVersion, layout } = identity;
  const code = { wasm_blake2_256: codeHash, spec_name: specName, spec_version: specVersion };
  const header = chainHeader(target, code, layout, lab?.rules ?? null);
  return { target, rules: Rules.parse(flag ?? 'deployed', base), scope, header };
};

/** @throws InputError, RuleError, UnusableRuntime, BlockError, NodeFailure, Interrupted */
export const record = async (options: RecordCommandOptions, session: Session): Promise<void> => {
  const name = options.target === undefined ? labRuntime() : parseTarget(options.target);
  if (name.kind === 'recording') throw new InputError(`--target ${options.target}: a recording is there already`);
  const { rules, seed, runs, steps, out } = options;
  const recordFrom = async (subject: Subject): Promise<void> =>
    closing(subject.target, async () => {
      await recordRun({ ...session, ...subject, seed, runs, maxSteps: steps, out });
    });
  if (name.kind === 'node') {
    const { Nodes } = await import('./node.js');
    const nodes = await Nodes.for(name, options, session);
    return closing(nodes, async () => recordFrom(await nodeSubject(nodes, rules)));
  }
  return recordFrom(name.kind === 'engine' ? engineSubject(rules) : runtimeSubject(await openRuntime(name), rules));
};
