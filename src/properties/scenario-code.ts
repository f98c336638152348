/** Recorded scenarios as the code of a test. */
import type { RawDiff } from '../spec/answers.js';
import { fromHex, isHex, type Hex } from '../spec/hex.js';
import type { RecordedLine, RecordedScenario } from '../spec/recording.js';
import type { Step } from '../spec/steps.js';
import { nameOfKey } from '../spec/storage.js';
import { makeCast, namesOf } from './cast.js';
import { stepText } from './counterexample.js';
import type { Names } from './readable.js';
import type { Scenario } from './recorded-steps.js';
import { callCode, nameCode, objectCode, stringCode, stringLiteral, valueCode, type Code } from './typescript-code.js';

/** Accounts by what the test calls them. */
type Accounts = ReadonlyMap<Hex, string>;

const accountsOf = (scenarios: readonly RecordedScenario[]): Accounts => {
  const names = new Map<Hex, string>();
  const counts = new Map<string, number>();
  const name = (account: Hex, role: string, first: string): void => {
    if (names.has(account)) return;
    const number = counts.get(role) ?? 0;
    counts.set(role, number + 1);
    names.set(account, number === 0 ? first : `${role}${number}`);
  };
  for (const { users, sub_accounts = [], sudo } of scenarios) {
    for (const user of users) name(user, 'user', 'user0');
    for (const account of sub_accounts) name(account, 'sub', 'sub0');
    name(sudo, 'sudo', 'sudo');
  }
  return names;
};

/** `user0` is "user 0" to a person; plans have names of the cast. */
const namesFor = (accounts: Accounts): Names =>
  new Map([...namesOf(makeCast()), ...[...accounts].map(([id, name]) => [id, name.replace(/(?=\d)/, ' ')] as const)]);

/** Characters of a literal of bytes that are written as the text that they are. */
const LONGEST_TEXT = 40;

/** The text that bytes are, where it is short and has no more than printable ASCII. */
const plainText = (bytes: Hex): string | null => {
  const text = Buffer.from(fromHex(bytes)).toString('latin1');
  return /^[\x20-\x7e]+$/.test(text) && stringLiteral(text).length <= LONGEST_TEXT ? text : null;
};

/** Scenarios as code: accounts are constants, and each step stands below what a person reads of it. */
export class ScenarioCode {
  private readonly accounts: Accounts;
  private readonly names: Names;
  /** Names that the code mentions. */
  private readonly used = new Set<string>();

  constructor(scenarios: readonly RecordedScenario[]) {
    this.accounts = accountsOf(scenarios);
    this.names = namesFor(this.accounts);
  }

  /** The accounts that the code so far mentions, as constants. */
  get constants(): string {
    const used = [...this.accounts].filter(([, name]) => this.used.has(name));
    return used.map(([account, name]) => `const ${name} = ${stringLiteral(account)};\n`).join('');
  }

  /** What the code so far calls. */
  get calls(): readonly string[] {
    return ['callOf', 'hexOfText'].filter((name) => this.used.has(name));
  }

  scenario({ genesis, steps }: Scenario): Code {
    const { block, sudo, accounts, paths, storage } = genesis;
    const code = {
      block: valueCode(block),
      sudo: this.text(sudo),
      accounts: valueCode(accounts, this.text),
      paths: paths ? this.paths(paths) : null,
      storage: rawCode(storage),
    };
    return objectCode({ genesis: objectCode(code, true), steps: this.steps(steps) }, true);
  }

  lines(lines: readonly RecordedLine[], steps: readonly Step[]): Code {
    let played = 0;
    const elements = lines.map((line) => {
      const step = 'scenario' in line ? undefined : steps[played++];
      const note = step ? stepText(step, this.names) : 'where it begins';
      return { note, code: valueCode('counts' in line ? { ...line, counts: undefined } : line) };
    });
    return { kind: 'list', elements };
  }

  private steps(steps: readonly Step[]): Code {
    const elements = steps.map((step) => ({ note: stepText(step, this.names), code: this.step(step) }));
    return { kind: 'list', elements };
  }

  private step(step: Step): Code {
    if ('advance' in step) return valueCode(step);
    if ('inject' in step) return objectCode({ inject: rawCode(step.inject) });
    if ('query' in step) return valueCode(step, this.text);
    const { call, origin } = step;
    const args = valueCode(call.args, this.text);
    const sent = this.call('callOf', stringCode(call.name), args);
    return objectCode({ call: sent, origin: valueCode(origin, this.text) });
  }

  private call(name: string, ...args: readonly Code[]): Code {
    this.used.add(name);
    return callCode(name, ...args);
  }

  /** An account's constant. */
  private nameOf(account: Hex): string | undefined {
    const name = this.accounts.get(account);
    if (name !== undefined) this.used.add(name);
    return name;
  }

  private paths(paths: Readonly<Record<Hex, string>>): Code {
    const properties = Object.entries(paths).map(([account, path]) => {
      const name = this.nameOf(account);
      return { key: name === undefined ? stringLiteral(account) : `[${name}]`, code: stringCode(path) };
    });
    return { kind: 'object', properties };
  }

  private readonly text = (text: string): Code => {
    const name = this.nameOf(text);
    if (name !== undefined) return nameCode(name);
    const plain = isHex(text) ? plainText(text) : null;
    return plain === null ? stringCode(text) : this.call('hexOfText', stringCode(plain));
  };
}

/** Storage, each value below what it is of. */
const rawCode = (raw: RawDiff): Code => ({
  kind: 'object',
  properties: Object.entries(raw).map(([key, value]) => ({
    key: stringLiteral(key),
    note: nameOfKey(key),
    code: valueCode(value),
  })),
});
