/**
 * Enums that a runtime puts together out of its pallets, and that therefore stand nearly everywhere. `RuntimeCall`, `RuntimeEvent`
 * and `RuntimeError` carry the pallets' calls, events and errors: what changes in them is told of the pallets, and not once more
 * of everything that holds a call or an event (`Sudo.sudo`, `System.Events`), so that any two of them count as equal. The others
 * (`RuntimeHoldReason`, `OriginCaller`) carry what is told nowhere else: of them only the variants of pallets that came, went
 * or moved are left out. All are known by what they are made of; runtimes name them as they like.
 */
import { unwrapped } from '../../targets/layout/runtime-types.js';
import type { PalletMetadata, RuntimeMetadata, TypeMetadata, VariantMetadata } from '../../targets/metadata.js';

const carriesMembers = (metadata: RuntimeMetadata, { name, index, fields }: VariantMetadata): boolean => {
  const pallet = metadata.pallets.find((each) => each.name === name && each.index === index);
  const [payload] = fields;
  if (pallet === undefined || payload === undefined || fields.length > 1) return false;
  const { definition: of } = unwrapped(metadata, payload.type);
  return of.kind === 'variant' && [pallet.calls, pallet.events, pallet.errors].includes(of.variants);
};

/** Whether a type is the enum of all pallets' calls, events or errors. */
export const isOuterEnum = (metadata: RuntimeMetadata, { definition: of }: TypeMetadata): boolean =>
  of.kind === 'variant' && of.variants.every((variant) => carriesMembers(metadata, variant));

type Variants = readonly VariantMetadata[];

const palletOf = ({ pallets }: RuntimeMetadata, { name, index }: VariantMetadata): PalletMetadata | undefined =>
  pallets.find((each) => each.index === index && each.name.toLowerCase() === name.toLowerCase());

const isOfPallets = (metadata: RuntimeMetadata, variants: Variants): boolean =>
  variants.every((variant) => palletOf(metadata, variant) !== undefined);

/** The variants of two enums that are to be compared: all, unless both are made of pallets. */
export const comparedVariants = (
  old: RuntimeMetadata,
  next: RuntimeMetadata,
  [one, other]: readonly [Variants, Variants],
): readonly [Variants, Variants] => {
  if (!isOfPallets(old, one) || !isOfPallets(next, other)) return [one, other];
  return [
    one.filter((variant) => palletOf(next, variant) !== undefined),
    other.filter((variant) => palletOf(old, variant) !== undefined),
  ];
};
