import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runFiles } from '../sqlite/run-folder.js';
import type { PublicationReport } from './publish-outbox.js';

/** What was published of a run so far, as each publication was last read back. */
export function publicationsOfRun(store: string, runId: string): readonly PublicationReport[] {
  const { folder } = runFiles(store, runId);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^publication-[0-9a-f]+\.json$/.test(name))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as PublicationReport);
}
