/** What `--target` names. */
import { InputError } from '../properties/recording-file.js';

export type TargetName =
  { readonly kind: 'default' } | { readonly kind: 'engine' } | { readonly kind: 'recording'; readonly file: string };

const RECORDING = 'recording:';

/** @throws InputError that lists what is known */
export const parseTarget = (text: string | undefined): TargetName => {
  if (text === undefined) return { kind: 'default' };
  if (text === 'engine') return { kind: 'engine' };
  if (text.startsWith(RECORDING) && text.length > RECORDING.length) {
    return { kind: 'recording', file: text.slice(RECORDING.length) };
  }
  throw new InputError(`--target ${text}: expected "engine" or "recording:FILE"`);
};
