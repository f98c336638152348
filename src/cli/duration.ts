/** Times as flags say them. */
import { InputError } from '../properties/recording-file.js';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };
/** Milliseconds of a day. */
const LONGEST = 86_400_000;

/** Milliseconds of `60s`, `1.5m`, `500ms`. @throws InputError */
export const parseDuration = (flag: string, text: string): number => {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? [];
  const value = Number(digits) * (UNITS[unit] ?? NaN);
  if (value > 0 && value <= LONGEST) return value;
  throw new InputError(`${flag} ${text}: expected a time up to a day, such as 60s, 2m or 500ms`);
};
