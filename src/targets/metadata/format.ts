/**
 * What follows the types in metadata 14, 15 and 16 (`frame-metadata`, `v14.rs` to `v16.rs`): pallets, the extrinsic,
 * runtime APIs. The versions differ by what stands between the same things, so each thing is read by one function that
 * knows them all.
 */
import {
  HASHERS,
  type ConstantMetadata,
  type ExtrinsicMetadata,
  type MetadataVersion,
  type PalletMetadata,
  type RuntimeApiMetadata,
  type RuntimeApiMethod,
  type RuntimeMetadata,
  type StorageItemMetadata,
  type StorageKeyMetadata,
  type StorageMetadata,
  type TransactionExtension,
  type TypeId,
  type VariantMetadata,
} from './model.js';
import type { MetadataReader, Read } from './reader.js';
import { idIn, readTypes, skipDocs } from './registry.js';

const DEPRECATIONS = ['NotDeprecated', 'DeprecatedWithoutNote', 'Deprecated'] as const;
/** The version of transaction extensions that signed extrinsics of format 4 have. */
const EXTENSIONS_OF_FORMAT_4 = 0;
const VIEW_FUNCTION_ID_BYTES = 32;

const skipDeprecation: Read<void> = (from) => {
  if (from.oneOf(DEPRECATIONS, 'a deprecation') !== 'Deprecated') return;
  from.skipText('a note of deprecation');
  from.option('a release', () => from.skipText('a release'));
};

const skipDeprecatedVariants: Read<void> = (from) => {
  from.list('deprecated variants', () => {
    from.skip(1, "a variant's index");
    skipDeprecation(from);
  });
};

/** Reads one metadata, whose version is known and whose types come next. */
class Format {
  private readonly types: RuntimeMetadata['types'];
  private readonly id: Read<TypeId>;

  constructor(
    private readonly from: MetadataReader,
    private readonly version: MetadataVersion,
  ) {
    this.types = readTypes(from);
    this.id = idIn(this.types);
  }

  read(): RuntimeMetadata {
    const { from, version, types } = this;
    const pallets = from.list('pallets', () => this.pallet());
    const extrinsic = version === 16 ? this.extrinsicByVersion() : this.extrinsic();
    if (version < 16) this.id(from);
    const apis = version === 14 ? null : from.list('runtime APIs', () => this.api());
    if (version > 14) this.skipRest();
    from.end();
    return { version, types, pallets, extrinsic, apis };
  }

  /** Of metadata 15 on: what is deprecated is told of everything in 16. */
  private skipItemDeprecation(): void {
    if (this.version === 16) skipDeprecation(this.from);
  }

  private pallet(): PalletMetadata {
    const { from } = this;
    const name = from.text("a pallet's name");
    const storage = from.option('storage', () => this.storage());
    const calls = this.variants('calls');
    const events = this.variants('events');
    const constants = from.list('constants', () => this.constant());
    const errors = this.variants('errors');
    if (this.version === 16) this.skipViews();
    const index = from.byte("a pallet's index");
    if (this.version > 14) skipDocs(from);
    this.skipItemDeprecation();
    return { name, index, storage, calls, events, errors, constants };
  }

  private storage(): StorageMetadata {
    const prefix = this.from.text('a storage prefix');
    return { prefix, items: this.from.list('storage items', () => this.item()) };
  }

  private item(): StorageItemMetadata {
    const { from } = this;
    const name = from.text("a storage item's name");
    const modifier = from.oneOf(['optional', 'default'], 'a storage modifier');
    const isMap = from.oneOf(['plain', 'map'], 'a kind of storage item') === 'map';
    const keys = isMap ? this.keys() : [];
    const value = this.id(from);
    const fallback = from.hex('a default value');
    skipDocs(from);
    this.skipItemDeprecation();
    return { name, modifier, keys, value, fallback };
  }

  /** One hasher hashes the whole key, several hash the members of a tuple. */
  private keys(): StorageKeyMetadata[] {
    const { from } = this;
    const hashers = from.list('hashers', () => from.oneOf(HASHERS, 'a hasher'));
    const key = this.id(from);
    const of = this.types.get(key)?.definition;
    const members = hashers.length !== 1 && of?.kind === 'tuple' ? of.of : [key];
    if (members.length !== hashers.length) throw from.error(`expected a hasher for each of ${members.length} keys`);
    return members.flatMap((type, at) => {
      const hasher = hashers[at];
      return hasher === undefined ? [] : [{ hasher, type }];
    });
  }

