/**
 * Runtime APIs: which there are and in what version by `Core_version`, their methods by the metadata (15 and later; where either
 * runtime has 14, versions are all that is known).
 */
import { createBLAKE2b } from 'hash-wasm';
import type { Hex } from '../../spec/hex.js';
import type { RuntimeApiMetadata, RuntimeApiMethod } from '../../targets/metadata.js';
import { idOf, told, type InterfaceSide, type Told } from './change.js';
import { ABSENT, type TwoTypes } from './type-differences.js';
import { changesOf, inInputs, inOutputs } from './uses.js';

/** Of the Polkadot SDK: `Core_version` has hashes of names, and metadata 14 has no names. */
const KNOWN = [
  'Core',
  'Metadata',
  'BlockBuilder',
  'TaggedTransactionQueue',
  'OffchainWorkerApi',
  'SessionKeys',
  'AuraApi',
  'BabeApi',
  'GrandpaApi',
  'BeefyApi',
  'MmrApi',
  'AccountNonceApi',
  'TransactionPaymentApi',
  'TransactionPaymentCallApi',
  'GenesisBuilder',
  'CollectCollationInfo',
  'ParachainHost',
  'AuthorityDiscoveryApi',
  'NominationPoolsApi',
  'StakingApi',
  'NodeMetricsRuntimeApi',
];

const blake2b64 = await createBLAKE2b(64);

/** As `Core_version` has a runtime API's name. */
export const apiId = (name: string): Hex => '0x' + blake2b64.init().update(name).digest('hex');

/** Runtime APIs of one side by name, or by id where nobody knows the name. */
class Apis {
  private readonly versions: ReadonlyMap<Hex, number>;
  private readonly traits: ReadonlyMap<string, RuntimeApiMetadata> | null;
  readonly names: readonly string[];

  constructor(side: InterfaceSide, known: ReadonlyMap<Hex, string>, withTraits: boolean) {
    const { metadata, version } = side;
    this.versions = new Map(version.apis.map(({ id, version: of }) => [known.get(id) ?? id, of]));
    this.traits = withTraits ? new Map((metadata.apis ?? []).map((api) => [api.name, api])) : null;
    this.names = [...new Set([...this.versions.keys(), ...(this.traits?.keys() ?? [])])];
  }

  version(name: string): number | undefined {
    return this.versions.get(name);
  }

  methods(name: string): readonly RuntimeApiMethod[] | undefined {
    return this.traits?.get(name)?.methods;
  }
}

const nameable = (old: InterfaceSide, next: InterfaceSide): ReadonlyMap<Hex, string> => {
  const names = [old, next].flatMap(({ metadata }) => (metadata.apis ?? []).map(({ name }) => name));
  return new Map([...KNOWN, ...names].map((name) => [apiId(name), name]));
};

const versionText = (version: number | undefined): string => (version === undefined ? 'there' : `version ${version}`);

/** Whether one that the old runtime has is gone: either of its two lists says so. */
const isGone = (name: string, old: Apis, next: Apis): boolean =>
  (old.version(name) !== undefined && next.version(name) === undefined) ||
  (old.methods(name) !== undefined && next.methods(name) === undefined);

const gone = (name: string, old: Apis): Told =>
  told({
    id: idOf(name, 'api/removed'),
    part: name,
    sentence: `The runtime API \`${name}\` is absent in the new runtime: clients that ask it get no answer.`,
    effect: 'breaks callers',
    old: versionText(old.version(name)),
    new: ABSENT,
  });

const come = (name: string, next: Apis): Told =>
  told({
    id: idOf(name, 'api/added'),
    part: name,
    sentence: `The runtime API \`${name}\` is new: what was there stays as it is.`,
    effect: 'harmless',
    old: ABSENT,
    new: versionText(next.version(name)),
  });

const versionChanges = (name: string, old: Apis, next: Apis): Told[] => {
  const [from, to] = [old.version(name), next.version(name)];
  if (from === undefined || to === undefined || from === to) return [];
  const follows =
    to < from
      ? 'clients that ask for the version before refuse the runtime'
      : 'what changed of its methods is told of them';
  return [
    told({
      id: idOf(name, 'api/version'),
      part: name,
      sentence: `The runtime API \`${name}\` has version ${to} in the new runtime, ${from} in the old: ${follows}.`,
      effect: to < from ? 'breaks callers' : 'harmless',
      old: `version ${from}`,
      new: `version ${to}`,
    }),
  ];
};

const methodGone = (part: string): Told =>
  told({
    id: idOf(part, 'api/removed'),
    part,
    sentence: `The runtime API method \`${part}\` is absent in the new runtime: clients that ask it get no answer.`,
    effect: 'breaks callers',
    old: 'there',
    new: ABSENT,
  });

const methodCome = (part: string): Told =>
  told({
    id: idOf(part, 'api/added'),
    part,
    sentence: `The runtime API method \`${part}\` is new: what was there stays as it is.`,
    effect: 'harmless',
    old: ABSENT,
    new: 'there',
  });

const methodChanges = (types: TwoTypes, name: string, old: Apis, next: Apis): Told[] => {
  const [olds, nexts] = [old.methods(name) ?? [], next.methods(name) ?? []];
  const known = olds.flatMap((method) => {
    const part = `${name}.${method.name}`;
    const there = nexts.find((each) => each.name === method.name);
    if (there === undefined) return [methodGone(part)];
    return [
      ...changesOf(part, inInputs, types.fields(method.inputs, there.inputs)),
      ...changesOf(part, inOutputs, types.types(method.output, there.output)),
    ];
  });
  const added = nexts.filter((method) => !olds.some((each) => each.name === method.name));
  return [...known, ...added.map((method) => methodCome(`${name}.${method.name}`))];
};

/** What changes of the runtime APIs. */
export const apiChanges = (types: TwoTypes, oldSide: InterfaceSide, nextSide: InterfaceSide): Told[] => {
  const known = nameable(oldSide, nextSide);
  const withTraits = oldSide.metadata.apis !== null && nextSide.metadata.apis !== null;
  const [old, next] = [new Apis(oldSide, known, withTraits), new Apis(nextSide, known, withTraits)];
  return [
    ...old.names.flatMap((name) => {
      if (isGone(name, old, next)) return [gone(name, old)];
      return [...versionChanges(name, old, next), ...methodChanges(types, name, old, next)];
    }),
    ...next.names.filter((name) => !old.names.includes(name)).map((name) => come(name, next)),
  ];
};
