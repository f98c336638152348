/**
 * What to do next, by what a run came to: commands that are true for the command line that was given. They stand in `next` of
 * `run-finished`, and below the table.
 */
import { quoted } from '../properties/counterexample.js';
import { worstFirst } from '../reports/results.js';
import type { Counterexample, Emit, Finding, SuiteFinished, Verdict } from '../spec/run-events.js';
import type { ReportOptions } from './report-files.js';

/** What the command was told that a next step depends on. */
export interface NextFacts extends ReportOptions {
  readonly target?: string;
  readonly state?: string;
  readonly expect?: string;
  readonly checkpoint?: string;
  readonly out?: string;
  readonly runs?: number;
  readonly time?: string;
}

/** A command's words as they may be kept: the secret URI is nobody else's. */
export const withoutSecrets = (words: readonly string[]): string[] =>
  words.map((word, at) => {
    if (words[at - 1] === '--suri') return '***';
    return word.startsWith('--suri=') ? '--suri=***' : word;
  });

const commandLine = (...words: readonly string[]): string => `npx assay ${words.map(quoted).join(' ')}`;

/** Commands that take `--seed`. */
const SEEDED = new Set(['check', 'record', 'audit', 'gate', 'load']);
/** Commands that take `--expect`. */
const EXPECTING = new Set(['audit', 'gate']);

/** The name of the command; empty where there is none. */
const nameIn = (words: readonly string[]): string =>
  words.find((word, at) => !word.startsWith('-') && words[at - 1] !== '--config') ?? '';

/** For `check`, whose default depends on the target: four times that in this process, and on a node. Others' defaults come with their flags. */
const MORE_RUNS = { here: 1_600, node: 24 } as const;
const RUNS_FACTOR = 4;

const isNode = (target: string): boolean => /^(wss?:|chopsticks|omni)/.test(target);
const isUrl = (target: string): boolean => /^wss?:/.test(target);
const RUNTIME = 'runtime:';

/** What a run has shown so far, as far as it matters for what comes next. */
export class Prospect {
  private readonly words: readonly string[];
  private readonly name: string;
  private readonly findings: Finding[] = [];
  private readonly counterexamples: Counterexample[] = [];
  private readonly suites: SuiteFinished[] = [];
  private seed: number | undefined;

  /** @param words the arguments of the command line */
  constructor(
    words: readonly string[],
    private readonly facts: NextFacts,
  ) {
    this.words = withoutSecrets(words);
    this.name = nameIn(words);
  }

  readonly emit: Emit = (event) => {
    // The seed of a recording that is replayed is not the command's.
    if (event.type === 'suite-started' && event.kind !== 'replay') this.seed ??= event.seed;
    if (event.type === 'suite-finished') this.suites.push(event);
    if (event.type === 'counterexample') this.counterexamples.push(event);
    if (event.type === 'finding' && event.status === 'open') this.findings.push(event);
  };

  /** Whether nothing in this run was left to chance, or its words tell what came of it. */
  private isSeedTold(): boolean {
    const isTyped = this.words.some((word) => /^--seed(=|$)/.test(word));
    return this.seed === undefined || isTyped || !SEEDED.has(this.name);
  }

  /** The command of this run, with what was random in it told. */
  private again(): string {
    return commandLine(...this.words, ...(this.isSeedTold() ? [] : ['--seed', `${this.seed}`]));
  }

  /** The same scenarios, with a flag more. */
  private same(...flags: readonly string[]): string {
    const seed = this.isSeedTold() ? [] : ['--seed', `${this.seed}`];
    return `the same with ${[...seed, ...flags].map(quoted).join(' ')}`;
  }

  /** What shows the worst that is open, or what was found last. */
  private evidence(): Finding | Counterexample | undefined {
    const failed = new Set(this.suites.filter(({ verdict }) => verdict !== 'deviates').map(({ suite }) => suite));
    return (
      worstFirst(this.findings).find(({ command }) => command !== undefined) ??
      this.counterexamples.findLast(({ suite }) => failed.has(suite))
    );
  }

