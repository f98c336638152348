/**
 * Raw chain specs: how a node of ours is told what chain to begin. The chain begins as those in this process do, but for the
 * invented hash of block 0, which a node knows itself.
 */
import type { RawState } from '../../spec/answers.js';
import { fromHex, toHex, type Hex } from '../../spec/hex.js';
import {
  baseState,
  encodeSettings,
  fundedAccounts,
  LAB_SETTINGS,
  SUDO_KEY,
  valueKey,
  type LabSettings,
} from '../runtime/genesis.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Key } from '../runtime/sorted-keys.js';
import { hexOfKey, Translation } from '../runtime/translation.js';

export interface ChainSpecOptions {
  readonly runtime: Runtime;
  /** Of the lab runtime, null of others. */
  readonly lab: LabSettings | null;
  /** Can pay any fee, as can the sudo account. */
  readonly accounts: readonly Hex[];
  readonly sudo: Hex;
  /** What the chain says that it is. Default: `Development`. */
  readonly chainType?: 'Development' | 'Live' | 'Local';
  /** Of the pallets under test, under the specification's keys. Default: none, which is then for scenarios to set. */
  readonly storage?: RawState | undefined;
}

const BLOCK_HASHES = valueKey('System', 'BlockHash');

/** Its name and its id, one word: Chopsticks tells the id where it is asked for the name. */
const CHAIN = 'assay';

/** What the omni-node asks of a chain that it makes blocks for all by itself. */
const PARACHAIN = { relay_chain: 'dev', para_id: 1000 };

const genesisState = ({ runtime, lab, accounts, sudo, storage = {} }: ChainSpecOptions): Map<Key, Uint8Array> => {
  const { layout, metadata } = runtime;
  const translation = new Translation(layout, metadata);
  const state = baseState(runtime, translation);
  for (const key of state.keys()) if (key.startsWith(BLOCK_HASHES)) state.delete(key);
  if (lab) state.set(LAB_SETTINGS, encodeSettings(lab));
  for (const [key, value] of fundedAccounts(metadata, [...new Set([...accounts, sudo])])) state.set(key, value);
  for (const [key, value] of Object.entries(storage))
    state.set(translation.runtimeKey(key), fromHex(translation.runtimeValue(key, value)));
  return state.set(SUDO_KEY, fromHex(sudo));
};

/** JSON of a raw chain spec, its keys in order. */
export const rawChainSpec = (options: ChainSpecOptions): string => {
  const pairs = [...genesisState(options)].map(([key, value]) => [hexOfKey(key), toHex(value)] as const);
  const top = Object.fromEntries(pairs.toSorted(([left], [right]) => (left < right ? -1 : 1)));
  const { chainType = 'Development' } = options;
  const chain = { name: CHAIN, id: CHAIN, chainType, bootNodes: [], properties: {}, ...PARACHAIN };
  return JSON.stringify({ ...chain, genesis: { raw: { top, childrenDefault: {} } } });
};
