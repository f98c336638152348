/**
 * What blocks mean under one runtime: its metadata and layout, and what of it the engine can have a say in. A chain that is upgraded is
 * bound anew from the first block that the new code executes.
 */
import { z } from 'zod';
import type { CallName } from '../spec/calls.js';
import type { Hex } from '../spec/hex.js';
import { palletOfKey } from '../spec/storage.js';
import { scopeOf, type LayoutScope } from '../properties/scope.js';
import { checkLayout, type Layout } from '../targets/layout.js';
import type { RuntimeMetadata } from '../targets/metadata.js';
import type { RpcConnection } from '../targets/node/connection.js';
import { metadataOf } from '../targets/node/identity.js';
import { Outcomes } from '../targets/node/outcomes.js';
import { isLab } from '../targets/runtime/lab.js';
import { Translation } from '../targets/runtime/translation.js';

export interface Binding {
  /** As the node has it: of the code that executes these blocks. */
  readonly codeHash: Hex;
  readonly specName: string;
  readonly specVersion: number;
  readonly metadata: RuntimeMetadata;
  readonly layout: Layout;
  readonly translation: Translation;
  readonly outcomes: Outcomes;
  /** What the engine can have a say in. */
  readonly scope: LayoutScope;
  readonly isLab: boolean;
  /** What it has no say in, a sentence each: pallets that are absent, layouts that differ, and what depends on those. */
  readonly notCovered: readonly string[];
}

/** Whose storage the calls and hooks of a pallet read and write. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  Compute: ['PalletIp', 'Registration', 'SubAccount'],
  PalletIp: [],
  Registration: [],
  SubAccount: [],
  ExecutionUnit: [],
  Marketplace: ['Compute', 'PalletIp', 'Registration', 'SubAccount'],
};

/** Why the engine has no say in a pallet by itself; undefined where it has. */
const obstacle = (layout: Layout, name: string): string | undefined => {
  const pallet = Object.values(layout.pallets).find(({ specified }) => specified === name);
  if (pallet?.verdict !== 'found') return pallet?.reason ?? `\`${name}\` is absent`;
  const differing = pallet.storage.find(({ verdict }) => verdict === 'differs');
  return differing && `\`${differing.name}\` has another layout than specified`;
};

/** Pallets of the specification that the engine has no say in, and why. */
const uncovered = (layout: Layout): ReadonlyMap<string, string> => {
  const all = new Map<string, string>();
  for (const [name, needs] of Object.entries(NEEDS)) {
    const own = obstacle(layout, name);
    if (own !== undefined) all.set(name, `${name}: ${own}`);
    const [needed] = needs.filter((each) => obstacle(layout, each) !== undefined);
    if (own === undefined && needed !== undefined)
      all.set(name, `${name}: it needs ${needed}, and ${obstacle(layout, needed) ?? ''}`);
  }
  return all;
};

const palletOf = (name: string): string => name.slice(0, name.indexOf('.'));

const coveredScope = (layout: Layout, without: ReadonlyMap<string, string>): LayoutScope => {
  const { concernsKey, concernsEvent, calls } = scopeOf(layout);
  return {
    concernsKey: (key) => concernsKey(key) && !without.has(palletOfKey(key) ?? ''),
    concernsEvent: (name) => concernsEvent(name) && !without.has(palletOf(name)),
    calls: calls.filter((name: CallName) => !without.has(palletOf(name))),
  };
};

/** A runtime by its metadata, where nothing has to be asked for. @throws NodeFailure where it is none of FRAME's */
export const bound = (
  metadata: RuntimeMetadata,
  facts: Pick<Binding, 'codeHash' | 'specName' | 'specVersion'> & { readonly url: string },
): Binding => {
  const { url, ...names } = facts;
  const layout = checkLayout(metadata);
  const translation = new Translation(layout, metadata);
  const without = uncovered(layout);
  return {
    ...names,
    metadata,
    layout,
    translation,
    outcomes: new Outcomes({ url, metadata }, translation),
    scope: coveredScope(layout, without),
    isLab: isLab({ metadata }),
    notCovered: [...without.values()],
  };
};

const Version = z.object({ specName: z.string(), specVersion: z.int() });

/**
 * The runtime that executes the blocks behind one.
 * @param hash of that block
 * @throws NodeFailure, Interrupted
 */
export const bindBehind = async (connection: RpcConnection, hash: Hex, codeHash: Hex): Promise<Binding> => {
  const [metadata, version] = await Promise.all([
    metadataOf(connection, hash),
    connection.request(Version, 'state_getRuntimeVersion', hash),
  ]);
  return bound(metadata, { ...version, codeHash, url: connection.url });
};
