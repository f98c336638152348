/** A chain's storage after a block, as much of it as a node tells at a time, under the chain's own keys. */
import { z } from 'zod';
import { HexSchema } from '../../spec/answers.js';
import type { Hex } from '../../spec/hex.js';
import type { RpcConnection } from './connection.js';

const Keys = z.array(HexSchema);
const ChangeSets = z.array(z.object({ changes: z.array(z.tuple([HexSchema, HexSchema.nullable()])) }));

/** Keys asked for at a time. */
const PAGE = 1_000;

/** The keys that begin with a prefix, in order. @throws NodeFailure, Interrupted */
export const keysUnder = async (connection: RpcConnection, prefix: Hex, hash: Hex): Promise<Hex[]> => {
  const keys: Hex[] = [];
  for (;;) {
    const page = await connection.request(Keys, 'state_getKeysPaged', prefix, PAGE, keys.at(-1) ?? null, hash);
    keys.push(...page);
    if (page.length < PAGE) return keys;
  }
};

/** The values of those keys that have one. @throws NodeFailure, Interrupted */
export const valuesAt = async (connection: RpcConnection, keys: readonly Hex[], hash: Hex): Promise<Map<Hex, Hex>> => {
  const values = new Map<Hex, Hex>();
  for (let at = 0; at < keys.length; at += PAGE) {
    const asked = keys.slice(at, at + PAGE);
    const answer = await connection.request(ChangeSets, 'state_queryStorageAt', asked, hash);
    for (const { changes } of answer) {
      for (const [key, value] of changes) if (value !== null) values.set(key, value);
    }
  }
  return values;
};
