/** Writes docs/assay.schema.json, the schema of assay.yaml for editors: npm run schema. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expectationsJsonSchema } from '../dist/gate/expectations.js';

const file = fileURLToPath(import.meta.resolve('../docs/assay.schema.json'));
writeFileSync(file, JSON.stringify(expectationsJsonSchema(), null, 2) + '\n');
