/**
 * A chain of the omni-node, used by a load, followed from its first block on: 0 differences over at least 200 blocks, and how many of
 * them a second.
 */
import { join } from 'node:path';
import { genesisStorage, payersOf, planLoad } from '../../dist/load/plan/plan.js';
import { signPlan } from '../../dist/load/plan/sign.js';
import { LOAD_SUDO } from '../../dist/load/sized-state.js';
import { accountAt, signAt } from '../../dist/spec/accounts.js';
import { Rules } from '../../dist/spec/rules.js';
import { RpcError } from '../../dist/targets/node/connection.js';
import { DEFAULT_LIMITS } from '../../dist/targets/node/limits.js';
import { findOmni } from '../../dist/targets/node/omni.js';
import { openOnOmni } from '../../dist/targets/node/open.js';
import { HexSchema } from '../../dist/spec/answers.js';
import { claim, Finding, scratchFolder, SEED } from './claim.mjs';
import { assay, suiteOf } from './command.mjs';
import { runtime } from './lab.mjs';

const BLOCKS = 400;
const BLOCK_TIME = 50;
const PER_BLOCK = 3;
const LEAST_PER_SECOND = 50;

const folder = scratchFolder();

const plan = planLoad({
  scenario: 'submit',
  users: 10,
  rate: 40,
  duration: 30,
  seed: SEED,
  requests: 100,
  queue: 10,
});

/** So many calls for each block, until there are enough blocks. */
const use = async ({ parts, identity }) => {
  const { connection, encoder, translation, chain, reader } = parts;
  const { arrivals } = await signPlan(plan, encoder, translation, identity.genesisHash);
  const left = arrivals.map(({ extrinsic }) => extrinsic);
  let { number } = await reader.contents(await reader.head());
  for (; number < BLOCKS; number += 1n) {
    for (const extrinsic of left.splice(0, PER_BLOCK)) {
      try {
        await connection.request(HexSchema, 'author_submitExtrinsic', extrinsic);
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
      }
    }
    await chain.advance(number, 1n, false);
  }
};

await claim(async () => {
  const bin = findOmni();
  if (bin === null) throw new Finding('the omni-node is not on the PATH: its chain can not be followed');
  const root = { account: accountAt(LOAD_SUDO), sign: (message) => signAt(LOAD_SUDO, message) };
  const chain = {
    runtime,
    lab: { rules: Rules.deployed, releasePeriod: 20n, mutant: 0 },
    accounts: payersOf(plan),
    sudo: root.account,
    storage: genesisStorage(plan),
  };
  const options = { folder: join(folder, 'node'), limits: DEFAULT_LIMITS, bin, blockTime: BLOCK_TIME, root };
  const node = await openOnOmni(chain, options);
  try {
    await use(node);
    const { code, events } = await assay('follow', '--url', node.identity.url, '--from', '1', '--to', String(BLOCKS));
    const { verdict, summary, steps, differences, elapsed } = suiteOf(events, 'follow');
    const perSecond = Math.round((1_000 * steps) / elapsed);
    if (code !== 0 || differences > 0 || steps !== BLOCKS) throw new Finding(`the chain did not conform: ${summary}`);
    if (perSecond < LEAST_PER_SECOND)
      throw new Finding(`${perSecond} blocks a second, ${LEAST_PER_SECOND} are claimed: ${summary}`);
    return { verdict, blocks: steps, perSecond, keys: Object.keys(genesisStorage(plan)).length, summary };
  } finally {
    await node.close();
  }
});
