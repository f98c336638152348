/** The invariants on the engine as promised: they must hold in every scenario that is tried. */
import { Rules, invariants, runInvariant } from '../../dist/index.js';
import { claim, Finding, now, perSecond, SEED, silent } from './claim.mjs';

const SCENARIOS = 10_000;

await claim(async () => {
  const searches = [];
  for (const invariant of invariants) {
    const options = { rules: Rules.promised, seed: SEED, runs: SCENARIOS, maxSteps: 100, emit: silent, now };
    const { verdict, summary, scenarios, steps, elapsed } = await runInvariant(invariant, {
      ...options,
      out: 'counterexamples',
    });
    if (verdict !== 'conforms') throw new Finding(`${invariant.id} as promised: ${verdict}: ${summary}`);
    searches.push({
      invariant: invariant.id,
      rules: 'promised',
      verdict,
      scenarios,
      steps,
      perSecond: perSecond(steps, elapsed),
    });
  }
  return searches;
});
