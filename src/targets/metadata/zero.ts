/**
 * The zero value of any type of a runtime: what the host writes for a transaction extension that it does not know.
 * Foreign metadata may have types that contain themselves, or arrays of billions: those are refused.
 */
import { EMPTY, type Hex } from '../../spec/hex.js';
import {
  MetadataError,
  NUMBER_BYTES,
  typeOf,
  type Primitive,
  type RuntimeMetadata,
  type TypeDefinition,
  type TypeId,
} from './model.js';
import { partsOf } from './registry.js';

type Types = Pick<RuntimeMetadata, 'types'>;

/** Real types nest some 20 deep, and an extension's value has a few hundred bytes. */
const DEEPEST = 200;
const LONGEST_DIGITS = 2 * 65_536;

/** Whether a type's parts alone decide if it is empty: an enum has its index, a sequence its length. */
const isOnlyItsParts = ({ kind }: TypeDefinition): boolean =>
  kind === 'composite' || kind === 'tuple' || kind === 'array' || kind === 'compact';

/**
 * Whether all values of a type encode to no bytes at all, as `()` and `PhantomData` do.
 * @throws MetadataError where the metadata has no such type
 */
export const typeIsEmpty = (metadata: Types, id: TypeId): boolean => {
  const seen = new Set<TypeId>([id]);
  // A set's iteration goes on to what is added meanwhile.
  for (const each of seen) {
    const { definition: of } = typeOf(metadata, each);
    if (!isOnlyItsParts(of)) return false;
    if (of.kind === 'array' && of.length === 0) continue;
    for (const part of partsOf(of)) seen.add(part);
  }
  return true;
};

/** Of a text, its length. */
const BYTES: Readonly<Record<Primitive, number>> = { ...NUMBER_BYTES, bool: 1, str: 1 };

const byteDigits = (byte: number): string => byte.toString(16).padStart(2, '0');

/** Writes zero values, each type's once: a type that is doubled 60 times over is made 60 times. */
class Zeros {
  private readonly made = new Map<TypeId, string>();

  constructor(private readonly metadata: Types) {}

  of(id: TypeId, depth = 0): string {
    const before = this.made.get(id);
    if (before !== undefined) return before;
    if (depth > DEEPEST) throw new MetadataError(`type ${id} has no zero value: it nests deeper than ${DEEPEST} types`);
    const digits = this.write(id, depth);
    if (digits.length > LONGEST_DIGITS) throw this.tooLong(id);
    this.made.set(id, digits);
    return digits;
  }

  private write(id: TypeId, depth: number): string {
    const { definition: of } = typeOf(this.metadata, id);
    switch (of.kind) {
      case 'composite':
      case 'tuple':
        return this.all(partsOf(of), depth, id);
      case 'array':
        return this.repeated(this.of(of.of, depth + 1), of.length, id);
      case 'variant': {
        const [first] = of.variants;
        if (first === undefined)
          throw new MetadataError(`type ${id} has no zero value: it is an enum without variants`);
        const fields = first.fields.map(({ type }) => type);
        return byteDigits(first.index) + this.all(fields, depth, id);
      }
      case 'primitive':
        return '00'.repeat(BYTES[of.of]);
      case 'compact':
        return typeIsEmpty(this.metadata, of.of) ? '' : '00';
      case 'sequence':
      case 'bits':
        return '00';
      default:
        return of satisfies never;
    }
  }

  private all(parts: readonly TypeId[], depth: number, id: TypeId): string {
    let digits = '';
    for (const part of parts) {
      digits += this.of(part, depth + 1);
      if (digits.length > LONGEST_DIGITS) throw this.tooLong(id);
    }
    return digits;
  }

  private repeated(digits: string, times: number, id: TypeId): string {
    if (digits.length * times > LONGEST_DIGITS) throw this.tooLong(id);
    return digits.repeat(times);
  }

  private tooLong(id: TypeId): MetadataError {
    return new MetadataError(`type ${id} has no zero value: it would be longer than ${LONGEST_DIGITS / 2} bytes`);
  }
}

/**
 * SCALE of a type's zero value: integers and compacts 0, `false`, `None`, the first variant of an enum with zero fields,
 * empty sequences, arrays of zeros.
 * @throws MetadataError where there is no such type or value: an enum without variants, a type that contains itself, a
 * value longer than 64 KiB
 */
export const zeroOf = (metadata: Types, id: TypeId): Hex => EMPTY + new Zeros(metadata).of(id);
