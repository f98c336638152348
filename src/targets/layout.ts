/**
 * The layout check: a runtime's metadata against the specification, before anything runs. It says which pallet is which,
 * what of each is there and as specified, and where the rest differs. A pure function of the metadata.
 */
import { choosePallets } from './layout/choose-pallets.js';
import type { Difference } from './layout/compare-types.js';
import { compareParts, type Part, type Parts } from './layout/parts.js';
import { isOfLaterReleases, specifiedPallets, type SpecifiedName, type SpecifiedPallet } from './layout/specified.js';
import type { PalletMetadata, RuntimeMetadata } from './metadata.js';

export type { Difference } from './layout/compare-types.js';
export type { ErrorPart, IndexedPart, Part, Parts, PartVerdict } from './layout/parts.js';
export type { SpecifiedName } from './layout/specified.js';

export interface AbsentPallet {
  readonly verdict: 'absent';
  readonly specified: SpecifiedName;
  /** Why, in one sentence. */
  readonly reason: string;
}

/** Names that this runtime's pallet has and the specification does not describe: no finding. */
export interface Undescribed {
  readonly storage: readonly string[];
  readonly calls: readonly string[];
  readonly events: readonly string[];
  readonly errors: readonly string[];
}

export interface FoundPallet extends Parts {
  readonly verdict: 'found';
  readonly specified: SpecifiedName;
  /** What this runtime calls it. */
  readonly name: string;
  readonly index: number;
  /** What the first 16 bytes of its storage keys are the `twox128` of; null where it stores nothing. */
  readonly prefix: string | null;
  /** Index in this runtime to specified name, without the pallet. */
  readonly errorNames: ReadonlyMap<number, string>;
  readonly undescribed: Undescribed;
}

export type PalletLayout = AbsentPallet | FoundPallet;

/** What a part is. */
export type PartKind = keyof Parts;

/** A difference, for people: all that the finding says is in `sentence`. */
export interface LayoutFinding extends Difference {
  readonly kind: PartKind;
  /** `Pallet.name` of the part that differs. */
  readonly part: string;
  readonly sentence: string;
}

export interface Layout {
  readonly pallets: Readonly<Record<SpecifiedName, PalletLayout>>;
  /** Every difference of a part that is there. */
  readonly findings: readonly LayoutFinding[];
  /** `Pallet.name` of parts that pallets of this runtime lack; of what later releases added only where it is expected. */
  readonly missing: readonly string[];
  /** Whether ExecutionUnit has `RequestsCount`, which chooses REV-01 and REV-02 (RULES.md). */
  readonly revised: boolean;
}

/** The pallets that are there. */
export const foundPallets = ({ pallets }: Pick<Layout, 'pallets'>): FoundPallet[] =>
  Object.values(pallets).filter((pallet) => pallet.verdict === 'found');

const CONSEQUENCES: Readonly<Record<PartKind, string>> = {
  storage: "it has to be decoded with the runtime's own types",
  calls: 'as specified it can not be sent',
  events: "it has to be decoded with the runtime's own types",
  errors: 'only its name can be compared',
};

const sentence = ({ path, expected, observed, type }: Difference, kind: PartKind, pallet: FoundPallet): string => {
  const place = pallet.name === pallet.specified ? `\`${path}\`` : `\`${path}\` (of \`${pallet.name}\`)`;
  const where = type === null ? '' : ` (metadata type ${type})`;
  return `${place} is ${observed} in this runtime, ${expected} in the spec${where}: ${CONSEQUENCES[kind]}.`;
};

/** All parts of a pallet, each with what it is. */
const partsOf = ({ storage, calls, events, errors }: Parts): readonly (readonly [PartKind, Part])[] => {
  const as = (kind: PartKind, parts: readonly Part[]) => parts.map((part) => [kind, part] as const);
  return [...as('storage', storage), ...as('calls', calls), ...as('events', events), ...as('errors', errors)];
};

const findingsOf = (pallet: FoundPallet): LayoutFinding[] =>
  partsOf(pallet).flatMap(([kind, part]) =>
    part.differences.map((each) => ({ ...each, kind, part: part.name, sentence: sentence(each, kind, pallet) })),
  );

const missingOf = (pallet: FoundPallet, revised: boolean): string[] =>
  partsOf(pallet)
    .filter(([, { name, verdict }]) => verdict === 'absent' && (revised || !isOfLaterReleases(name)))
    .map(([, { name }]) => name);

type Named = readonly { readonly name: string }[];

const namesBesides = (all: Named, described: readonly string[]): string[] =>
  all.map(({ name }) => name).filter((name) => !described.includes(name));

const members = (all: readonly { readonly member: string }[]): string[] => all.map(({ member }) => member);

const undescribed = (specified: SpecifiedPallet, { storage, calls, events, errors }: PalletMetadata): Undescribed => ({
  storage: namesBesides(
    storage?.items ?? [],
    specified.items.map(({ name }) => name),
  ),
  calls: namesBesides(calls, members(specified.calls)),
  events: namesBesides(events, members(specified.events)),
  errors: namesBesides(errors, members(specified.errors)),
});

const found = (metadata: RuntimeMetadata, specified: SpecifiedPallet, pallet: PalletMetadata): FoundPallet => ({
  verdict: 'found',
  specified: specified.name,
  name: pallet.name,
  index: pallet.index,
  prefix: pallet.storage?.prefix ?? null,
  ...compareParts(metadata, specified, pallet),
  errorNames: new Map(
    pallet.errors
      .filter(({ name }) => specified.errors.some(({ member }) => member === name))
      .map(({ name, index }) => [index, name]),
  ),
  undescribed: undescribed(specified, pallet),
});

const isRevised = (executionUnit: PalletLayout): boolean =>
  executionUnit.verdict === 'found' &&
  executionUnit.storage.some(({ name, verdict }) => name === 'ExecutionUnit.RequestsCount' && verdict !== 'absent');

/** What of the specification a runtime with this metadata offers, and where it differs. */
export const checkLayout = (metadata: RuntimeMetadata): Layout => {
  const choice = choosePallets(metadata.pallets);
  const layoutOf = (specified: SpecifiedPallet): PalletLayout => {
    const chosen = choice(specified.name);
    if ('absent' in chosen) return { verdict: 'absent', specified: specified.name, reason: chosen.absent };
    return found(metadata, specified, chosen.pallet);
  };
  const pallets = {
    Compute: layoutOf(specifiedPallets.Compute),
    PalletIp: layoutOf(specifiedPallets.PalletIp),
    Registration: layoutOf(specifiedPallets.Registration),
    SubAccount: layoutOf(specifiedPallets.SubAccount),
    ExecutionUnit: layoutOf(specifiedPallets.ExecutionUnit),
    Marketplace: layoutOf(specifiedPallets.Marketplace),
  };
  const there = foundPallets({ pallets });
  const revised = isRevised(pallets.ExecutionUnit);
  return {
    pallets,
    findings: there.flatMap(findingsOf),
    missing: there.flatMap((pallet) => missingOf(pallet, revised)),
    revised,
  };
};
