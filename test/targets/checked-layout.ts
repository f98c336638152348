/** A runtime given as data, through its metadata's bytes, to its layout; and what of that the tests look at. */
import { checkLayout, type FoundPallet, type Layout, type Part, type SpecifiedName } from '../../src/targets/layout.js';
import { parseMetadata } from '../../src/targets/metadata.js';
import { encodeMetadata, type Runtime } from './metadata-builder.js';

export const NAMES = ['Compute', 'PalletIp', 'Registration', 'SubAccount', 'ExecutionUnit', 'Marketplace'] as const;

export const layoutOf = (runtime: Runtime): Layout => checkLayout(parseMetadata(encodeMetadata(runtime)));

export const foundIn = (layout: Layout, name: SpecifiedName): FoundPallet => {
  const pallet = layout.pallets[name];
  if (pallet.verdict === 'absent') throw new Error(pallet.reason);
  return pallet;
};

/** Storage items, calls, events and errors of a pallet. */
export const partsOf = ({ storage, calls, events, errors }: FoundPallet): readonly Part[] => [
  ...storage,
  ...calls,
  ...events,
  ...errors,
];

/** Path, specified and observed words of each finding. */
export const told = (layout: Layout): (readonly [string, string, string])[] =>
  layout.findings.map(({ path, expected, observed }) => [path, expected, observed]);
