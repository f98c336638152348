/** What must hold in every state holds while slow and failing miners serve, too. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createEngine } from '../../src/engine/engine.js';
import { genesisOf, makeCast } from '../../src/properties/cast.js';
import { plan } from '../../src/properties/generate.js';
import { optionsOf, resolve } from '../../src/properties/play-plan.js';
import { failing, healthy, slow } from '../../src/properties/service/conduct.js';
import { NO_CLOUD_INIT } from '../../src/spec/types/compute.js';
import { serve, signersOf } from '../../src/properties/service/serve.js';
import { EngineStage } from '../../src/properties/stage.js';
import { watch } from '../../src/properties/watch.js';
import { invariants } from '../../src/spec/invariants.js';
import { Rules } from '../../src/spec/rules.js';

it.each([
  ['healthy', healthy],
  ['slow', slow],
  ['failing', failing()],
  ['failing for good', failing(NO_CLOUD_INIT)],
] as const)('as promised, every invariant holds while %s miners serve', async (_, conduct) => {
  const cast = makeCast();
  const signers = signersOf(cast);
  const stage = new EngineStage(createEngine(optionsOf(Rules.promised)));
  await fc.assert(
    fc.asyncProperty(plan(60), async ({ nextRequestId, commands }) => {
      const watched = await watch(
        stage,
        {
          genesis: genesisOf(cast, nextRequestId),
          steps: ({ engine }) => resolve(engine, cast, commands),
          end: ({ engine }) => ({ steps: serve(engine, { signers, conductOf: () => conduct }), says: () => ({}) }),
        },
        invariants,
      );
      expect([...watched.broken.values()]).toEqual([]);
    }),
    { seed: 20, numRuns: 100 },
  );
});
