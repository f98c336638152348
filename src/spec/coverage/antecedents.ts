/** What it takes for an invariant to speak of anything, where that is more than steps of any kind. Calls alone do the rest. */
import { all, anyCall, need, requests, type Clause } from './clause.js';

const specs = anyCall(['ExecutionUnit.put_node_specs']);

/** By the invariant's id. */
export const antecedents: ReadonlyMap<string, Clause> = new Map([
  ...['02', '03', '05', '06', '07', '09', '10', '11', '12', '13', '14', '15', '16', '17', '18', '20', '23', '35'].map(
    (number) => [`INV-${number}`, requests] as const,
  ),
  // An IP that awaits its release was a VM's.
  ['INV-08', all(requests, need('release period'))],
  ['INV-30', specs],
  ['INV-31', specs],
  // Two unsigned calls in one block, and what the pool says of them.
  ['INV-32', all(need('full blocks'), need('pool'))],
  ['INV-34', need('second plays')],
]);
