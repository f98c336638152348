/** Any mixture of rules and revisions. */
import fc from 'fast-check';
import { deviationRules, revisionRules, Rules } from '../src/spec/rules.js';

export const anyRules: fc.Arbitrary<Rules> = fc
  .tuple(fc.subarray([...deviationRules]), fc.subarray([...revisionRules]))
  .map(([promised, revised]) => Rules.of(promised, revised));
