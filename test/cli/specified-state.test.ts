/** A state that an audit is asked about is looked at before the audit begins: what can't be decoded ended it after minutes, with a stack trace. */
import { expect, it } from 'vitest';
import { expectSpecified } from '../../src/cli/state.js';
import { InputError } from '../../src/properties/recording-file.js';
import type { StateSnapshot } from '../../src/properties/state-file.js';
import type { RawState } from '../../src/spec/answers.js';
import { Compute, rawKey } from '../../src/spec/storage.js';

const snapshot = (storage: RawState): StateSnapshot => ({
  storage,
  others: {},
  block: null,
  specVersion: null,
  from: 'state.json',
});
const id = rawKey(Compute.NextRequestId, null);

it('is refused in one sentence where a value does not decode', () => {
  const refused = (): unknown => expectSpecified(snapshot({ [id]: '0x00' }));
  expect(refused).toThrow(InputError);
  expect(refused).toThrow(/^state\.json: [^\n]*NextRequestId[^\n]*: is it damaged, or the state of another release\?$/);
});

it('is what it was where all is as specified', () => {
  const whole = snapshot({ [id]: `0x${'00'.repeat(16)}` });
  expect(expectSpecified(whole)).toBe(whole);
});
