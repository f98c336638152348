/**
 * The script that k6 runs: `README.md` beside it says how. Which of the scenarios are there is for the workload to say.
 */
import { head, readNames } from './document.js';
import { optionsOf } from './options.js';

export { lifecycle } from './lifecycle.js';
export { read } from './read.js';
export { submit } from './submit.js';
export { watch } from './watch.js';

export const options = optionsOf(head, [...readNames]);

/** All of k6's figures as JSON, to the file that `ASSAY_SUMMARY` names; to the standard output where it names none. */
export const handleSummary = (data: unknown): Record<string, string> => ({
  [__ENV.ASSAY_SUMMARY ?? 'stdout']: JSON.stringify(data),
});