  /** A pallet's calls, events or errors: an enum among the types. */
  private variants(what: string): readonly VariantMetadata[] {
    const { from } = this;
    const id = from.option(what, this.id);
    if (id === null) return [];
    if (this.version === 16) skipDeprecatedVariants(from);
    const of = this.types.get(id)?.definition;
    if (of?.kind !== 'variant') throw from.error(`expected ${what} in an enum, type ${id} is none`);
    return of.variants;
  }

  private constant(): ConstantMetadata {
    const { from } = this;
    const name = from.text("a constant's name");
    const type = this.id(from);
    const value = from.hex("a constant's value");
    skipDocs(from);
    this.skipItemDeprecation();
    return { name, type, value };
  }

  /** Associated types and view functions. */
  private skipViews(): void {
    const { from } = this;
    from.list('associated types', () => {
      from.skipText("an associated type's name");
      this.id(from);
      skipDocs(from);
    });
    from.list('view functions', () => {
      from.skip(VIEW_FUNCTION_ID_BYTES, "a view function's id");
      this.method();
    });
  }

  private extrinsic(): ExtrinsicMetadata {
    const { from } = this;
    // Metadata 14 has the extrinsic's type in front, 15 those of its address, call, signature and extra behind.
    if (this.version === 14) this.id(from);
    const versions = [from.byte('an extrinsic format')];
    if (this.version === 15) this.skipIds(4);
    return { versions, extensions: this.extensions() };
  }

  private extrinsicByVersion(): ExtrinsicMetadata {
    const { from } = this;
    const versions = from.list('extrinsic formats', () => from.byte('an extrinsic format'));
    this.skipIds(3);
    const byVersion = new Map(
      from.list('versions of transaction extensions', () => [
        from.byte('a version of transaction extensions'),
        from.list('transaction extensions', () => from.compact('a transaction extension')),
      ]),
    );
    const all = this.extensions();
    const ofFormat4 = byVersion.get(EXTENSIONS_OF_FORMAT_4) ?? [];
    if (versions.includes(4) && !byVersion.has(EXTENSIONS_OF_FORMAT_4)) {
      throw from.error('expected transaction extensions of version 0 for extrinsic format 4, there are none');
    }
    const extensions = ofFormat4.map((at) => {
      const extension = all[at];
      if (extension === undefined) throw from.error(`expected a transaction extension, ${at} is none of ${all.length}`);
      return extension;
    });
    return { versions, extensions };
  }

  private extensions(): TransactionExtension[] {
    const { from } = this;
    return from.list('transaction extensions', () => ({
      identifier: from.text("a transaction extension's identifier"),
      extra: this.id(from),
      additionalSigned: this.id(from),
    }));
  }

  private api(): RuntimeApiMetadata {
    const { from } = this;
    const name = from.text("a runtime API's name");
    const methods = from.list('methods', () => this.method());
    skipDocs(from);
    if (this.version === 16) from.compact("a runtime API's version");
    this.skipItemDeprecation();
    return { name, methods };
  }

  private method(): RuntimeApiMethod {
    const { from } = this;
    const name = from.text("a method's name");
    const inputs = from.list('inputs', () => ({ name: from.text("an input's name"), type: this.id(from) }));
    const output = this.id(from);
    skipDocs(from);
    this.skipItemDeprecation();
    return { name, inputs, output };
  }

  /** The enums of all calls, events and errors, and custom values. */
  private skipRest(): void {
    const { from } = this;
    this.skipIds(3);
    from.list('custom values', () => {
      from.skipText("a custom value's name");
      // Custom values may be of types that the registry lacks.
      from.compact('a type id');
      from.skipText('a custom value');
    });
  }

  private skipIds(count: number): void {
    for (let left = count; left > 0; left -= 1) this.id(this.from);
  }
}

/** What stands behind magic and version. @throws MetadataError that names the byte */
export const readVersion = (from: MetadataReader, version: MetadataVersion): RuntimeMetadata =>
  new Format(from, version).read();
