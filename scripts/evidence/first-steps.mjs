/**
 * From an empty folder: the package's tarball installed as anybody would, an audit of a blob with its page, a property of one's own beside it.
 * Each as long as it takes, the downloads of npm among them.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { claim, Finding, now, rounded, scratchFolder, sum } from './claim.mjs';

const LIMIT_SECONDS = 300;
const BLOB = 'my-runtime.wasm';

await claim(async () => {
  const folder = scratchFolder();
  const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { encoding: 'utf8' });
  const tarball = packed.trim().split('\n').at(-1);
  const steps = [];
  const step = (what, expected, command, ...args) => {
    const started = now();
    const { status, stdout } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
    if (status !== expected) throw new Finding(`${what}: expected exit ${expected}, came ${status}: ${stdout}`);
    steps.push({ what, seconds: rounded((now() - started) / 1000, 1) });
  };
  step('install', 0, 'npm', 'install', '--no-audit', '--no-fund', `./${tarball}`, 'vitest', 'fast-check');
  cpSync('runtime/lab.wasm', join(folder, BLOB));
  const audit = `npx assay audit --target ${BLOB} --runs 40 --steps 40 --seed 1 --report audit.html`;
  step('audit', 0, ...audit.split(' '));
  cpSync('docs/examples/own-property/one-ip.test.ts', join(folder, 'one-ip.test.ts'));
  step('property', 0, 'npx', 'vitest', 'run');
  return {
    package: `pallet-assay ${JSON.parse(readFileSync('package.json', 'utf8')).version}`,
    tarballBytes: statSync(join(folder, tarball)).size,
    reportBytes: statSync(join(folder, 'audit.html')).size,
    steps,
    seconds: rounded(sum(steps.map(({ seconds }) => seconds)), 1),
    limitSeconds: LIMIT_SECONDS,
  };
});
