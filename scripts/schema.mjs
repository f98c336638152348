/** Writes the JSON schemas of docs/: of assay.yaml, for editors, and of the run events: npm run schema. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expectationsJsonSchema } from '../dist/gate/expectations.js';
import { runEventJsonSchema } from '../dist/spec/run-events-schema.js';

const schemas = { 'assay.schema.json': expectationsJsonSchema(), 'run-events.schema.json': runEventJsonSchema() };
for (const [name, schema] of Object.entries(schemas)) {
  writeFileSync(fileURLToPath(import.meta.resolve(`../docs/${name}`)), JSON.stringify(schema, null, 2) + '\n');
}
