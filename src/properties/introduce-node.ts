/** A node introduced as a suite, before anything is sent to it: what it is, what it can, and what it can't. */
import type { Emit, SuiteFinished } from '../spec/run-events.js';
import type { NodeIdentity } from '../targets/node/identity.js';
import type { Capability, Target } from '../targets/target.js';

export interface IntroduceOptions {
  readonly target: Target;
  readonly identity: NodeIdentity;
  /** Sentences of whoever opened it. */
  readonly remarks: readonly string[];
  /** Whether calls will be sent to it. */
  readonly written: boolean;
  readonly emit: Emit;
  /** Milliseconds, for the times in run events. */
  readonly now: () => number;
}

/** What is not covered where a target lacks a capability. */
const LACKING: Readonly<Record<Capability, string>> = {
  writes: 'calls',
  inject: 'injections of storage',
  clock: 'jumps over blocks (each is waited for)',
  origins: 'calls of accounts without a derivation path',
  diffs: 'storage changes of single calls (those of whole blocks are compared)',
  counts: 'storage operations',
};

const CAPABILITIES = [
  'writes',
  'inject',
  'clock',
  'origins',
  'diffs',
  'counts',
] as const satisfies readonly Capability[];

/** What only one kind of node can't. */
const ofKind = ({ steered }: NodeIdentity): string =>
  steered ? 'the pool (calls go past it)' : 'calls that the pool refuses';

/** Everything that this node does not cover, in words. */
export const notCoveredOn = ({ target, identity, written }: IntroduceOptions): string[] => {
  if (!written) return [LACKING.writes];
  const lacking = CAPABILITIES.filter((each) => !target.capabilities.has(each)).map((each) => LACKING[each]);
  return [...lacking, ofKind(identity)];
};

/** @returns the suite; also emitted. */
export const introduceNode = (options: IntroduceOptions): SuiteFinished => {
  const { target, identity, remarks, emit, now } = options;
  const started = now();
  const { url, chain, chainType, node, methods, genesisHash, codeHash, specName, specVersion } = identity;
  const suite = `node ${target.name}`;
  emit({ type: 'suite-started', suite, kind: 'node', target: target.name });
  const pallets = identity.metadata.pallets.map(({ name }) => name);
  const notCovered = notCoveredOn(options);
  emit({
    type: 'node-introduced',
    suite,
    ...{ url, chain, chainType, node, specName, specVersion, genesisHash, codeHash },
    methods: [...methods],
    pallets,
    capabilities: [...target.capabilities],
    notCovered,
  });
  const steering = [...methods].filter((method) => method.startsWith('dev_')).length;
  const summary = [
    `${node}, chain "${chain}" (${chainType}), ${methods.size} methods${steering > 0 ? `, ${steering} of them dev_*` : ''}`,
    ...remarks,
    `not covered: ${notCovered.join(', ')}`,
  ].join('; ');
  const finished: SuiteFinished = {
    type: 'suite-finished',
    suite,
    verdict: 'conforms',
    scenarios: 0,
    steps: 0,
    differences: 0,
    summary,
    elapsed: now() - started,
  };
  emit(finished);
  return finished;
};
