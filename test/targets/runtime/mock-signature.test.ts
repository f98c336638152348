/**
 * The mock signature stands in for a real one and for nothing else: it lets a signed extrinsic through, and whatever a
 * runtime verifies besides is verified.
 */
import { describe, expect, it } from 'vitest';
import { accountAt } from '../../../src/spec/accounts.js';
import { callOf } from '../../../src/spec/calls.js';
import { Rules } from '../../../src/spec/rules.js';
import type { Genesis, Step } from '../../../src/spec/steps.js';
import type { MultiSignature } from '../../../src/spec/types/registration.js';
import { A, B, fulfilStop, genesis, M, N, requestStop, running } from '../../../src/spec/witnesses/cast.js';
import { MOCK_SIGNATURE } from '../../../src/targets/runtime/extrinsic.js';
import type { RuntimeTarget } from '../../../src/targets/runtime-target.js';
import type { Answer } from '../../../src/targets/target.js';
import { labTarget } from '../../lab.js';
import { playedOn, sampleScenarios } from './lab-scenarios.js';
import { targetOf, type WatRuntime } from './wat-runtime.js';

const send = (target: RuntimeTarget, step: Step): Answer => {
  if (!('call' in step)) throw new Error('expected a call');
  return target.dispatch(step.call, step.origin);
};

const OK = { ok: true };
const INVALID_SIGNATURE = { module: { pallet: 'Compute', error: 'InvalidSignature' } };

/** A VM runs on miner M, and is to stop. */
const stopping = [...running(), requestStop(A)];

const begun = (target: RuntimeTarget, from: Genesis = genesis()): RuntimeTarget => {
  target.reset(from);
  for (const step of stopping) expect(send(target, step).outcome).toEqual(OK);
  return target;
};

const MOCKS: readonly MultiSignature[] = [{ Sr25519: MOCK_SIGNATURE }, { Ed25519: MOCK_SIGNATURE }];

describe('as an argument of an unsigned call, under DEV-01 as promised', () => {
  const rules = Rules.parse('DEV-01=promised');

  it.each(MOCKS)('the mock signature is refused, and the right one is taken: %o', (mock) => {
    const target = begun(labTarget({ rules }));
    expect(target.signatures.mock).toBeGreaterThan(0);
    const refused = send(target, fulfilStop(M, 0n, mock));
    expect(refused).toMatchObject({ outcome: INVALID_SIGNATURE, diff: {}, events: [] });
    expect(send(target, fulfilStop(M, 0n)).outcome).toEqual(OK);
  });

  it("another miner's signature is refused", () => {
    const target = begun(labTarget({ rules }));
    const step = fulfilStop({ node: M.node, owner: N.owner }, 0n);
    expect(send(target, step).outcome).toEqual(INVALID_SIGNATURE);
  });
});

describe('a signed extrinsic', () => {
  const call = callOf('Compute.request_compute_boot', { plan_id: '0x' + '50'.repeat(32) });
  const origin = { kind: 'signed' as const, account: accountAt(A) };

  it("with another account's signature is refused as BadProof, and costs no nonce", () => {
    const target = labTarget({ signEvery: 1 });
    target.reset({ ...genesis(), paths: { [accountAt(A)]: B } });
    const answer = target.dispatch(call, origin);
    expect(answer).toMatchObject({ outcome: { invalid: 'BadProof' }, events: [], diff: {} });
    expect(target.signatures).toEqual({ real: 1, mock: 0 });
    target.reset({ ...genesis(), paths: { [accountAt(A)]: A } });
    expect(target.dispatch(call, origin).outcome).not.toHaveProperty('invalid');
    expect(target.dispatch(call, origin).outcome).not.toHaveProperty('invalid');
  });

  it('is really signed every so often where the path is known, and never where it is not', () => {
    const target = labTarget({ signEvery: 3 });
    target.reset({ ...genesis(), paths: { [accountAt(A)]: A } });
    for (let count = 0; count < 7; count += 1) target.dispatch(call, origin);
    expect(target.signatures).toEqual({ real: 3, mock: 4 });
    target.dispatch(call, { kind: 'signed', account: accountAt(B) });
    expect(target.signatures).toEqual({ real: 3, mock: 5 });
  });

  it('gets the same answer really signed as with the mock signature', () => {
    for (const scenario of sampleScenarios(31, 6)) {
      const real = labTarget({ signEvery: 1 });
      const mock = labTarget();
      const { paths: _, ...unnamed } = scenario.genesis;
      expect(playedOn(real, scenario)).toEqual(playedOn(mock, { ...scenario, genesis: unnamed }));
      const signed = scenario.steps.filter((step) => 'call' in step && step.origin.kind !== 'none').length;
      expect([real.signatures.real, mock.signatures.mock]).toEqual([signed, signed]);
      expect([real.signatures.mock, mock.signatures.real]).toEqual([0, 0]);
    }
  });
});

/** A runtime that verifies the mock signature wherever it is asked: it says so to the pool and of the extrinsic. */
const credulous = (signed: string): WatRuntime => {
  const verify = '(call $ext_crypto_sr25519_verify_version_2 (i32.const 1024) (global.get $key) (i32.const 2048))';
  const told = `(if (result i64) ${verify} (then (global.get $applied)) (else (global.get $refused)))`;
  return {
    fields: `(data (i32.const 1024) "${MOCK_SIGNATURE.slice(2).replace(/../g, '\\$&')}")`,
    bodies: {
      // Behind the length, in one byte or two, stands 0x84 where the extrinsic is signed.
      BlockBuilder_apply_extrinsic: `(if (i32.eq (i32.load8_u offset=2 (local.get $args)) (i32.const 0x84)) (then ${signed}))
        ${told}`,
      TaggedTransactionQueue_validate_transaction: told,
      Core_initialize_block: told,
    },
  };
};

describe('the mock signature is valid', () => {
  const unsigned = callOf('Compute.mark_compute_request_fulfilled', { node_id: '0x01', request_id: 1n });
  const boot = callOf('Compute.request_compute_boot', { plan_id: '0x' + '50'.repeat(32) });
  const origin = { kind: 'signed', account: accountAt(A) } as const;
  const REFUSED = { invalid: 'Call' };

  it('while a signed extrinsic is applied, and at no other time', async () => {
    const target = await targetOf(credulous('(nop)'));
    target.reset(genesis());
    for (let count = 0; count < 2; count += 1) {
      expect(target.validate(unsigned)).toEqual(REFUSED);
      expect(target.dispatch(unsigned, { kind: 'none' }).outcome).toEqual(REFUSED);
      expect(target.dispatch(boot, origin).outcome).toEqual(OK);
    }
  });

  it.each(['unreachable', '(loop (br 0))'])('not behind a signed extrinsic that ends in %s', async (body) => {
    const target = await targetOf(credulous(body), { limit: 200 });
    target.reset(genesis());
    expect(target.dispatch(boot, origin).outcome).toEqual({ panic: true });
    expect(target.validate(unsigned)).toEqual(REFUSED);
    let attempts = 0;
    const validity = target.together(() => {
      target.reset(genesis());
      attempts += 1;
      if (attempts === 1) target.dispatch(boot, origin);
      return target.validate(unsigned);
    });
    expect(validity).toEqual(REFUSED);
  });
});
