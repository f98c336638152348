import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { decode } from '../../../src/spec/scale.js';
import { fromHex, toHex, type Hex } from '../../../src/spec/hex.js';
import { u128 } from '../../../src/spec/shape.js';
import { palletPrefix, rawKey, storage } from '../../../src/spec/storage.js';
import { rawChainSpec, type ChainSpecOptions } from '../../../src/targets/node/chain-spec.js';
import {
  accountKey,
  encodeSettings,
  LAB_SETTINGS,
  SUDO_KEY,
  valueKey,
  type LabSettings,
} from '../../../src/targets/runtime/genesis.js';
import { loadRuntime } from '../../../src/targets/runtime/runtime.js';
import { hexOfKey } from '../../../src/targets/runtime/translation.js';
import { lab } from '../../lab.js';
import { accounts, settings, sudo } from './lab-chain.js';

const Spec = z.object({
  name: z.string(),
  id: z.string(),
  chainType: z.string(),
  relay_chain: z.literal('dev'),
  para_id: z.literal(1000),
  genesis: z.object({ raw: z.object({ top: z.record(z.string(), z.string()), childrenDefault: z.object({}) }) }),
});

const specOf = (options: Partial<ChainSpecOptions> = {}): z.infer<typeof Spec> =>
  Spec.parse(JSON.parse(rawChainSpec({ runtime: lab, lab: settings, accounts, sudo, ...options })));

const topOf = (options: Partial<ChainSpecOptions> = {}): Readonly<Record<Hex, Hex>> => specOf(options).genesis.raw.top;

const CODE = toHex(Buffer.from(':code'));
const BLOCK_HASHES = hexOfKey(valueKey('System', 'BlockHash'));
const ISSUANCE = hexOfKey(valueKey('Balances', 'TotalIssuance'));

describe('a raw chain spec', () => {
  it('holds the code, who is root, and what the lab is set to', () => {
    const other: LabSettings = { ...settings, releasePeriod: 7n, mutant: 3 };
    const top = topOf({ lab: other });
    expect(top[CODE]).toBe(toHex(lab.code));
    expect(top[hexOfKey(SUDO_KEY)]).toBe(sudo);
    expect(top[hexOfKey(LAB_SETTINGS)]).toBe(toHex(encodeSettings(other)));
  });

  it('has its keys in order, and is the same text each time', () => {
    const keys = Object.keys(topOf());
    expect(keys).toEqual(keys.toSorted());
    const again = { runtime: lab, lab: settings, accounts: [...accounts].reverse(), sudo };
    expect(rawChainSpec(again)).toBe(rawChainSpec({ ...again, accounts }));
  });

  it('lets each account pay, counting one that is named twice once', () => {
    const [first = sudo] = accounts;
    const top = topOf({ accounts: [first, sudo, first] });
    const infos = [first, sudo].map((account) => top[hexOfKey(accountKey(account))]);
    expect(infos.every((info) => info !== undefined)).toBe(true);
    expect(decode(u128, top[ISSUANCE] ?? '0x')).toBe(2n * 10n ** 24n);
  });

  it('knows no block hash: a node knows its own', () => {
    expect(Object.keys(topOf()).filter((key) => key.startsWith(BLOCK_HASHES))).toEqual([]);
  });

  it("keeps a runtime's own storage, but not that of the pallets under test", () => {
    const own = hexOfKey(valueKey('Treasury', 'ProposalCount'));
    const watched = rawKey(storage.Compute.NextRequestId, null);
    const top = topOf({ runtime: { ...lab, storage: { [own]: '0x05', [watched]: '0x01' } } });
    expect(top[own]).toBe('0x05');
    const pallets = Object.keys(storage).map(palletPrefix);
    expect(Object.keys(top).filter((key) => pallets.some((prefix) => key.startsWith(prefix)))).toEqual([]);
  });

  it('is of another runtime too, without settings of the lab', async () => {
    const later = await loadRuntime('runtime/later.wasm');
    const top = topOf({ runtime: later, lab: null });
    expect(fromHex(top[CODE] ?? '0x')).toEqual(Buffer.from(later.code));
    expect(top[hexOfKey(LAB_SETTINGS)]).toBeUndefined();
  });

  it('says of its chain what it is told to say', () => {
    expect(specOf().chainType).toBe('Development');
    expect(specOf({ chainType: 'Live' }).chainType).toBe('Live');
  });
});
