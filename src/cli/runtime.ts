/** Runtimes that `--target` names: loaded, and made into targets. */
import { CAST_RELEASE_PERIOD } from '../properties/cast.js';
import { InputError } from '../properties/recording-file.js';
import { scopeOf, type LayoutScope } from '../properties/scope.js';
import { REVISED_SPEC_VERSION, Rules } from '../spec/rules.js';
import { loadRuntime, type Runtime } from '../targets/runtime/runtime.js';
import { isLab, RuntimeTarget } from '../targets/runtime-target.js';
import type { Target } from '../targets/target.js';
import type { LabParameters, RuntimeName } from './target.js';

export interface OpenedRuntime {
  readonly name: RuntimeName;
  readonly runtime: Runtime;
  readonly isLab: boolean;
  readonly scope: LayoutScope;
  /** As deployed, with the revisions that the runtime has: what it is held against unless somebody says otherwise. */
  readonly base: Rules;
  /** A target on the runtime; `lab` is what the name leaves open of a lab runtime. */
  readonly makeTarget: (options?: { readonly lab?: LabParameters; readonly fresh?: boolean }) => RuntimeTarget;
}

/** The lab runtime's revisions are a setting, another runtime's are what its metadata has. */
const baseOf = ({ layout }: Runtime, { rules }: RuntimeName, lab: boolean): Rules => {
  if (!lab) return Rules.deployed.revisedFor(layout.revised ? REVISED_SPEC_VERSION : 0);
  return Rules.of([], rules ? (['REV-01', 'REV-02'] as const).filter((rule) => rules.revised(rule)) : []);
};

const expectLab = ({ text, rules, mutant }: RuntimeName): void => {
  const given = [rules && 'rules', mutant !== undefined && 'mutant'].filter((each) => typeof each === 'string');
  if (given.length === 0) return;
  throw new InputError(`--target ${text}: only the lab runtime takes "${given.join('" and "')}": this one has no pallet Lab`);
};

/** @throws UnusableRuntime, InputError */
export const openRuntime = async (name: RuntimeName): Promise<OpenedRuntime> => {
  const runtime = await loadRuntime(name.file);
  const lab = isLab(runtime);
  if (!lab) expectLab(name);
  return {
    name,
    runtime,
    isLab: lab,
    scope: scopeOf(runtime.layout),
    base: baseOf(runtime, name, lab),
    makeTarget: ({ lab: open = {}, fresh = false } = {}) => {
      const { rules = Rules.deployed, mutant = 0, period = CAST_RELEASE_PERIOD } = { ...open, ...setOnly(name) };
      return new RuntimeTarget(runtime, {
        fresh,
        lab: { rules, mutant, releasePeriod: period },
        ...(name.period !== undefined && { releasePeriod: name.period }),
        ...(name.format && { format: name.format }),
      });
    },
  };
};

const setOnly = ({ rules, mutant, period }: LabParameters): LabParameters => ({
  ...(rules && { rules }),
  ...(mutant !== undefined && { mutant }),
  ...(period !== undefined && { period }),
});

/** What a run says of the signatures that it made. */
export const signatureRemark = (target: Target): string => {
  if (!(target instanceof RuntimeTarget)) return '';
  const { real, mock } = target.signatures;
  return `; ${real} of ${real + mock} signed calls really signed, the others with the mock signature`;
};
