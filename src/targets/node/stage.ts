/** Where scenarios begin on a node: the genesis that they ask for, as far as the chain is ours to change. */
import { z } from 'zod';
import { outcomeText, type RawDiff, type RawState } from '../../spec/answers.js';
import { signAt } from '../../spec/accounts.js';
import { fromHex, toHex, type Hex } from '../../spec/hex.js';
import { decode } from '../../spec/scale.js';
import { u128 } from '../../spec/shape.js';
import { palletPrefix, prefixOf } from '../../spec/storage.js';
import type { Genesis } from '../../spec/steps.js';
import type { MultiSignature } from '../../spec/types/registration.js';
import { NodeFailure } from '../failures.js';
import type { ExtrinsicEncoder } from '../runtime/extrinsic.js';
import { accountKey, fundedAccounts, nonceOf, SUDO_KEY, TOTAL_ISSUANCE } from '../runtime/genesis.js';
import { hexOfKey, type Translation } from '../runtime/translation.js';
import { NotCovered } from '../target.js';
import type { Block, BlockReader } from './block-reader.js';
import type { Chain } from './chain.js';
import type { NodeConnection } from './connection.js';
import type { NodeIdentity } from './identity.js';
import type { Outcomes } from './outcomes.js';
import { canWriteStorage, storageCalls } from './system-calls.js';

/** Someone who signs. */
export interface Key {
  readonly account: Hex;
  readonly sign: (message: Hex) => MultiSignature;
}

export interface Stage {
  /** @returns the hash of the block with which the scenario begins */
  set(genesis: Genesis): Promise<Hex>;
  /** Writes storage of the pallets under test at a block, which must be the last one. @throws NotCovered */
  inject(raw: RawDiff, at: Block): Promise<void>;
  /** Who signs for root instead of the scenario's `sudo`; null where that is the chain's own. @throws NotCovered where nobody here can */
  rootKey(sudo: Hex): Promise<Key | null>;
}

/** What of a chain the stages need. */
export interface StageChain {
  readonly connection: NodeConnection;
  readonly identity: NodeIdentity;
  readonly translation: Translation;
  readonly reader: BlockReader;
  readonly chain: Chain;
  readonly encoder: ExtrinsicEncoder;
  readonly outcomes: Outcomes;
}

/** What makes one state of the other. */
export const difference = (before: RawState, after: RawState): RawDiff => {
  const diff: Record<Hex, Hex | null> = {};
  for (const key in before) if (!(key in after)) diff[key] = null;
  for (const key in after) if (before[key] !== after[key]) diff[key] = after[key] ?? null;
  return diff;
};

/** Under this chain's own keys. */
const ownKeys = (translation: Translation, raw: RawDiff): RawDiff =>
  Object.fromEntries(Object.entries(raw).map(([key, value]) => [hexOfKey(translation.runtimeKey(key)), value]));

/** On a steered chain every scenario begins at the same block, whose storage is written over. */
export class SteeredStage implements Stage {
  /** Where the node stood when we came. */
  private found: Hex | undefined;
  /** A block of our own, on which scenarios begin. */
  private base: Hex | undefined;

  constructor(private readonly on: StageChain) {}

  async set({ sudo, accounts, storage }: Genesis): Promise<Hex> {
    const { connection, reader, identity, translation } = this.on;
    // Not before it is asked for: nothing is built on a node that must not be written to.
    const base = (this.base ??= await this.begin());
    await connection.request(z.unknown(), 'dev_setHead', base);
    const { state } = await reader.read(base);
    const funded = fundedAccounts(identity.metadata, [...new Set([...accounts, sudo])]);
    await this.write({
      ...ownKeys(translation, difference(state, storage)),
      [hexOfKey(SUDO_KEY)]: sudo,
      // The issuance stays the chain's own: what the accounts get is too little for it to matter.
      ...Object.fromEntries(
        funded.filter(([key]) => key !== TOTAL_ISSUANCE).map(([key, value]) => [hexOfKey(key), toHex(value)]),
      ),
    });
    return base;
  }

  async inject(raw: RawDiff): Promise<void> {
    await this.write(ownKeys(this.on.translation, raw));
  }

  rootKey(): Promise<null> {
    return Promise.resolve(null);
  }

  /** Leaves the node where it was. */
  async close(): Promise<void> {
    if (this.found !== undefined) await this.on.connection.farewell('dev_setHead', this.found);
  }

  private async begin(): Promise<Hex> {
    const { reader, chain, identity } = this.on;
    const found = (this.found ??= await reader.head());
    const { number } = await reader.read(found);
    const base = await chain.advance(number, 1n, false);
    if (base !== found) return base;
    throw new NodeFailure(`${identity.url}: the node did not build block ${number + 1n}: its log says why`);
  }

  private async write(raw: RawDiff): Promise<void> {
    await this.on.connection.request(z.unknown(), 'dev_setStorage', Object.entries(raw));
  }
}

export interface RunningStageOptions {
  /** Pays for accounts that have nothing, and is root where it is the chain's. */
  readonly suri: Key | null;
  /** Whether a scenario's storage takes the place of what is there: of chains that we started. Else it is added to it. */
  readonly replaces: boolean;
}

