/** What nodes report of themselves (BEHAVIOUR.md section 8), registered or not: sensible figures, and those at the edges. */
import { argsType, callNamed, type CallName } from '../../spec/calls.js';
import { NO_SIGNATURE } from '../../spec/signatures.js';
import type { Shape } from '../../spec/shape.js';
import type { Step } from '../../spec/steps.js';
import { nodesOf } from '../cast.js';
import { choose, type Command, type Model } from './command.js';
import { inTurn, valueOf, type Next } from './edges.js';

/** In the order in which a node sends them. */
export const REPORTS = [
  'ExecutionUnit.put_node_specs',
  'ExecutionUnit.update_metrics_data',
  'ExecutionUnit.update_pin_check_metrics',
] as const satisfies readonly CallName[];

const [SPECS] = REPORTS;

/** Figures of a node that works, of one that does not tell, and the end of the type: sums wrap from there (DEV-26). */
const FIGURES: readonly ((bits: number) => bigint)[] = [
  () => 0n,
  () => 1n,
  (bits) => (1n << BigInt(bits)) - 1n,
  () => 50n,
  () => 3n,
  (bits) => (1n << BigInt(bits)) - 2n,
  () => 1_440n,
  () => 65_536n,
  (bits) => 1n << BigInt(bits - 1),
  () => 7n,
];

/** A value whose figures are a node's. Options are there more often than not: what is missing is seldom the edge. */
const reported = (shape: Shape, next: Next): unknown => {
  switch (shape.kind) {
    case 'uint': {
      const value = choose(FIGURES, next())(shape.bits);
      return shape.bits < 64 ? Number(value) : value;
    }
    case 'option':
      return next() % 3 === 0 ? null : reported(shape.of, next);
    case 'struct':
      return Object.fromEntries(shape.fields.map(({ name, shape: of }) => [name, reported(of, next)]));
    case 'list':
      return Array.from({ length: next() % 4 }, () => reported(shape.of, next));
    case 'bool':
    case 'bytes':
    case 'text':
    case 'fixed':
    case 'enum':
      return valueOf(shape, next);
    default:
      return shape satisfies never;
  }
};

/** What a list has where it is long: an entry each takes a byte, so that the report is not larger than others. */
const MANY = 10_000;

const withLongList = (info: unknown, number: number): unknown => {
  if (typeof info !== 'object' || info === null) return info;
  return { ...info, [choose(['zfs_info', 'raid_info'], number)]: Array.from({ length: MANY }, () => '0x') };
};

/** A report; `numbers` decide its values in order. Nobody checks who signed it. */
export class ReportMetrics implements Command {
  constructor(
    private readonly report: number,
    private readonly node: number,
    private readonly numbers: readonly number[],
    private readonly isLong = false,
  ) {}

  resolve({ engine, cast }: Model): Step {
    const node_id = choose([...nodesOf(cast).map(({ node }) => node), ...cast.strangers], this.node);
    const isKnown = engine.state.ExecutionUnit.NodeMetrics.has(node_id);
    // Metrics of a node without specs are refused: seldom, for there is nothing else to see.
    const name = isKnown || (this.numbers[0] ?? 0) % 4 === 3 ? choose(REPORTS, this.report) : SPECS;
    const next = inTurn(this.numbers);
    const args: Record<string, unknown> = {};
    const { shape } = argsType(name);
    for (const field of shape.kind === 'struct' ? shape.fields : []) args[field.name] = reported(field.shape, next);
    if (this.isLong && 'system_info' in args) args.system_info = withLongList(args.system_info, this.node);
    const fixed = { node_id, signature: NO_SIGNATURE };
    return { call: callNamed(name, { ...args, ...fixed }), origin: { kind: 'none' } };
  }

  toString(): string {
    return `ReportMetrics(${choose(REPORTS, this.report)}, node ${this.node}, [${this.numbers.join(', ')}]${this.isLong ? ', long' : ''})`;
  }
}
