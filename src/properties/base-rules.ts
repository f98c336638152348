/** The rules that a chain is held against: what somebody says, else what its lab is set to, else as deployed. */
import { REVISED_SPEC_VERSION, revisionRules, Rules } from '../spec/rules.js';
import type { Layout } from '../targets/layout.js';
import type { LabSettings } from '../targets/runtime/genesis.js';

/** What a runtime's rules are taken to be where nobody says: as deployed, with the revisions that it has. */
export const baseRules = ({ revised }: Pick<Layout, 'revised'>, lab: LabSettings | null): Rules => {
  if (lab === null) return Rules.deployed.revisedFor(revised ? REVISED_SPEC_VERSION : 0);
  return Rules.of(
    [],
    revisionRules.filter((rule) => lab.rules.revised(rule)),
  );
};

/** @param said as `--rules` has it @throws RuleError */
export const rulesFor = (said: string | undefined, layout: Pick<Layout, 'revised'>, lab: LabSettings | null): Rules => {
  const base = baseRules(layout, lab);
  return said === undefined ? (lab?.rules ?? base) : Rules.parse(said, base);
};
