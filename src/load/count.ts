/** Whole numbers as people write them on a command line, `250`, `10k`, `1e6`, `2M`, and as they read them, `2 000 000`. */
import { InputError } from '../properties/recording-file.js';

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1_000, m: 1_000_000 };
const COUNT = /^(\d+(?:\.\d+)?(?:e\d+)?)([km]?)$/i;

/**
 * A whole number from 0 to `most`.
 * @param flag who asks, for the message
 * @throws InputError
 */
export const parseCount = (flag: string, text: string, most: number): number => {
  const [, digits = '', unit = ''] = COUNT.exec(text) ?? [];
  const value = digits === '' ? NaN : Math.round(Number(digits) * (UNITS[unit.toLowerCase()] ?? 1) * 1_000) / 1_000;
  if (Number.isInteger(value) && value <= most) return value;
  throw new InputError(`${flag}: expected a whole number up to ${most}, such as 250, 10k or 1e6, came "${text}"`);
};

/** A list of them, joined by commas. @throws InputError */
export const parseCounts = (flag: string, text: string, most: number): readonly number[] =>
  text.split(',').map((each) => parseCount(flag, each.trim(), most));

/** Digits in groups of three. */
export const grouped = (count: number): string => count.toString().replace(/\B(?=(\d{3})+$)/g, ' ');