/** Bytes of a stored `System.Account` before the free balance: the nonce, and three counters. */
const BEFORE_FREE = 16;

/** 0 where there is no account. */
const freeOf = (account: Hex | null): bigint => {
  const free = fromHex(account ?? '0x').subarray(BEFORE_FREE, BEFORE_FREE + 16);
  return free.length < 16 ? 0n : decode(u128, toHex(free));
};

/** What scenarios look up and cannot bring about by calls: added to a chain that is not ours, where it is not there. */
const ADDED = [palletPrefix('Registration'), palletPrefix('SubAccount')];

/** On a chain that makes its blocks by itself, root and a key with money write as everybody does: by calls. */
export class RunningStage implements Stage {
  constructor(
    private readonly on: StageChain,
    private readonly options: RunningStageOptions,
  ) {}

  async set(genesis: Genesis): Promise<Hex> {
    const { reader } = this.on;
    await this.fund(genesis.accounts);
    let block = await reader.read(await reader.head());
    const root = await this.knownRoot(genesis, block);
    if (root === null) return block.hash;
    const wanted = this.changes(block.state, genesis.storage);
    for (const call of storageCalls(this.on.identity.metadata, ownKeys(this.on.translation, wanted))) {
      block = await this.send(this.on.translation.encodeSudo(call), root, block);
    }
    return block.hash;
  }

  inject(): Promise<void> {
    throw new NotCovered('injections of storage: the chain makes its blocks by itself');
  }

  async rootKey(sudo: Hex): Promise<Key | null> {
    const key = await this.chainsRoot();
    if (key === sudo) return null;
    const { suri } = this.options;
    if (suri !== null && suri.account === key) return suri;
    throw new NotCovered("root calls: nobody here has the key of the chain's Sudo: give it with --suri");
  }

  private changes(state: RawState, wanted: RawState): RawDiff {
    const all = difference(state, wanted);
    if (this.options.replaces) return all;
    const added = Object.entries(all).filter(([key]) => !(key in state) && ADDED.includes(prefixOf(key)));
    return Object.fromEntries(added);
  }

  private async chainsRoot(): Promise<Hex | null> {
    const { reader } = this.on;
    return reader.value(hexOfKey(SUDO_KEY), await reader.head());
  }

  /** Null where nobody here is root, or root can't write storage: then what is there has to do. */
  private async knownRoot({ sudo, paths }: Genesis, { hash }: Block): Promise<Key | null> {
    if (!canWriteStorage(this.on.identity.metadata)) return null;
    const key = await this.on.reader.value(hexOfKey(SUDO_KEY), hash);
    const path = paths?.[sudo];
    if (key === sudo && path !== undefined) return { account: sudo, sign: (message) => signAt(path, message) };
    return key !== null && this.options.suri?.account === key ? this.options.suri : null;
  }

  /** Accounts that do not exist can't sign: they get what the key can spare. @throws NodeFailure where there is none */
  private async fund(accounts: readonly Hex[]): Promise<void> {
    const { reader, identity, connection } = this.on;
    let block = await reader.read(await reader.head());
    const held = await Promise.all(accounts.map((each) => reader.value(hexOfKey(accountKey(each)), block.hash)));
    const poor = accounts.filter((_, at) => held[at] === null);
    if (poor.length === 0) return;
    const { suri } = this.options;
    if (suri === null) {
      throw new NodeFailure(
        `${identity.url}: ${poor.length} test accounts have no funds there: name a key that has some with --suri (or ASSAY_SURI)`,
      );
    }
    const transfer = connection.api.tx.balances?.transferKeepAlive;
    if (transfer === undefined) {
      throw new NodeFailure(
        `${identity.url}: test accounts have no funds there, and its runtime has no Balances to give them some`,
      );
    }
    const purse = freeOf(await reader.value(hexOfKey(accountKey(suri.account)), block.hash));
    const share = purse / BigInt(2 * poor.length);
    if (share === 0n) {
      throw new NodeFailure(
        `${identity.url}: ${poor.length} test accounts have no funds there, and neither has the key that would pay for them: name one that has some with --suri (or ASSAY_SURI)`,
      );
    }
    for (const each of poor) block = await this.send(transfer(each, share).method.toHex(), suri, block);
  }

  /** @returns the block that has it. @throws NodeFailure where it gets into none, or fails */
  private async send(call: Hex, { account, sign }: Key, { hash }: Block): Promise<Block> {
    const { reader, chain, encoder, identity, outcomes } = this.on;
    const nonce = nonceOf(await reader.value(hexOfKey(accountKey(account)), hash));
    const extrinsic = encoder.signed(call, { account, nonce, sign });
    const sent = await chain.send(extrinsic);
    if (sent.kind === 'built') {
      const block = await reader.read(sent.block);
      const told = outcomes.of(block, extrinsic);
      if (told !== undefined && 'ok' in told.inner) return block;
      const what = told === undefined ? 'its block does not have it' : outcomeText(told.inner);
      throw new NodeFailure(`${identity.url}: what prepares the chain failed: ${what}`);
    }
    const why = sent.kind === 'refused' ? sent.error.said : sent.why;
    throw new NodeFailure(`${identity.url}: what prepares the chain got into no block: ${why}`);
  }
}
