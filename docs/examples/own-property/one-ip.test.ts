/** A property of one's own, of any runtime: RUNTIME=my-runtime.wasm npx vitest run */
import fc from 'fast-check';
import { invariantsHold, ofStates, readable, runtimeTarget, type Watchable } from 'pallet-assay';
import { expect, it } from 'vitest';

const oneIp: Watchable = {
  id: 'OWN-01',
  statement: 'No two VMs that miners run have the same IP.',
  watch: ofStates(['minerQueue'], ({ minerQueue }) => {
    const ips = minerQueue.flatMap(([, vms]) => vms.flatMap(({ ip_assigned }) => ip_assigned ?? []));
    const twice = ips.find((ip, at) => ips.indexOf(ip) !== at);
    return { spoke: ips.length, broken: twice === undefined ? null : `two have ${readable(twice)}` };
  }),
};

it(oneIp.statement, { timeout: 60_000 }, async () => {
  const runtime = await runtimeTarget(process.env.RUNTIME, { rules: 'promised' });
  const spoke = new Map<string, number>();
  await fc.assert(invariantsHold(runtime, [oneIp], { spoke }), { numRuns: 100, seed: 1 });
  expect(spoke.get('OWN-01')).toBeGreaterThan(0);
});