  private seenAgain(): string[] {
    const evidence = this.evidence();
    if (evidence?.command === undefined) return [];
    const what = evidence.type === 'finding' ? evidence.id : 'it';
    return [`see ${what} again: ${evidence.command}`];
  }

  private seenWhole(): string {
    const { report } = this.facts;
    return `see all of it as a page: ${report ?? this.same('--report', 'assay.html')}`;
  }

  private accepted(): string[] {
    if (!EXPECTING.has(this.name) || this.findings.every(({ kind }) => kind === 'expectation')) return [];
    const { expect } = this.facts;
    return [
      expect === undefined
        ? 'accept what is meant to be so: its id in an assay.yaml ("npx assay init" writes one), and --expect assay.yaml'
        : `accept what is meant to be so: its id in ${expect}`,
    ];
  }

  private afterFinding(): string[] {
    return [...this.seenAgain(), this.seenWhole(), ...this.accepted()];
  }

  private deeper(): string[] {
    const { runs, target = '', time } = this.facts;
    const searches = this.name === 'check' || this.name === 'audit' || this.name === 'gate';
    if (!searches || time !== undefined || target.startsWith('recording:')) return [];
    const more = runs === undefined ? MORE_RUNS[isNode(target) ? 'node' : 'here'] : runs * RUNS_FACTOR;
    return [`look deeper: the same with --runs ${more}`];
  }

  /** Where nothing is open. */
  private beyond(): string[] {
    const { target, state, out, checkpoint } = this.facts;
    const onTarget = target === undefined ? [] : ['--target', target];
    switch (this.name) {
      case 'check':
        if (target === undefined)
          return ['hold a runtime of your own against it: npx assay check --target runtime:FILE'];
        if (target.startsWith(RUNTIME))
          return [
            `see what breaks invariants in it: ${commandLine('audit', '--target', target.slice(RUNTIME.length))}`,
          ];
        return isUrl(target) ? [`see what others do on it: ${commandLine('follow', '--url', target)}`] : this.deeper();
      case 'replay':
        return [`go beyond what was recorded: ${commandLine('check', ...onTarget)}`];
      case 'record':
        if (out === undefined) return [];
        return state === undefined
          ? [`play it on the engine: ${commandLine('replay', out, '--target', 'engine')}`]
          : [`look for what is wrong in it: ${commandLine('audit', '--state', out)}`];
      case 'follow':
        return [
          checkpoint === undefined
            ? 'to go on from where it ends the next time, give --checkpoint FILE'
            : `${checkpoint} has how far it is: the next run with it goes on there`,
        ];
      case 'gate':
      case 'audit':
        return state === undefined
          ? ["look at a chain's own state, too: the same with --state ws://HOST"]
          : this.deeper();
      default:
        return [];
    }
  }

  /** @param verdict of a run that came to its end */
  next(verdict: Verdict): readonly string[] {
    if (this.suites.length === 0) return [];
    switch (verdict) {
      case 'conforms':
      case 'deviates':
        return this.beyond();
      case 'vacuous':
        // What reached nothing because it was not begun is not helped by more of it.
        return this.suites.some(({ verdict: each, steps }) => each === 'vacuous' && steps > 0) ? this.deeper() : [];
      case 'finding':
      case 'unattributed':
        return this.afterFinding();
      case 'absent':
      case 'not covered':
        return [this.seenWhole()];
      case 'error':
        return [];
      default:
        return verdict satisfies never;
    }
  }

  /** How a run that ended early is gone on with, or done anew. */
  private goingOn(): string {
    return this.name === 'follow' && this.facts.checkpoint !== undefined
      ? `to go on where it ended: ${this.again()}`
      : `to do it anew: ${this.again()}`;
  }

  /** After Ctrl-C. */
  afterInterrupt(): readonly string[] {
    const { json, junit, sarif, markdown, report, chart } = this.facts;
    const files = [json, junit, sarif, markdown, report, chart].filter((file) => file !== undefined);
    return [
      ...this.seenAgain(),
      ...(files.length === 0 ? [] : [`what was done so far is in ${files.join(', ')}`]),
      this.goingOn(),
    ];
  }

  /** After a node that failed. */
  afterFailure(): string {
    return `what was done so far is kept; ${this.goingOn()}`;
  }
}
