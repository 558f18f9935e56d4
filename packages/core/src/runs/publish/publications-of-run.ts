import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runFiles } from '../sqlite/run-folder.js';
import { sealOfOutbox } from './outbox-file.js';
import type { OutboxSeal } from './outbox.js';
import type { PublicationReport } from './publish-outbox.js';

/** What was published of a run so far, as each publication was last read back. */
export function publicationsOfRun(store: string, runId: string): readonly PublicationReport[] {
  return filesOf(store, runId, reportName).map((file) => JSON.parse(readFileSync(file, 'utf8')) as PublicationReport);
}

/** Publications that were sealed and never read back: what was sent of them is not known without a look into the topic. */
export function unfinishedPublications(store: string, runId: string): readonly OutboxSeal[] {
  const readBack = new Set(publicationsOfRun(store, runId).map(({ base }) => base));
  return filesOf(store, runId, outboxName)
    .map(sealOfOutbox)
    .filter((seal): seal is OutboxSeal => seal !== null && !readBack.has(seal.base));
}

const reportName = /^publication-[0-9a-f]+\.json$/;
const outboxName = /^outbox-[0-9a-f]+\.db$/;

function filesOf(store: string, runId: string, name: RegExp): string[] {
  const { folder } = runFiles(store, runId);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => name.test(file))
    .sort()
    .map((file) => join(folder, file));
}
