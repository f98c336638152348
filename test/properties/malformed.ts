/** Tampering that leaves a recording against its own format: `call_hex`, `call` and `args`, the order of lines, blocks. */
import type { RecordedCall, RecordedLine } from '../../src/spec/recording.js';
import { flipped, change, changeCall, changeHeader, changeLast, compute, metrics, type Tampered } from './tampering.js';
import { isAdvance, isCall, isInjection, isQuery, isScenario } from './small-recording.js';

/** What is done, what the refusal says behind `FILE:LINE: `, and how it is done. `line` is the one that is refused. */
export type Malformed = readonly [what: string, says: RegExp, tamper: () => Tampered];

const named =
  (call: string) =>
  (line: RecordedCall): boolean =>
    line.call === call;

const STOP = 'Compute.request_compute_stop';
const purchase = named('Marketplace.purchase_plan');

const without = (fits: (line: RecordedLine) => boolean): Tampered => {
  const at = compute.lines.findIndex(fits);
  return { recording: { ...compute, lines: compute.lines.toSpliced(at, 1) }, line: at + 2 };
};

/** Each line's number is its index and 2: lines count from 1, and the header is the first. */
const lastLine = compute.lines.length + 1;

const ofCalls: readonly Malformed[] = [
  [
    'args that are not those of call_hex',
    /^call_hex must be the encoding of call and args: it is .*plan_id: 0x.*, they are Marketplace\.purchase_plan \{ plan_id: 0xab/,
    () => changeCall(purchase, (call) => ({ ...call, args: { ...call.args, plan_id: '0x' + 'ab'.repeat(32) } })),
  ],
  [
    "another call's name, of the same arguments",
    /^call_hex must be .*it is Compute\.request_compute_stop\(plan_id: .*they are Compute\.request_compute_boot/,
    () => changeCall(named(STOP), (call) => ({ ...call, call: 'Compute.request_compute_boot' })),
  ],
  [
    "another call's name, of other arguments",
    /^args of Compute\.request_compute_resize: resize_to_gbs: expected a u32 as a number, came nothing/,
    () => changeCall(named(STOP), (call) => ({ ...call, call: 'Compute.request_compute_resize' })),
  ],
  [
    'a name of no call',
    /^call is Compute\.halt, but call_hex is a Compute\.request_compute_stop/,
    () => changeCall(named(STOP), (call) => ({ ...call, call: 'Compute.halt' })),
  ],
  [
    'a byte of call_hex: the call',
    /^call_hex must be the encoding of call and args: it is/,
    () => changeCall(named(STOP), (call) => ({ ...call, call_hex: call.call_hex.replace(/^0x4309/, '0x430a') })),
  ],
  [
    'a byte of call_hex: an argument',
    /^call_hex must be the encoding of call and args: it is/,
    () => changeCall(named(STOP), (call) => ({ ...call, call_hex: flipped(call.call_hex, 20) })),
  ],
  [
    'call_hex without its last byte',
    /^call_hex does not decode: .*expected \[u8; 32\] of 32 bytes, 31 are left$/,
    () => changeCall(named(STOP), (call) => ({ ...call, call_hex: call.call_hex.slice(0, -2) })),
  ],
  [
    'a byte behind call_hex',
    /^call_hex does not decode: .*1 bytes are left over/,
    () => changeCall(named(STOP), (call) => ({ ...call, call_hex: call.call_hex + '00' })),
  ],
  [
    'a missing argument',
    /^args of Compute\.request_compute_stop: plan_id: expected \[u8; 32\] in its JSON form, came nothing/,
    () => changeCall(named(STOP), (call) => ({ ...call, args: {} })),
  ],
  [
    'an argument of another type',
    /^args of Compute\.request_compute_stop: plan_id: expected \[u8; 32\] in its JSON form, came 7/,
    () => changeCall(named(STOP), (call) => ({ ...call, args: { plan_id: 7 } })),
  ],
];

const ofOrder: readonly Malformed[] = [
  [
    'a missing step',
    /^expected step 7, came step 8: lines are missing/,
    () => without((line) => 'step' in line && line.step === 7),
  ],
  [
    'a step told twice',
    /^expected step \d+, came step \d+: lines are missing or out of order/,
    () => {
      const { recording, line } = changeCall(purchase, (call) => [call, call]);
      return { recording, line: line + 1 };
    },
  ],
  [
    'two steps swapped',
    /^expected step 0, came step 1: lines are missing or out of order/,
    () => {
      const [scenario, first, second, ...more] = compute.lines;
      if (!scenario || !first || !second) throw new Error('too short a recording');
      return { recording: { ...compute, lines: [scenario, second, first, ...more] }, line: 3 };
    },
  ],
  [
    'a missing scenario',
    /^expected step 120, came step 0/,
    () => without((line) => isScenario(line) && line.scenario === 1),
  ],
  ['no scenario before the first step', /^expected a scenario before the first step/, () => without(isScenario)],
  [
    'a missing last step',
    /^the header promises 120 steps a scenario, scenario 4 has 119: lines are missing/,
    () => ({ recording: { ...compute, lines: compute.lines.slice(0, -1) }, line: lastLine - 1 }),
  ],
  [
    'a last scenario missing with all of its steps',
    /^the header promises 5 scenarios, the file has 4: it was cut short/,
    () => ({ recording: { ...compute, lines: compute.lines.slice(0, -121) }, line: lastLine - 121 }),
  ],
  [
    'a header that promises fewer scenarios',
    /^the header promises 4 scenarios, the file has 5/,
    () => ({ recording: changeHeader(compute, { scenarios: 4 }), line: lastLine }),
  ],
];

const ofBlocks: readonly Malformed[] = [
  [
    'the block that a scenario begins with',
    /^expected block 239, came block 240/,
    () => ({ ...change(compute, isScenario, (scenario) => ({ ...scenario, block: '239' })), line: 3 }),
  ],
  [
    "a call's block",
    /^expected block 240, came block 241/,
    () => change(compute, isCall, (call) => ({ ...call, block: '241' })),
  ],
  [
    'the block that an advance leaves',
    /^expected block 240, came block 239/,
    () => change(compute, isAdvance, (advance) => ({ ...advance, from: '239' })),
  ],
  [
    'the block that an advance opens',
    /^expected block 250, came block 251/,
    () => change(compute, isAdvance, (advance) => ({ ...advance, block: '251' })),
  ],
  [
    'how far an advance goes',
    /^expected block 249, came block 250/,
    () => change(compute, isAdvance, (advance) => ({ ...advance, advance: 9 })),
  ],
  [
    "an injection's block",
    /^expected block \d+, came block 1$/,
    () => change(metrics, isInjection, (injection) => ({ ...injection, block: '1' })),
  ],
  [
    "a query's block",
    /^expected block \d+, came block 1$/,
    () => change(metrics, isQuery, (query) => ({ ...query, block: '1' })),
  ],
];

const ofQueries: readonly Malformed[] = [
  [
    'an argument of a query that is no bytes',
    /node_id: expected Vec<u8> in its JSON form, came "12D3"$/,
    () => change(metrics, isQuery, (query) => ({ ...query, args: { node_id: '12D3' } })),
  ],
  [
    'a query without its argument',
    /node_id: expected Vec<u8> in its JSON form, came nothing$/,
    () => change(metrics, isQuery, (query) => ({ ...query, args: {} })),
  ],
];

const ofPallets: readonly Malformed[] = [
  [
    'a pallet that the header does not name any more',
    /^storage key SubAccount\.SubAccount\[0x[0-9a-f]{64}\] is outside the recorded pallets Compute, PalletIp, Registration$/,
    () => ({
      recording: changeHeader(compute, { recorded_pallets: ['Compute', 'PalletIp', 'Registration'] }),
      line: 2,
    }),
  ],
  [
    'an injection into another pallet',
    /^storage key 0x00 is outside the recorded pallets ExecutionUnit, PalletIp$/,
    () => change(metrics, isInjection, (injection) => ({ ...injection, inject: { '0x00': '0x00' } })),
  ],
  [
    'an injection that does not decode',
    /ExecutionUnit\.RequestsCount\[.*\]: .*expected a u32 of 4 bytes, 1 are left$/,
    () =>
      changeLast(metrics, isInjection, ({ inject, ...injection }) => ({
        ...injection,
        inject: Object.fromEntries(Object.keys(inject).map((key) => [key, '0x00'])),
      })),
  ],
];

export const malformed: readonly Malformed[] = [...ofCalls, ...ofOrder, ...ofBlocks, ...ofQueries, ...ofPallets];
