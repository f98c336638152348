/** What is said at the end of a scenario. */
import { firstBroken, SILENT, type Invariant } from './invariant.js';

export const served: Invariant = {
  id: 'INV-33',
  name: 'what is granted is served',
  statement:
    'What a user asked for and the chain granted is served once validators and miners have done all they do (BEHAVIOUR.md, sections ' +
    '8 and 9), a failed request is tried again, and what is given up comes back. Not claimed: resizes, which nobody serves; requests ' +
    'that name a miner who is none; a reboot of a stopped VM, which waits for its boot.',
  antecedent: 'healthy validators and miners have nothing left to do',
  requirements: ['REQ-OVERVIEW-4', 'REQ-OVERVIEW-5'],
  severity: 'high',
  brokenBy: ['DEV-03', 'DEV-06', 'DEV-12', 'DEV-17', 'DEV-19', 'DEV-20', 'DEV-21', 'DEV-22', 'DEV-25', 'DEV-29'],
  watch: () => (seen) => (seen.unserved === null ? SILENT : firstBroken(1, seen.unserved)),
};

export const deterministic: Invariant = {
  id: 'INV-34',
  name: 'determinism',
  statement: 'The same steps from the same state come to the same outcomes, events and storage.',
  antecedent: 'a scenario is played twice',
  requirements: [],
  severity: 'critical',
  brokenBy: [],
  watch: () => (seen) => (seen.repeated === null ? SILENT : { broken: seen.repeated.parted, spoke: 1 }),
};
