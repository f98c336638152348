/** The commands that the README and docs/ show, and how tests run them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assay, root, type Ran } from './cli/run-cli.js';

export const pages: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'recordings/README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

export const text = (page: string): string => readFileSync(join(root, page), 'utf8');

/** The code blocks of a language. */
export const blocks = (language: string): string[] =>
  pages.flatMap((page) =>
    [...text(page).matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, body = '']) => body),
  );

export interface DocumentedCommand {
  readonly command: string;
  /** The exit code that its comment promises. */
  readonly code: number;
}

const documented = (line: string): DocumentedCommand => {
  const [command = '', comment = ''] = line.split('#');
  return { command: command.trim(), code: Number(/exits with (\d)/.exec(comment)?.[1] ?? 0) };
};

/** `npx assay ...` lines; what several pages show is there once, unless they promise another exit code. */
export const commands: readonly DocumentedCommand[] = [
  ...new Map(
    blocks('sh')
      .flatMap((block) => block.split('\n'))
      .filter((line) => line.startsWith('npx assay'))
      .map(documented)
      .map((each) => [`${each.command} ${each.code}`, each]),
  ).values(),
];

/** Whether it needs k6, and some of them the omni-node. */
export const isLoad = ({ command }: DocumentedCommand): boolean => command.startsWith('npx assay load run');

/** Whether it needs a chain that goes on. */
export const isFollow = ({ command }: DocumentedCommand): boolean => command.startsWith('npx assay follow');

/** The node that the documentation says is there. */
const URL_THERE = 'ws://127.0.0.1:9944';

/** Scenarios of a gate, a third of the default: that one is what the gate's own tests look at. */
const GATE_RUNS = '40';

/** Runs it as it stands, but for what it writes, which goes to `folder`, and the node that is there, which is at `url`. */
export const runDocumented = ({ command }: DocumentedCommand, folder: string, url = URL_THERE): Promise<Ran> => {
  const args = command
    .replace(URL_THERE, url)
    .replace(/^npx assay ?/, '')
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => word.replaceAll("'", ''));
  const isWritten = (word: string, at: number): boolean =>
    /\.(ndjson|html|xml|md)$/.test(word) || ['--out', '--checkpoint'].includes(args[at - 1] ?? '');
  const inFolder = args.map((word, at) => (isWritten(word, at) ? join(folder, word) : word));
  const keeps = args[0] === 'check' || args[0] === 'gate';
  return assay(keeps ? [...inFolder, '--out', folder] : inFolder, {
    env: args[0] === 'gate' ? { ASSAY_RUNS: GATE_RUNS } : {},
  });
};
