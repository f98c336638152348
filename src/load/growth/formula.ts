/** Curves as people read them: `29 + 4 per request`. */
import type { Axis } from '../sized-state.js';
import type { Fit } from './fit.js';

/** One entry of an axis, and many. */
const ENTRIES: Readonly<Record<Axis, readonly [string, string]>> = {
  requests: ['request', 'requests'],
  owned: ['owned request', 'owned requests'],
  miners: ['miner', 'miners'],
  queue: ['queue entry', 'queue entries'],
  ips: ['IP', 'IPs'],
  releases: ['waiting IP', 'waiting IPs'],
};

/** `40 025`; what is below 10 and not whole has two digits behind the point. */
export const numberText = (value: number): string => {
  const digits = Math.abs(value) < 10 ? 2 : 0;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits }).replaceAll(',', ' ');
};

/** `10 000 requests`. */
export const sizeText = (axis: Axis, size: number): string =>
  `${numberText(size)} ${ENTRIES[axis][size === 1 ? 0 : 1]}`;

const slopeText = ({ class: of, slope, besides }: Fit, axis: Axis): string => {
  const [entry, entries] = ENTRIES[axis];
  const steep = numberText(slope);
  switch (of) {
    case 'constant':
      return '';
    case 'logarithmic':
      return ` + ${steep} per doubling of the ${entries}`;
    case 'linear':
      return ` + ${steep} per ${entry}`;
    case 'quadratic': {
      const linear =
        Math.abs(besides) < 0.005 ? '' : ` ${besides < 0 ? '-' : '+'} ${numberText(Math.abs(besides))} per ${entry}`;
      return `${linear} + ${steep} per ${entry} squared`;
    }
    default:
      return of satisfies never;
  }
};

/** `29 + 4 per request`; where the curve does not go through every point, `about` comes first. */
export const formulaText = (fit: Fit, axis: Axis): string =>
  `${fit.isExact ? '' : 'about '}${numberText(fit.constant)}${slopeText(fit, axis)}`;
