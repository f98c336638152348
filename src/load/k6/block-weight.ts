/** How full a block is, out of the stored `System.BlockWeight`: k6 loads no codec. */

/** What a block may have at most: picoseconds, bytes. */
export interface MaxWeight {
  readonly maxRefTime: number;
  readonly maxProofSize: number;
}

/** Normal, operational and mandatory. */
const CLASSES = 3;

/** Bytes of a compact integer by the two low bits of its first byte. */
const WIDTHS = [1, 2, 4];

/** A little-endian integer; beyond 2^53 it is not exact. */
const littleEndian = (digits: string): number => {
  let value = 0;
  for (let at = digits.length - 2; at >= 0; at -= 2) value = value * 256 + parseInt(digits.slice(at, at + 2), 16);
  return value;
};

/** The compact integers that `hex` consists of; NaN where it is cut short. */
const compacts = (hex: string): readonly number[] => {
  const values: number[] = [];
  for (let at = 2; at < hex.length;) {
    const first = parseInt(hex.slice(at, at + 2), 16);
    const width = WIDTHS[first & 3];
    // The fourth mode tells its width in the other six bits.
    const [from, to] = width === undefined ? [at + 2, at + 2 * ((first >> 2) + 5)] : [at, at + 2 * width];
    const value = to > hex.length ? NaN : littleEndian(hex.slice(from, to));
    values.push(width === undefined ? value : Math.floor(value / 4));
    at = to;
  }
  return values;
};

/**
 * Percent of what a block may have, of time or of proof size, whichever it has more of.
 * @param stored SCALE of `PerDispatchClass<Weight>` in hex
 * @returns NaN where it is something else
 */
export const fullness = (stored: string, { maxRefTime, maxProofSize }: MaxWeight): number => {
  const values = compacts(stored);
  if (values.length !== 2 * CLASSES) return NaN;
  const sum = (dimension: number): number =>
    values.filter((_, at) => at % 2 === dimension).reduce((total, value) => total + value, 0);
  return 100 * Math.max(sum(0) / maxRefTime, sum(1) / maxProofSize);
};
