/** The one question that a runtime answers from outside: a node's metrics, which lose on the way what is no text (DEV-18). */
import type { Step } from '../../spec/steps.js';
import { nodesOf } from '../cast.js';
import { choose, type Command, type Model } from './command.js';

export class AskMetrics implements Command {
  constructor(private readonly node: number) {}

  resolve({ engine, cast }: Model): Step {
    const known = engine.state.ExecutionUnit.NodeMetrics.present().map(([node]) => node);
    const nodes = [...known, ...nodesOf(cast).map(({ node }) => node), ...cast.strangers];
    return { query: 'get_node_metrics', args: { node_id: choose(nodes, this.node) } };
  }

  toString(): string {
    return `AskMetrics(node ${this.node})`;
  }
}
