/**
 * A chain that is made up: its blocks say what the engine says, unless somebody falsifies them. Its runtime is the lab's, as far as
 * metadata and the bytes of extrinsics and events go; nothing is executed.
 */
import { genesisOf, makeCast } from '../../src/properties/cast.js';
import type { Origin, Outcome, RawDiff, RawState } from '../../src/spec/answers.js';
import { callOf, type Call } from '../../src/spec/calls.js';
import { errors, events, type EventName } from '../../src/spec/events.js';
import { blake2_256 } from '../../src/spec/hashing.js';
import { concat, fromHex, hexOfText, toHex, type Hex } from '../../src/spec/hex.js';
import { Rules } from '../../src/spec/rules.js';
import { compactDigits, encode } from '../../src/spec/scale.js';
import type { Type } from '../../src/spec/shape.js';
import { EngineTarget } from '../../src/targets/engine-target.js';
import { checkLayout } from '../../src/targets/layout.js';
import { parseMetadata, zeroOf, type RuntimeMetadata, type VariantMetadata } from '../../src/targets/metadata.js';
import { storageCalls } from '../../src/targets/node/system-calls.js';
import { ExtrinsicEncoder } from '../../src/targets/runtime/extrinsic.js';
import { encodeSettings, palletNamed, type LabSettings } from '../../src/targets/runtime/genesis.js';
import { RuntimeInstance } from '../../src/targets/runtime/instance.js';
import { loadRuntime } from '../../src/targets/runtime/runtime.js';
import { Storage } from '../../src/targets/runtime/storage.js';
import { Translation } from '../../src/targets/runtime/translation.js';
import type { SeenEvent } from '../../src/targets/target.js';
import { LAB } from '../lab.js';

/** A runtime as a node tells of it. */
export interface ChainRuntime {
  readonly codeHash: Hex;
  readonly specName: string;
  readonly specVersion: number;
  /** SCALE. */
  readonly encoded: Hex;
  readonly metadata: RuntimeMetadata;
}

export const chainRuntime = async (file: string): Promise<ChainRuntime> => {
  const { compiled, version, code } = await loadRuntime(file);
  const instance = new RuntimeInstance(compiled, new Storage(), { uncounted: null, computesRoots: false });
  const opaque = instance.call('Metadata_metadata', new Uint8Array());
  // Behind a length of four bytes.
  const encoded = toHex(opaque.subarray(4));
  const names = { specName: version.spec_name, specVersion: version.spec_version };
  return { ...names, codeHash: blake2_256(toHex(code)), encoded, metadata: parseMetadata(fromHex(encoded)) };
};

export const LAB_RUNTIME = await chainRuntime(LAB);

export interface ChainBlock {
  readonly number: number;
  readonly hash: Hex;
  readonly parent: Hex;
  readonly extrinsics: readonly Hex[];
  readonly events: Hex;
  readonly sudo: Hex;
  readonly lab: Hex | null;
  /** Executes the next block. */
  readonly runtime: ChainRuntime;
  readonly state: RawState;
}

/** One extrinsic, and what is not as the engine says. */
export type Step =
  | {
      readonly call: Call;
      readonly origin: Origin;
      readonly outcome?: Outcome;
      readonly events?: (all: readonly SeenEvent[]) => readonly SeenEvent[];
    }
  /** Root's, of another pallet; what it does to storage is said. */
  | { readonly other: Hex; readonly changes?: RawDiff; readonly lab?: LabSettings };

interface Falsified {
  /** Of the state after the block. */
  readonly changes?: RawDiff;
  /** The same, of bytes that no engine would take; from then on. */
  readonly over?: Readonly<Record<Hex, Hex>>;
  /** Takes the place of the runtime, for the next block. */
  readonly upgrade?: ChainRuntime;
  /** Of the block's own. */
  readonly opening?: readonly SeenEvent[];
}

export const cast = makeCast();
const genesis = genesisOf(cast, 0n);
const settings: LabSettings = { rules: Rules.deployed, releasePeriod: 20n, mutant: 0 };

export const root: Origin = { kind: 'root', account: cast.sudo.id };
export const user = (number: number): Origin => ({ kind: 'signed', account: cast.users[number]?.id ?? '0x' });

