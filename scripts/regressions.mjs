/**
 * Writes regressions/, a recording of the engine's answers for each deviation that this suite found: npm run regressions. Into another
 * folder: node scripts/regressions.mjs FOLDER.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CAST_RELEASE_PERIOD } from '../dist/properties/cast.js';
import { generatedHeader } from '../dist/properties/counterexample.js';
import { recordScenario, writeRecording } from '../dist/properties/record.js';
import { accountAt } from '../dist/spec/accounts.js';
import { deviations } from '../dist/spec/deviations.js';
import { Rules } from '../dist/spec/rules.js';
import { remembering, verifySignature } from '../dist/spec/signatures.js';
import { witnessOf } from '../dist/spec/witnesses.js';
import { EngineTarget } from '../dist/targets/engine-target.js';

/** The first that was on no list. */
const FIRST_FOUND = 20;

const numberOf = (id) => Number(id.replace('DEV-', ''));

const folder = process.argv[2] ?? fileURLToPath(import.meta.resolve('../regressions'));
const engine = { rules: Rules.deployed, releasePeriod: CAST_RELEASE_PERIOD, verify: remembering(verifySignature) };
const PATHS = ['//Assay//user//0', '//Assay//user//1', '//Assay//sudo'];

for (const name of readdirSync(folder)) if (name.endsWith('.jsonl')) rmSync(join(folder, name));
for (const { id, title } of deviations.filter((each) => numberOf(each.id) >= FIRST_FOUND)) {
  const { genesis, steps } = witnessOf(id);
  const paths = Object.fromEntries(PATHS.map((path) => [accountAt(path), path]));
  const users = genesis.accounts.filter((account) => account !== genesis.sudo);
  const lines = await recordScenario(new EngineTarget(engine), 0, genesis, { users, sudo: genesis.sudo, paths }, steps);
  const header = generatedHeader(engine, { seed: 0, scenarios: 1, steps: steps.length });
  // No search found it.
  delete header.seed;
  const about = {
    finding: `${id}: ${title}`,
    made_by: `npm run regressions, of the witness of ${id}`,
  };
  await writeRecording(join(folder, `${id}.jsonl`), { ...header, ...about }, lines);
}
