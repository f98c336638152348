/** Measured figures as a person reads them, and what they were measured on. */
import type { Figures, Machine } from '../spec/run-events.js';
import { thousands } from './text.js';

/** Digits of a figure that is no large number. */
const DIGITS = 3;

/** Whole where it is large, with three digits where it is not; `-` where there is none. */
export const figure = (value: string | number | null): string => {
  if (value === null) return '-';
  if (typeof value === 'string') return value;
  if (Number.isInteger(value) || Math.abs(value) >= 1_000) return thousands(Math.round(value));
  return String(Number(value.toPrecision(DIGITS)));
};

/** A column's name with its unit. */
export const headOf = ({ name, unit }: Figures['columns'][number]): string =>
  unit === undefined || unit === '1' ? name : `${name}, ${unit}`;

/** Processor, cores, memory, system, versions. */
export const machineText = ({ cpu, cores, memory, os, versions }: Machine): string => {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${cpu}, ${cores} cores, ${Math.round(memory / 2 ** 30)} GiB, ${os}; ${named.join(', ')}`;
};
