/**
 * Calls of `System`, which every FRAME chain has: storage written through `Sudo.sudo`, as root writes on a chain whose clock is
 * its own, and a call that does nothing.
 */
import { encode } from '../../spec/scale.js';
import { bytes, list, struct } from '../../spec/shape.js';
import { concat, EMPTY, toHex, type Hex } from '../../spec/hex.js';
import type { RawDiff } from '../../spec/answers.js';
import type { RuntimeMetadata } from '../metadata.js';
import { palletNamed } from '../runtime/genesis.js';

const Items = list(struct('Item', { key: bytes, value: bytes }));
const Keys = list(bytes);

const callOfSystem = (metadata: RuntimeMetadata, name: string): Hex | null => {
  const system = palletNamed(metadata, 'System');
  const call = system?.calls.find((each) => each.name === name);
  return system && call ? toHex(Uint8Array.of(system.index, call.index)) : null;
};

/** `System.remark` of nothing; null where there is no such call. */
export const remarkCall = (metadata: RuntimeMetadata): Hex | null => {
  const call = callOfSystem(metadata, 'remark');
  return call && concat(call, encode(bytes, EMPTY));
};

/** Whether the runtime has the two calls. */
export const canWriteStorage = (metadata: RuntimeMetadata): boolean =>
  callOfSystem(metadata, 'set_storage') !== null && callOfSystem(metadata, 'kill_storage') !== null;

/** Calls that make these changes, under the chain's own keys: at most one that removes, then one that sets. */
export const storageCalls = (metadata: RuntimeMetadata, changes: RawDiff): Hex[] => {
  const items = Object.entries(changes).flatMap(([key, value]) => (value === null ? [] : [{ key, value }]));
  const keys = Object.keys(changes).filter((key) => changes[key] === null);
  const [set, kill] = [callOfSystem(metadata, 'set_storage'), callOfSystem(metadata, 'kill_storage')];
  return [
    ...(kill !== null && keys.length > 0 ? [concat(kill, encode(Keys, keys))] : []),
    ...(set !== null && items.length > 0 ? [concat(set, encode(Items, items))] : []),
  ];
};
