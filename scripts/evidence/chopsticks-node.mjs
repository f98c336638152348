/**
 * Chopsticks in a process of its own: installed into a temporary folder, started on loopback with a free port, spoken to in
 * JSON-RPC over one WebSocket, and ended with this process at the latest.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { clearTimeout, setTimeout } from 'node:timers';
import { promisify } from 'node:util';
import { scratchFolder } from './claim.mjs';

export const VERSION = '1.5.1';

const PACKAGE = {
  private: true,
  dependencies: { '@acala-network/chopsticks': VERSION },
  // Only its database option needs sqlite3, whose build takes a minute and more.
  overrides: { sqlite3: 'npm:empty-npm-package@1.0.0' },
};

/** YAML takes JSON. */
const CONFIG = {
  host: '127.0.0.1',
  /** Any that is free. */
  port: 0,
  'mock-signature-host': true,
  'build-block-mode': 'Manual',
  /** Without it the genesis, to which each scenario goes back, is forgotten after 500 blocks. */
  'max-memory-block-count': 100_000,
  /** As the lab runtime has it; Chopsticks takes `u32` for granted, with which it can't jump over blocks. */
  'registered-types': { types: { BlockNumber: 'u64' } },
};

/** Milliseconds. */
const INSTALL_LIMIT = 300_000;
const START_LIMIT = 120_000;
const REQUEST_LIMIT = 60_000;

/** Thrown where Chopsticks could not do its part, which says nothing of the claim: then it is not measured. */
export class NotMeasured extends Error {
  name = 'NotMeasured';
}

const within = (limit, what, promise) =>
  new Promise((resolve, reject) => {
    const late = () => reject(new NotMeasured(`${what}: not done within ${limit / 1000} s`));
    const timer = setTimeout(late, limit);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });

const install = async (folder) => {
  writeFileSync(join(folder, 'package.json'), JSON.stringify(PACKAGE));
  const words = ['install', '--no-audit', '--no-fund', '--loglevel', 'error'];
  const installing = promisify(execFile)('npm', words, { cwd: folder, timeout: INSTALL_LIMIT });
  const end = () => installing.child.kill();
  process.once('exit', end);
  try {
    await installing;
  } catch (error) {
    process.stderr.write(`${error.stderr ?? error}\n`);
    const code = /npm error code (\w+)/.exec(error.stderr ?? '')?.[1] ?? `exit code ${error.code}`;
    throw new NotMeasured(`npm install of @acala-network/chopsticks ${VERSION} failed (${code})`);
  } finally {
    process.off('exit', end);
  }
};

/** The URL that it says it listens on. What else it says is read away: a full pipe would hold it up. */
const listening = (node) =>
  new Promise((resolve, reject) => {
    const said = [];
    let url;
    const read = (line) => {
      if (url !== undefined) return;
      said.push(line);
      url = /listening on .*(ws:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    };
    for (const stream of [node.stdout, node.stderr]) createInterface({ input: stream }).on('line', read);
    node.once('error', () => reject(new NotMeasured('Chopsticks could not be started')));
    node.once('exit', (code, signal) => {
      if (url !== undefined) return;
      process.stderr.write(said.map((line) => `  ${line}\n`).join(''));
      reject(new NotMeasured(`Chopsticks ended (${code ?? signal}) before it listened`));
    });
  });

/** One connection; answers by request. */
class Connection {
  pending = new Map();
  next = 0;

  constructor(socket) {
    this.socket = socket;
    socket.on('message', (data) => this.receive(JSON.parse(data.toString())));
    const lost = () => {
      for (const { reject } of this.pending.values()) reject(new NotMeasured('Chopsticks closed the connection'));
      this.pending.clear();
    };
    socket.on('close', lost);
    socket.on('error', lost);
  }

  receive({ id, result, error }) {
    const asked = this.pending.get(id);
    this.pending.delete(id);
    if (error) asked?.reject(new NotMeasured(`Chopsticks refused ${asked.method}: ${error.message}`));
    else asked?.resolve(result);
  }

  request(method, ...params) {
    const id = (this.next += 1);
    const answered = new Promise((resolve, reject) => this.pending.set(id, { method, resolve, reject }));
    this.socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    return within(REQUEST_LIMIT, `Chopsticks' ${method}`, answered);
  }
}

const connect = async (folder, url) => {
  // Node has a WebSocket of its own from 22 on only.
  const { WebSocket } = createRequire(join(folder, 'package.json'))('ws');
  const socket = new WebSocket(url);
  await within(START_LIMIT, 'connecting to Chopsticks', once(socket, 'open'));
  return new Connection(socket);
};

/**
 * Runs `body` with a connection to a Chopsticks that begins with a raw chain spec's `storage`, and ends it.
 * @throws NotMeasured where it can't be had
 */
export const withChopsticks = async (storage, body) => {
  const folder = scratchFolder();
  await install(folder);
  const spec = join(folder, 'spec.json');
  const raw = { top: storage, childrenDefault: {} };
  const head = { name: 'Lab', id: 'lab', chainType: 'Development', bootNodes: [], properties: {} };
  writeFileSync(spec, JSON.stringify({ ...head, genesis: { raw } }));
  const config = join(folder, 'config.json');
  writeFileSync(config, JSON.stringify({ ...CONFIG, genesis: spec }));
  const program = join(folder, 'node_modules/@acala-network/chopsticks/chopsticks.cjs');
  const node = spawn(process.execPath, [program, '--config', config], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: folder,
  });
  const end = () => node.kill('SIGKILL');
  process.once('exit', end);
  try {
    return await body(await connect(folder, await within(START_LIMIT, 'starting Chopsticks', listening(node))));
  } finally {
    const isOver = node.exitCode !== null || node.signalCode !== null || node.pid === undefined;
    const over = isOver ? undefined : once(node, 'exit');
    end();
    await over;
    process.off('exit', end);
  }
};
