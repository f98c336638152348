/** Runs on Chopsticks that come to an early end, and recordings. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withFolder } from '../targets/node/processes.js';
import { endsEarly } from './early-end.js';
import { caughtRecording, type Startable } from './mid-run.js';
import { assay } from './run-cli.js';

const chopsticks: Startable = { target: 'chopsticks', log: 'chopsticks.log', built: /new head #/ };

endsEarly(chopsticks);

describe('a recording of Chopsticks', () => {
  it('holds the scenarios that were through where its node is killed, and replays', () =>
    withFolder(async (folder) => {
      const out = join(folder, 'cut.jsonl');
      const came = await caughtRecording(chopsticks, out, ({ node }) => void process.kill(node, 'SIGKILL'));
      expect(came.code).toBe(2);
      const suite = came.events.find((event) => event.type === 'suite-finished');
      expect(suite).toMatchObject({ suite: out, verdict: 'error' });
      const { scenarios = 0, steps = 0, summary = '' } = suite ?? {};
      expect(scenarios).toBeGreaterThan(0);
      expect(summary).toMatch(/: it ended \(SIGKILL\), .*; until then \d+ scenarios recorded$/);
      const replayed = await assay(['replay', out, '--target', 'engine']);
      expect(replayed.stdout).toMatch(new RegExp(`│ +${steps} │ 0 differences +│ conforms │`));
      expect(replayed.code).toBe(0);
    }));
});
