/** Tampering with what calls and queries answered: outcomes, validity, events, bytes. Nothing later builds upon these. */
import type { Outcome, Validity } from '../../src/spec/answers.js';
import type { RecordedEvent } from '../../src/spec/recording.js';
import { isCall, isQuery } from './small-recording.js';
import { change, changeCall, compute, flipped, metrics, type Tampered, type Tampering } from './tampering.js';

const outcome = (what: string, from: (outcome: Outcome) => boolean, to: Outcome): Tampering => [
  what,
  ['outcome'],
  () =>
    changeCall(
      (call) => from(call.outcome),
      (call) => ({ ...call, outcome: to }),
    ),
];

const outer = (what: string, from: (outcome: Outcome) => boolean, to: Outcome): Tampering => [
  what,
  ['outer outcome'],
  () =>
    changeCall(
      (call) => call.outer !== undefined && from(call.outer),
      (call) => ({ ...call, outer: to }),
    ),
];

const outcomes: readonly Tampering[] = [
  outcome('an outcome: ok to DispatchError::Other', (was) => 'ok' in was, { other: true }),
  outcome('an outcome: ok to a panic', (was) => 'ok' in was, { panic: true }),
  outcome('an outcome: a panic to invalid', (was) => 'panic' in was, { invalid: 'Call' }),
  outcome('an outcome: invalid to unknown', (was) => 'invalid' in was, { unknown: 'Call' }),
  outcome('an outcome: one invalid to another', (was) => 'invalid' in was, { invalid: 'Stale' }),
  outcome('an outcome: BadOrigin to another error', (was) => 'badOrigin' in was, { dispatchError: 'BadOrigin' }),
  outcome('an outcome: DispatchError::Other to ok', (was) => 'other' in was, { ok: true }),
  outcome("an error's name", (was) => 'module' in was, { module: { pallet: 'Compute', error: 'InvalidSignature' } }),
  outcome("an error's pallet", (was) => 'module' in was && was.module.error === 'NoAvailableIp', {
    module: { pallet: 'Compute', error: 'NoAvailableIp' },
  }),
  outer('the outcome of Sudo.sudo', (was) => 'ok' in was, { other: true }),
  outer('the outcome of Sudo.sudo by a wrong key', (was) => 'module' in was, { ok: true }),
];

type Valid = Extract<Validity, { ok: unknown }>['ok'];

const validity = (what: string, to: (valid: Valid) => Validity): Tampering => [
  what,
  ['validity'],
  () =>
    changeCall(
      (call) => call.validity !== undefined && 'ok' in call.validity,
      (call) =>
        call.validity !== undefined && 'ok' in call.validity ? { ...call, validity: to(call.validity.ok) } : call,
    ),
];

const validities: readonly Tampering[] = [
  validity('a byte of a tag', (ok) => ({ ok: { ...ok, provides: ok.provides.map((tag) => flipped(tag, 60)) } })),
  validity('a second tag', (ok) => ({ ok: { ...ok, provides: [...ok.provides, '0x00'] } })),
  validity('no tag', (ok) => ({ ok: { ...ok, provides: [] } })),
  validity('a required tag', (ok) => ({ ok: { ...ok, requires: ['0x00'] } })),
  validity('the priority', (ok) => ({ ok: { ...ok, priority: '18446744073709551614' } })),
  validity('the longevity', (ok) => ({ ok: { ...ok, longevity: '64' } })),
  validity('the propagation', (ok) => ({ ok: { ...ok, propagate: false } })),
  validity('validity: ok to invalid', () => ({ invalid: 'Call' })),
  validity('validity: ok to unknown', () => ({ unknown: 'NoUnsignedValidator' })),
  [
    'validity: one invalid to another',
    ['validity'],
    () =>
      changeCall(
        (call) => call.validity !== undefined && 'invalid' in call.validity,
        (call) => ({ ...call, validity: { invalid: 'Stale' } }),
      ),
  ],
];

type Events = readonly RecordedEvent[];

const changeEvents = (least: number, to: (events: Events) => Events): Tampered =>
  changeCall(
    ({ events }) => events.length >= least,
    (call) => ({ ...call, events: [...to(call.events)] }),
  );

const event = (what: string, to: (event: RecordedEvent) => RecordedEvent): Tampering => [
  what,
  ['events'],
  () => changeEvents(1, ([first, ...more]) => (first ? [to(first), ...more] : more)),
];

const [someEvent] = compute.lines.filter(isCall).flatMap((call) => call.events);

const events: readonly Tampering[] = [
  event("a byte of an event's field", ({ fields, ...of }) => ({ ...of, fields: { ...fields, plan_id: '0x00' } })),
  event('a field too many', ({ fields, ...of }) => ({ ...of, fields: { ...fields, more: '0x' } })),
  event('no fields', (of) => ({ ...of, fields: {} })),
  event("an event's name", (of) => ({ ...of, name: 'Compute.IpReturned' })),
  event("an event's pallet", (of) => ({ ...of, name: of.name.replace('Compute', 'PalletIp') })),
  event("an event's index", ({ index: [pallet, index], ...of }) => ({ ...of, index: [pallet, index + 1] })),
  event("the index of an event's pallet", ({ index: [pallet, index], ...of }) => ({
    ...of,
    index: [pallet + 1, index],
  })),
  ['the order of events', ['events'], () => changeEvents(2, (all) => all.toReversed())],
  ['a missing event', ['events'], () => changeEvents(1, (all) => all.slice(1))],
  ['a last event missing', ['events'], () => changeEvents(2, (all) => all.slice(0, -1))],
  ['an event twice', ['events'], () => changeEvents(1, (all) => [...all, ...all.slice(0, 1)])],
  [
    'an event of a call that failed',
    ['events'],
    () =>
      changeCall(
        (call) => 'module' in call.outcome,
        (call) => ({ ...call, events: someEvent ? [someEvent] : [] }),
      ),
  ],
];

const queries: readonly Tampering[] = [
  [
    "a byte of a query's answer",
    ['query'],
    () => change(metrics, isQuery, (query) => ({ ...query, result_hex: flipped(query.result_hex) })),
  ],
  [
    "a query's answer without its end",
    ['query'],
    () => change(metrics, isQuery, (query) => ({ ...query, result_hex: query.result_hex.slice(0, -2) })),
  ],
  [
    'the node that a query is about',
    ['query'],
    () =>
      change(
        metrics,
        isQuery,
        (query) => ({ ...query, args: { node_id: '0x77' } }),
        ({ result_hex }) => result_hex.length > 4,
      ),
  ],
];

export const tamperedAnswers: readonly Tampering[] = [...outcomes, ...validities, ...events, ...queries];