export const purchase = (number = 0): Step => ({
  call: callOf('Marketplace.purchase_plan', {
    plan_id: cast.plans[0] ?? '0x',
    plan_technical_description: hexOfText('{}'),
    image_name: hexOfText('debian'),
    image_url: hexOfText('https://image'),
    cloud_init_cid: null,
    pay_for: null,
    miner_id: null,
  }),
  origin: user(number),
});
export const addIp = (ip: string): Step => ({
  call: callOf('PalletIp.add_available_vm_ip', { ip: hexOfText(ip) }),
  origin: root,
});
/** Fails: nobody has such a plan. */
export const stop = (number = 0): Step => ({
  call: callOf('Compute.request_compute_stop', { plan_id: cast.plans[1] ?? '0x' }),
  origin: user(number),
});
/** Storage that root writes, through a call that is not the engine's to predict. */
export const setStorage = (changes: RawDiff): Step => ({
  other: storageCalls(LAB_RUNTIME.metadata, changes)[0] ?? '0x',
  changes,
});
export const setMutant = (mutant: number): Step => ({
  other: labCall('set_mutant', toHex(Buffer.of(mutant, 0, 0, 0))),
  lab: { ...settings, mutant },
});
export const setPromised = (): Step => {
  const lab = { ...settings, rules: Rules.promised };
  return { other: labCall('set_rules', toHex(encodeSettings(lab).subarray(0, 5))), lab };
};

const labCall = (name: string, args: Hex): Hex => {
  const lab = palletNamed(LAB_RUNTIME.metadata, 'Lab');
  const call = lab?.calls.find((each) => each.name === name);
  return concat(toHex(Buffer.of(lab?.index ?? 0, call?.index ?? 0)), args);
};

const TIMESTAMP = '0x280502000bb02abe2ca201';

const variantOf = (metadata: RuntimeMetadata, pallet: string, name: string): readonly [number, VariantMetadata] => {
  const found = palletNamed(metadata, pallet);
  const variant = found?.events.find((each) => each.name === name);
  if (found === undefined || variant === undefined) throw new Error(`no event ${pallet}.${name}`);
  return [found.index, variant];
};

const dispatchError = (outcome: Outcome): Hex => {
  if ('badOrigin' in outcome) return '0x02';
  if (!('module' in outcome)) return '0x00';
  const { pallet, error } = outcome.module;
  const index = palletNamed(LAB_RUNTIME.metadata, pallet)?.index ?? 0;
  const all: readonly string[] = (errors as Readonly<Record<string, readonly string[]>>)[pallet] ?? [];
  return toHex(Buffer.of(3, index, Math.max(0, all.indexOf(error)), 0, 0, 0));
};

const isOk = (outcome: Outcome): boolean => 'ok' in outcome;

export class ScriptedChain {
  readonly blocks: ChainBlock[] = [];
  private readonly engine = new EngineTarget({ rules: Rules.deployed, releasePeriod: settings.releasePeriod });
  private lab: Hex = toHex(encodeSettings(settings));
  private readonly nonces = new Map<Hex, number>();
  private over: Readonly<Record<Hex, Hex>> = {};
  private added: readonly (() => void)[] = [];

  constructor(private readonly label = 'a chain') {
    this.engine.beginAfter({ block: 0n, sudo: cast.sudo.id, storage: genesis.storage });
    this.push([], '0x00', LAB_RUNTIME);
  }

  /** Calls `told` whenever there is another block. */
  watch(told: () => void): void {
    this.added = [...this.added, told];
  }

  get head(): ChainBlock {
    const head = this.blocks.at(-1);
    if (head === undefined) throw new Error('a chain has its genesis');
    return head;
  }

