/** Targets by name, for those who play on them without the command line: tests that were emitted, and other programs. */
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Subject } from '../properties/emitted-test.js';
import { InputError } from '../properties/recording-file.js';
import { everything } from '../properties/scope.js';
import { Rules } from '../spec/rules.js';
import { remembering, verifySignature } from '../spec/signatures.js';
import { EngineTarget } from '../targets/engine-target.js';
import type { RuntimeTarget } from '../targets/runtime-target.js';
import type { LabSettings, OpenedRuntime } from './runtime.js';
import { openRuntime } from './runtime.js';
import { labRuntime, parseTarget, RUNTIME, withFile, type NodeName } from './target.js';

export interface OpenTargetOptions {
  /** As `--target` has it. Default: the lab runtime that this package carries. */
  readonly target?: string;
  /** Where the file that a target names is looked for: `import.meta.url` of whoever names it. Default: the current folder. */
  readonly from?: string;
  /** Of the engine, and of a lab runtime whose name leaves them open: as `--rules` has them. Default: as deployed. */
  readonly rules?: string;
  /** `IpReleasePeriod` of the engine and of a lab runtime whose name leaves it open, in blocks. */
  readonly releasePeriod?: bigint;
  /** Ends every wait for a node. */
  readonly signal?: AbortSignal;
}

/** A target, to be closed once it is done with. */
export interface OpenedTarget extends Subject {
  /** Ends what was started for it. */
  readonly close: () => Promise<void>;
}

const located = (target: string, from: string | undefined): string =>
  from === undefined
    ? target
    : withFile(target, (file) => (isAbsolute(file) ? file : join(dirname(fileURLToPath(from)), file)));

const settingsOf = ({ rules, releasePeriod }: OpenTargetOptions): LabSettings => ({
  ...(rules !== undefined && { rules: Rules.parse(rules) }),
  ...(releasePeriod !== undefined && { period: releasePeriod }),
});

const engineSubject = ({ rules = 'deployed', releasePeriod }: OpenTargetOptions): OpenedTarget => {
  const parsed = Rules.parse(rules);
  const verify = remembering(verifySignature);
  const target = new EngineTarget({ rules: parsed, verify, ...(releasePeriod !== undefined && { releasePeriod }) });
  return { target, rules: parsed, scope: everything, close: () => Promise.resolve() };
};

const runtimeSubject = ({ makeTarget, scope, base }: OpenedRuntime, options: OpenTargetOptions): OpenedTarget => {
  const target: RuntimeTarget = makeTarget({ lab: settingsOf(options) });
  return { target, rules: Rules.parse(options.rules ?? 'deployed', base), scope, close: () => Promise.resolve() };
};

const nodeSubject = async (name: NodeName, options: OpenTargetOptions): Promise<OpenedTarget> => {
  const { signal = new AbortController().signal } = options;
  const { Nodes } = await import('./node.js');
  const nodes = await Nodes.for(name, {}, { signal });
  try {
    const node = await nodes.open(settingsOf(options));
    await nodes.expectWritable(node);
    const { scope, base } = nodes.subject(node);
    const rules = Rules.parse(options.rules ?? 'deployed', base);
    return { target: node.target, rules, scope, close: () => nodes.close() };
  } catch (error) {
    await nodes.close();
    throw error;
  }
};

/**
 * Opens what `--target` would name. A node that is not one's own is refused.
 * @throws InputError, RuleError, UnusableRuntime, NodeFailure, Interrupted
 */
export const openTarget = async (options: OpenTargetOptions = {}): Promise<OpenedTarget> => {
  const { target, from } = options;
  const name = target === undefined ? labRuntime() : parseTarget(located(target, from));
  if (name.kind === 'recording')
    throw new InputError(`target ${target}: a recording is played, nothing is played on it`);
  if (name.kind === 'engine') return engineSubject(options);
  return name.kind === 'node' ? nodeSubject(name, options) : runtimeSubject(await openRuntime(name), options);
};

/**
 * Opens a runtime's WASM, which then runs in this process.
 * @param file WASM, compressed WASM, hex or a raw chain spec; behind a `?` what `--target` takes there. Default: the lab runtime
 * @throws InputError, RuleError, UnusableRuntime
 */
export const runtimeTarget = (
  file?: string,
  options: Omit<OpenTargetOptions, 'target' | 'signal'> = {},
): Promise<OpenedTarget> => openTarget({ ...options, ...(file !== undefined && { target: RUNTIME + file }) });
