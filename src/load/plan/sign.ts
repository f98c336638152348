/**
 * A plan's calls as the bytes that are sent, signed with real keys: measured 0.9 ms a signed call. User by user, because of all
 * keys only the last two hundred are kept.
 */
import { InputError } from '../../properties/recording-file.js';
import { breathe } from '../../properties/search.js';
import { accountAt, signAt } from '../../spec/accounts.js';
import { argsType, callNamed, isCallName, type Call } from '../../spec/calls.js';
import type { Hex } from '../../spec/hex.js';
import { fromJson } from '../../spec/json.js';
import type { ExtrinsicEncoder } from '../../targets/runtime/extrinsic.js';
import { hexOfKey, type Translation } from '../../targets/runtime/translation.js';
import type { Plan, PlannedCall, PlannedRead } from '../workload.js';

/**
 * A planned call as the specification has it.
 * @throws InputError where it has no such call, FormError where the arguments are not those of the call
 */
export const callOfPlan = ({ call, args }: Pick<PlannedCall, 'call' | 'args'>): Call => {
  if (!isCallName(call))
    throw new InputError(`the plan: expected the name of a call, such as ${KNOWN}, came "${call}"`);
  return callNamed(call, fromJson(argsType(call), args));
};

const KNOWN = 'Compute.request_compute_stop';

/** Methods whose first parameter is a raw key or the beginning of one. */
const BY_KEY = new Set(['state_getStorage', 'state_getKeysPaged']);

const ownRead = (translation: Translation, read: PlannedRead): PlannedRead => {
  const [key, ...more] = read.params;
  if (!BY_KEY.has(read.method) || typeof key !== 'string') return read;
  return { ...read, params: [hexOfKey(translation.runtimeKey(key)), ...more] };
};

/** Calls between two looks at what else there is to do, Ctrl-C for one. */
const BREATH = 50;

/**
 * The plan with `extrinsic` of each call, under the chain's own indices, and its reads under the chain's own keys.
 * @param genesisHash hash of the chain's block 0, of which `encoder` must know
 * @param onProgress is told the share that is done, from 0 to 1
 * @throws NotCovered where the runtime has not such a call, InputError and FormError where the plan is none
 */
export const signPlan = async (
  plan: Plan,
  encoder: ExtrinsicEncoder,
  translation: Translation,
  genesisHash: Hex,
  onProgress: (share: number) => void = () => undefined,
): Promise<Plan> => {
  const all = [...plan.arrivals, ...plan.lives.flat()];
  const bytes = new Map<PlannedCall, Hex>();
  for (const each of bySigner(all)) {
    bytes.set(each, signed(each, encoder, translation));
    if (bytes.size % BREATH !== 0) continue;
    onProgress(bytes.size / all.length);
    await breathe();
  }
  onProgress(1);
  const withBytes = <C extends PlannedCall>(each: C): C => ({ ...each, extrinsic: bytes.get(each) });
  return {
    ...plan,
    signedFor: genesisHash,
    arrivals: plan.arrivals.map(withBytes),
    lives: plan.lives.map((steps) => steps.map(withBytes)),
    reads: plan.reads.map((read) => ownRead(translation, read)),
  };
};

const bySigner = (all: readonly PlannedCall[]): readonly PlannedCall[] => {
  const groups = new Map<string, PlannedCall[]>();
  for (const each of all) {
    const path = each.signer?.path ?? '';
    const group = groups.get(path);
    if (group) group.push(each);
    else groups.set(path, [each]);
  }
  return [...groups.values()].flat();
};

const signed = (planned: PlannedCall, encoder: ExtrinsicEncoder, translation: Translation): Hex => {
  const call = translation.encodeCall(callOfPlan(planned));
  const { signer } = planned;
  if (signer === null) return encoder.bare(call);
  const { path, nonce } = signer;
  return encoder.signed(call, { account: accountAt(path), nonce, sign: (message) => signAt(path, message) });
};
