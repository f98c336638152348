/**
 * DEV-02 on a real node that seals a block whenever its pool takes an extrinsic: what one assignment to an unregistered node does
 * to it, and what a hundred do, one after the other. The node is the omni-node with the lab runtime: as deployed, and with DEV-02
 * as promised. It was thought to seal empty blocks without a pause until it ends: it seals one.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { callOf, encodeCall } from '../../dist/spec/calls.js';
import { Rules } from '../../dist/spec/rules.js';
import { loadRuntime } from '../../dist/targets/runtime/runtime.js';
import { CAST_RELEASE_PERIOD, genesisOf, makeCast } from '../../dist/properties/cast.js';
import { signAt } from '../../dist/spec/accounts.js';
import { hexOfText } from '../../dist/spec/hex.js';
import { NodeFailure } from '../../dist/targets/failures.js';
import { BlockReader } from '../../dist/targets/node/block-reader.js';
import { rawChainSpec } from '../../dist/targets/node/chain-spec.js';
import { RunningChain } from '../../dist/targets/node/chain.js';
import { NodeConnection } from '../../dist/targets/node/connection.js';
import { identify } from '../../dist/targets/node/identity.js';
import { DEFAULT_LIMITS } from '../../dist/targets/node/limits.js';
import { findOmni, startOmni } from '../../dist/targets/node/omni.js';
import { ExtrinsicEncoder } from '../../dist/targets/runtime/extrinsic.js';
import { Translation } from '../../dist/targets/runtime/translation.js';
import { claim, Finding, now, rounded, scratchFolder } from './claim.mjs';

/** Milliseconds for which nothing is sent, and blocks are counted: long enough for thousands. */
const SILENCE = 30_000;
/** Milliseconds in which a block that was begun is told. */
const LAST_BLOCK = 2_000;
/** Calls sent one after the other. */
const SENT = 100;

const cast = makeCast();
const { accounts, sudo } = genesisOf(cast, 0n);
const runtime = await loadRuntime('runtime/lab.wasm');
const [user] = cast.users;
const [plan_id] = cast.plans;

const purchase = callOf('Marketplace.purchase_plan', {
  plan_id,
  plan_technical_description: '0x',
  image_name: '0x',
  image_url: '0x',
  cloud_init_cid: null,
  pay_for: null,
  miner_id: null,
});

/** Of the one request there is, to a node that nobody registered. */
const assignment = (node) =>
  callOf('Compute.submit_compute_request_assignment', {
    miner_node_id: hexOfText(node),
    plan_id,
    request_id: 0n,
    owner: user.id,
  });

/** A node that seals at once, and what is known of it. */
class Watched {
  ended = null;

  constructor(node, connection, identity) {
    this.node = node;
    this.connection = connection;
    this.version = identity.node;
    this.encoder = new ExtrinsicEncoder(identity.metadata, identity);
    this.reader = new BlockReader(connection, new Translation(identity.layout, identity.metadata));
    void node.ended.then((how) => (this.ended = how));
  }

  static async of(node) {
    const connection = await NodeConnection.open(node.url, { limits: DEFAULT_LIMITS });
    const watched = new Watched(node, connection, await identify(connection));
    watched.chain = await RunningChain.watch(connection, watched.reader);
    return watched;
  }

  /** The request that is assigned. */
  async create() {
    const sign = (message) => signAt(user.path, message);
    const signer = { account: user.id, nonce: 0, sign };
    const sent = await this.chain.send(this.encoder.signed(encodeCall(purchase), signer));
    if (sent.kind !== 'built') throw new Finding(`instant seal: no request was created: ${sent.why ?? sent.error}`);
  }

  /** @returns what its sender is told */
  async assign(node) {
    const { kind, why } = await this.chain.send(this.encoder.bare(encodeCall(assignment(node))));
    return why ?? kind;
  }

  async best() {
    return this.reader.read(await this.reader.head());
  }

  /** How often the runtime panicked. */
  panics() {
    return readFileSync(this.node.log, 'utf8').match(/panicked at/g)?.length ?? 0;
  }
}

const oneCall = async (watched) => {
  const before = await watched.best();
  const senderIsTold = await watched.assign('12D3KooWNobody');
  await Promise.race([pause(SILENCE), watched.node.ended]);
  if (watched.ended !== null) throw new Finding(`instant seal: after one call the node ended: ${watched.ended}`);
  const { number, extrinsics } = await watched.best();
  return {
    senderIsTold,
    blocksBefore: Number(before.number),
    /** Of the call, and in the silence after it. */
    blocksAfter: Number(number - before.number),
    /** But for the inherent. */
    extrinsicsInLastBlock: extrinsics.length - 1,
    silentSeconds: SILENCE / 1000,
  };
};

const manyCalls = async (watched) => {
  const before = await watched.best();
  const panics = watched.panics();
  const started = now();
  for (let each = 0; each < SENT; each += 1) await watched.assign(`12D3KooWNobody${each}`);
  const seconds = rounded((now() - started) / 1000, 1);
  // The sender is told before the block is there.
  await pause(LAST_BLOCK);
  const { number } = await watched.best();
  return { sent: SENT, seconds, blocks: Number(number - before.number), panics: watched.panics() - panics };
};

const onNode = async (bin, rules, use) => {
  const lab = { rules, releasePeriod: CAST_RELEASE_PERIOD, mutant: 0 };
  const spec = rawChainSpec({ runtime, lab, accounts, sudo });
  // Its blocks come with extrinsics, not with time.
  const seal = { seal: 'instant', blockTime: 1_000 };
  const node = await startOmni({ ...seal, spec, bin, folder: scratchFolder(), limits: DEFAULT_LIMITS });
  try {
    const watched = await Watched.of(node);
    const result = await use(watched);
    await watched.connection.close();
    return result;
  } finally {
    await node.stop();
  }
};

/** Holds figures against what `src/spec/deviations.ts` says of DEV-02. */
const expectAsTold = (figures, expected) => {
  if (Object.entries(expected).every(([name, value]) => figures[name] === value)) return;
  const [told, came] = [JSON.stringify(expected), JSON.stringify(figures)];
  throw new Finding(`instant seal: what DEV-02's evidence says is no longer so: expected ${told}, came ${came}`);
};

const measured = (bin, rules, expected) =>
  onNode(bin, rules, async (watched) => {
    await watched.create();
    const one = await oneCall(watched);
    expectAsTold(one, { ...expected.one, blocksAfter: 1 });
    const many = await manyCalls(watched);
    expectAsTold(many, { ...expected.many, blocks: SENT });
    return { node: watched.version, one, many };
  });

await claim(async () => {
  const bin = findOmni();
  if (bin === null) return { notMeasured: 'polkadot-omni-node is neither named by ASSAY_NODE_BIN nor on the PATH' };
  try {
    return {
      deployed: await measured(bin, Rules.deployed, {
        one: { senderIsTold: 'the pool gave it up as invalid', extrinsicsInLastBlock: 0 },
        many: { panics: SENT },
      }),
      promised: await measured(bin, Rules.parse('DEV-02=promised'), {
        one: { senderIsTold: 'built', extrinsicsInLastBlock: 1 },
        many: { panics: 0 },
      }),
    };
  } catch (error) {
    if (!(error instanceof NodeFailure)) throw error;
    return { notMeasured: error.message };
  }
});
