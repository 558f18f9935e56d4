// Writes schemas/*.json from the zod schemas of the built package: node scripts/write-schemas.mjs
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { schemaFiles } from '../dist/documents/published-schemas.js';

const folder = new URL('../schemas/', import.meta.url);
const files = schemaFiles();
for (const name of readdirSync(folder)) if (!(name in files)) rmSync(new URL(name, folder));
for (const [name, text] of Object.entries(files)) writeFileSync(new URL(name, folder), text);
