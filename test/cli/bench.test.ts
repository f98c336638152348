/** `assay bench` as a user runs it: figures, charts, limits, bad input. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { RunEvent } from '../../src/spec/run-events.js';
import { assay } from './run-cli.js';

const LAB = 'runtime:runtime/lab.wasm';
const folder = mkdtempSync(join(tmpdir(), 'assay-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

const eventsOf = (file: string): RunEvent[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => RunEvent.parse(JSON.parse(line)));

describe('assay bench', () => {
  it('tells figures with their machine, as a table, as events and as a page', async () => {
    const words = ['--axis', 'ips', '--sizes', '1,4', '--json', at('a.ndjson'), '--chart', at('a.html')];
    const ran = await assay(['bench', '--target', LAB, ...words]);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toMatch(/^measured on .*; node \d+\.\d+\.\d+, v8 .*, benny \d/);
    expect(ran.stdout).toMatch(/│ PalletIp.add_available_vm_ip +│ +[\d.]+ │ +[\d.]+ │/);
    expect(ran.stdout).toContain('measured: --json FILE has all figures');
    const told = eventsOf(at('a.ndjson'));
    expect(told.filter(({ type }) => type === 'machine')).toHaveLength(1);
    const page = readFileSync(at('a.html'), 'utf8');
    for (const event of told) if (event.type === 'figures') expect(page).toContain(event.title);
  });

  it('compares in turns, a bare file being a runtime', async () => {
    const words = ['--compare', 'runtime/lab.wasm?mutant=101', '--axis', 'requests', '--sizes', '200'];
    const ran = await assay(['bench', ...words, '--filter', 'request_compute_stop', '--json', at('b.ndjson')]);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    const told = eventsOf(at('b.ndjson'));
    const [table] = told.filter((event) => event.type === 'figures');
    const [finished] = told.filter((event) => event.type === 'suite-finished');
    expect(finished?.summary).toMatch(/^a life takes [\d.]+ \([\d.]+ to [\d.]+\) times as long at 200$/);
    expect(table?.rows.map(([name]) => name)).toEqual(['a whole life', 'Compute.request_compute_stop']);
  });

  it('counts how calls grow, and fails where one grows faster than is let pass', async () => {
    const words = ['--growth', '--sizes', '1,4,16', '--filter', 'request_compute_stop', '--json', at('c.ndjson')];
    expect(await assay(['bench', ...words])).toMatchObject({ code: 0, stderr: '' });
    const ran = await assay(['bench', ...words, '--fail-above', 'constant', '--target', `${LAB}?mutant=101`]);
    expect(ran).toMatchObject({ code: 1, stderr: '' });
    const found = eventsOf(at('c.ndjson')).filter((event) => event.type === 'finding');
    expect(found.map(({ id }) => id)).toContain('growth/Compute.request_compute_stop/requests/reads');
    expect(found.every(({ kind, status }) => kind === 'growth' && status === 'open')).toBe(true);
  });

  it.each([
    [['--growth', '--target', 'engine'], /--growth counts what a runtime reads and writes/],
    [['--growth', '--axis', 'ips'], /--axis goes with timing alone/],
    [['--growth', '--fail-above', 'cubic'], /--fail-above cubic: expected one of constant, logarithmic/],
    [['--growth', '--budget', 'reads=1'], /--budget reads=1: expected one of reads, writes, bytes/],
    [['--budget', 'reads=1@10'], /--budget is a limit for what --growth counts: give --growth with it/],
    [['--target', 'omni'], /--target omni: a node is timed under load \(assay load run\)/],
    [['--target', 'recording:x'], /a recording has no times of its own/],
    [['--compare', 'old.ndjson'], /--compare old.ndjson: figures of another time and machine say little/],
    [['--compare', 'chopsticks'], /--compare chopsticks: a node is timed under load/],
    [['--axis', 'requests,foo'], /expected some of requests, owned, miners, queue, ips, releases, came "foo"/],
    [['--sizes', '3M'], /--sizes: expected a whole number up to 2000000, .*, came "3M"/],
    [['--filter', 'nothing'], /--filter nothing: expected a part of one of PalletIp/],
    [['--chart', 'x.png'], /--chart x.png: expected a file that ends in .svg or .html/],
    [['--target', 'runtime:nothing.wasm'], /nothing.wasm: there is no such file/],
    [['--target', 'runtime:runtime/later.wasm'], /expected a runtime with all calls of a VM's life .* has not Compute/],
    [['--rules', 'foo'], /unknown rule "foo"/],
    [['--axsi', 'ips'], /unknown option '--axsi'[\s\S]*Did you mean --axis/],
  ])('says what is wrong with %j', async (words, message) => {
    const ran = await assay(['bench', '--sizes', '1', ...words]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(message);
    expect(ran.stderr).not.toMatch(/^ +at /m);
    expect(existsSync('x.png')).toBe(false);
  });
});
