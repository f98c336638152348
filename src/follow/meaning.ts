/**
 * What an extrinsic of somebody else is to the engine: a call that it knows, with its origin; a change of the lab's settings; or
 * another call, which may or may not have written to the pallets under test.
 */
import type { Origin } from '../spec/answers.js';
import type { Call } from '../spec/calls.js';
import { fromHex, toHex, type Hex } from '../spec/hex.js';
import { DecodeError } from '../spec/scale.js';
import { endOfCall, readExtrinsic } from '../targets/runtime/extrinsic-reader.js';
import type { Binding } from './binding.js';

export type Meaning =
  | { readonly kind: 'known'; readonly call: Call; readonly origin: Origin }
  /** Under `Sudo.sudo`: what it makes of the bytes that the lab has stored. */
  | { readonly kind: 'settings'; readonly name: string; readonly change: (stored: Hex | null) => Hex }
  /** @param mayWrite whether it can reach the storage of the pallets under test */
  | { readonly kind: 'other'; readonly name: string; readonly mayWrite: boolean };

/** Pallets of FRAME whose calls keep to themselves, and calls that do. */
const HARMLESS_PALLETS = new Set([
  ...['Timestamp', 'Balances', 'TransactionPayment', 'Authorship', 'ParachainSystem', 'ParachainInfo'],
  ...['Aura', 'AuraExt', 'Babe', 'Grandpa', 'Session', 'ImOnline', 'Lab'],
]);
const HARMLESS_CALLS = new Set([
  ...['System.remark', 'System.remark_with_event', 'System.set_heap_pages', 'System.set_code'],
  ...['System.set_code_without_checks', 'System.authorize_upgrade', 'System.apply_authorized_upgrade'],
  ...['Sudo.set_key', 'Sudo.remove_key'],
]);

const palletOf = (name: string): string => name.slice(0, name.indexOf('.'));

const other = (name: string): Meaning => ({
  kind: 'other',
  name,
  mayWrite: !HARMLESS_PALLETS.has(palletOf(name)) && !HARMLESS_CALLS.has(name),
});

/** `Pallet.call`, as the runtime calls them. */
const nameOf = ({ metadata }: Pick<Binding, 'metadata'>, call: Hex): string => {
  const [pallet, member] = fromHex(call.slice(0, 6));
  const found = metadata.pallets.find(({ index }) => index === pallet);
  const called = found?.calls.find(({ index }) => index === member);
  return `${found?.name ?? `pallet ${pallet ?? ''}`}.${called?.name ?? `call ${member ?? ''}`}`;
};

/** Bytes of the lab's settings: which of its calls sets which of them. */
const SETTINGS: Readonly<Record<string, readonly [from: number, to: number]>> = {
  'Lab.set_rules': [0, 5],
  'Lab.set_release_period': [5, 13],
  'Lab.set_mutant': [13, 17],
};
const SETTINGS_BYTES = 17;

const settingsChange = (name: string, call: Hex): Meaning | undefined => {
  const place = SETTINGS[name];
  if (place === undefined) return undefined;
  const [from, to] = place;
  const change = (stored: Hex | null): Hex => {
    const bytes = Buffer.alloc(SETTINGS_BYTES);
    bytes.set(fromHex(stored ?? '0x').subarray(0, SETTINGS_BYTES));
    bytes.set(fromHex(call).subarray(2, 2 + to - from), from);
    return toHex(bytes);
  };
  return { kind: 'settings', name, change };
};

const SUDO = new Set(['Sudo.sudo', 'Sudo.sudo_unchecked_weight']);

const meaningOfCall = (binding: Binding, call: Hex, origin: Origin): Meaning => {
  const known = binding.translation.decodeCall(call);
  if (known !== undefined && binding.scope.calls.includes(known.name)) return { kind: 'known', call: known, origin };
  const name = nameOf(binding, call);
  if (origin.kind === 'signed' && SUDO.has(name)) {
    const bytes = fromHex(call);
    const inner = toHex(bytes.subarray(2, endOfCall(binding.metadata, bytes, 2)));
    return meaningOfCall(binding, inner, { kind: 'root', account: origin.account });
  }
  const isRoot = origin.kind === 'root';
  return (isRoot && binding.isLab ? settingsChange(name, call) : undefined) ?? other(name);
};

/** What can't be read may have done anything. */
export const meaningOf = (binding: Binding, extrinsic: Hex): Meaning => {
  try {
    const { signer, call } = readExtrinsic(binding.metadata, extrinsic);
    return meaningOfCall(binding, call, signer === null ? { kind: 'none' } : { kind: 'signed', account: signer });
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { kind: 'other', name: 'an extrinsic that can not be read', mayWrite: true };
  }
};
