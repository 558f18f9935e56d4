import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { RecoveryError } from '../../model/errors/recovery-error.js';

/** Incident files of a folder, sorted: `incident.yaml` and whatever ends in `.incident.yaml` or `.incident.yml`. */
export function incidentFilesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && /(?:^|\.)incident\.ya?ml$/.test(entry.name))
    .map((entry) => join(folder, entry.name))
    .sort();
}

/**
 * The incident file that is meant when none is named: the only one of the folder.
 * @throws RecoveryError `file-unavailable` when the folder has no incident file, or more than one.
 */
export function onlyIncidentIn(folder: string): string {
  const files = incidentFilesIn(folder);
  const [file, second] = files;
  if (file !== undefined && second === undefined) return file;
  if (file === undefined) {
    throw new RecoveryError('file-unavailable', 'no incident file was named, and there is none in this folder', {
      hint: 'name it, or make one with: eventmend init',
    });
  }
  throw new RecoveryError('file-unavailable', `this folder has ${files.length} incident files: say which one`, {
    hint: files.map((name) => name.slice(folder.length + 1)).join(', '),
  });
}
