/** Runtimes that `--target` names: loaded, and made into targets. */
import { CAST_RELEASE_PERIOD } from '../properties/cast.js';
import { InputError } from '../properties/recording-file.js';
import { scopeOf, type LayoutScope } from '../properties/scope.js';
import { REVISED_SPEC_VERSION, revisionRules, Rules } from '../spec/rules.js';
import type { LabSettings as WholeLabSettings } from '../targets/runtime/genesis.js';
import { loadRuntime, type Runtime } from '../targets/runtime/runtime.js';
import { isLab, RuntimeTarget } from '../targets/runtime-target.js';
import type { Target } from '../targets/target.js';
import type { RuntimeName } from './target.js';

/** What a run sets of a lab runtime whose name leaves it open. */
export interface LabSettings {
  readonly rules?: Rules;
  /** `IpReleasePeriod`, in blocks. */
  readonly period?: bigint;
}

export interface OpenedRuntime {
  readonly name: RuntimeName;
  readonly runtime: Runtime;
  readonly isLab: boolean;
  readonly scope: LayoutScope;
  /** As deployed, with the revisions that the runtime has: what it is held against unless somebody says otherwise. */
  readonly base: Rules;
  /** Of a lab runtime whose name says no other. */
  readonly ownRules: Rules;
  /** What a lab runtime is set to, given what a run sets of it. */
  readonly labSettings: (open?: LabSettings) => WholeLabSettings;
  readonly makeTarget: (options?: { readonly lab?: LabSettings; readonly fresh?: boolean }) => RuntimeTarget;
}

/** The revisions: of a lab runtime a setting, by default its release's; of another what its metadata has. */
const revisionsOf = ({ layout, version }: Runtime, lab: boolean): Rules =>
  Rules.deployed.revisedFor(lab ? version.spec_version : layout.revised ? REVISED_SPEC_VERSION : 0);

const expectLab = ({ flag, text, rules, mutant }: RuntimeName): void => {
  const given = [rules && 'rules', mutant !== undefined && 'mutant'].filter((each) => typeof each === 'string');
  if (given.length === 0) return;
  throw new InputError(
    `${flag ?? '--target'} ${text}: only the lab runtime takes "${given.join('" and "')}": this one has no pallet Lab`,
  );
};

/** A runtime that is loaded, under a name. @throws InputError where the name asks of it what it has not */
export const openedRuntime = (name: RuntimeName, runtime: Runtime): OpenedRuntime => {
  const lab = isLab(runtime);
  if (!lab) expectLab(name);
  const released = revisionsOf(runtime, lab);
  const ownRules = name.rules === undefined ? released : Rules.parse(name.rules, released);
  const base = Rules.of(
    [],
    revisionRules.filter((rule) => ownRules.revised(rule)),
  );
  const labSettings = (open: LabSettings = {}): WholeLabSettings => ({
    rules: name.rules === undefined ? (open.rules ?? ownRules) : ownRules,
    mutant: name.mutant ?? 0,
    releasePeriod: name.period ?? open.period ?? CAST_RELEASE_PERIOD,
  });
  return {
    name,
    runtime,
    isLab: lab,
    scope: scopeOf(runtime.layout),
    base,
    ownRules,
    labSettings,
    makeTarget: ({ lab: open, fresh = false } = {}) =>
      new RuntimeTarget(runtime, {
        fresh,
        lab: labSettings(open),
        ...(name.period !== undefined && { releasePeriod: name.period }),
        ...(name.format && { format: name.format }),
      }),
  };
};

/** @throws UnusableRuntime, InputError */
export const openRuntime = async (name: RuntimeName): Promise<OpenedRuntime> =>
  openedRuntime(name, await loadRuntime(name.file));

/** What a run says of the signatures that it made. */
export const signatureRemark = (target: Target): string => {
  if (!(target instanceof RuntimeTarget)) return '';
  const { real, mock } = target.signatures;
  return `; ${real} of ${real + mock} signed calls really signed, the others with the mock signature`;
};
