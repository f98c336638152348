/** The call that a recorded line plays: `call_hex` is what counts, `call` and `args` must be its decoding. */
import { argsType, callNamed, decodeCall, encodeCall, isCallName, type Call } from '../spec/calls.js';
import { FormError, fromJson } from '../spec/json.js';
import { RecordingError, type RecordedCall } from '../spec/recording.js';
import { DecodeError } from '../spec/scale.js';
import { callText, valueText } from './readable.js';

/** Characters of a call that fit into a sentence: what a node tells of itself is longer. */
const LONGEST = 600;

const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

const decoded = (step: RecordedCall): Call | undefined => {
  try {
    return decodeCall(step.call_hex);
  } catch (error) {
    if (error instanceof DecodeError) throw new RecordingError(`call_hex does not decode: ${error.message}`);
    throw error;
  }
};

/**
 * The call of a line, or undefined where the specification does not describe it.
 *
 * The arguments are encoded rather than the bytes decoded: one pass proves that the two are the same.
 * @throws RecordingError where they are not.
 */
export const recordedCall = (step: RecordedCall): Call | undefined => {
  if (!isCallName(step.call)) {
    const other = decoded(step);
    if (other !== undefined) throw new RecordingError(`call is ${step.call}, but call_hex is a ${other.name}`);
    return undefined;
  }
  let call: Call;
  try {
    call = callNamed(step.call, fromJson(argsType(step.call), step.args));
  } catch (error) {
    if (error instanceof FormError) throw new RecordingError(`args of ${step.call}: ${error.message}`);
    throw error;
  }
  if (encodeCall(call) === step.call_hex) return call;
  const other = decoded(step);
  throw new RecordingError(
    `call_hex must be the encoding of call and args: it is ${other ? cut(callText(other, step.origin)) : 'another call'}, ` +
      `they are ${cut(`${step.call} ${valueText(step.args)}`)}`,
  );
};