  /** The next block, with these extrinsics. */
  add(steps: readonly Step[] = [], { changes = {}, over = {}, upgrade, opening }: Falsified = {}): ChainBlock {
    const records: Hex[] = [];
    const extrinsics = [TIMESTAMP, ...steps.map((step) => this.extrinsic(step))];
    const opened = this.engine.advance(1n).flatMap((each) => each.events);
    for (const event of opening ?? opened) records.push(this.record(null, this.ours(event)));
    records.push(this.record(0, this.success()));
    for (const [at, step] of steps.entries()) records.push(...this.apply(step, at + 1));
    this.engine.inject(changes);
    this.over = { ...this.over, ...over };
    const events = '0x' + compactDigits(records.length) + concat(...records).slice(2);
    return this.push(extrinsics, events, upgrade ?? this.head.runtime);
  }

  /** So many empty blocks. */
  idle(count: number): void {
    for (let block = 0; block < count; block += 1) this.add();
  }

  private push(extrinsics: readonly Hex[], events: Hex, runtime: ChainRuntime): ChainBlock {
    const number = this.blocks.length;
    const block: ChainBlock = {
      number,
      hash: blake2_256(hexOfText(`${this.label} ${number}`)),
      parent: this.blocks.at(-1)?.hash ?? blake2_256('0x'),
      extrinsics,
      events,
      sudo: cast.sudo.id,
      lab: this.lab,
      runtime,
      state: { ...this.engine.readAll('0x'), ...this.over },
    };
    this.blocks.push(block);
    for (const told of this.added) told();
    return block;
  }

  private get metadata(): RuntimeMetadata {
    return this.head.runtime.metadata;
  }

  private extrinsic(step: Step): Hex {
    const { metadata } = this;
    const translation = new Translation(checkLayout(metadata), metadata);
    const encoder = new ExtrinsicEncoder(metadata, { specVersion: 1, transactionVersion: 1, genesisHash: '0x' });
    const call = 'call' in step ? translation.encodeCall(step.call) : step.other;
    const origin = 'call' in step ? step.origin : root;
    if (origin.kind === 'none') return encoder.bare(call);
    const { account } = origin;
    const nonce = this.nonces.get(account) ?? 0;
    this.nonces.set(account, nonce + 1);
    return encoder.signed(origin.kind === 'root' ? translation.encodeSudo(call) : call, { account, nonce });
  }

  private apply(step: Step, index: number): Hex[] {
    const of = (event: Hex): Hex => this.record(index, event);
    if (!('call' in step)) {
      this.engine.inject(step.changes ?? {});
      if (step.lab) this.lab = toHex(encodeSettings(step.lab));
      return [of(this.sudid({ ok: true })), of(this.success())];
    }
    const answer = this.engine.dispatch(step.call, step.origin);
    const outcome = step.outcome ?? answer.outcome;
    const deposited = (step.events?.(answer.events) ?? answer.events).map((event) => of(this.ours(event)));
    if (step.origin.kind === 'root') return [...deposited, of(this.sudid(outcome)), of(this.success())];
    return [...deposited, of(isOk(outcome) ? this.success() : this.failure(outcome))];
  }

  private record(extrinsic: number | null, event: Hex): Hex {
    const phase = extrinsic === null ? '0x02' : toHex(Buffer.of(0, extrinsic, 0, 0, 0));
    return concat(phase, event, '0x00');
  }

  private ours({ index, name, fields }: SeenEvent): Hex {
    const type: Type<unknown> = events[name as EventName].fields;
    return concat(toHex(Buffer.of(...index)), encode(type, fields));
  }

  private success(): Hex {
    const [pallet, { index, fields }] = variantOf(this.metadata, 'System', 'ExtrinsicSuccess');
    return concat(toHex(Buffer.of(pallet, index)), ...fields.map(({ type }) => zeroOf(this.metadata, type)));
  }

  private failure(outcome: Outcome): Hex {
    const [pallet, { index, fields }] = variantOf(this.metadata, 'System', 'ExtrinsicFailed');
    const [, ...rest] = fields.map(({ type }) => zeroOf(this.metadata, type));
    return concat(toHex(Buffer.of(pallet, index)), dispatchError(outcome), ...rest);
  }

  private sudid(outcome: Outcome): Hex {
    const [pallet, { index }] = variantOf(this.metadata, 'Sudo', 'Sudid');
    const result = isOk(outcome) ? '0x00' : concat('0x01', dispatchError(outcome));
    return concat(toHex(Buffer.of(pallet, index)), result);
  }
}
