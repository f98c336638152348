/** The middle one of measured values: what a pause of the machine did to single ones has no part in it. */
export const median = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[values.length >> 1] ?? Number.NaN;
