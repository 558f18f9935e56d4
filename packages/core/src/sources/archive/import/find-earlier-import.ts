import { RecoveryError } from '../../../model/errors/recovery-error.js';
import { isUntouched, mayBeSameContent, type FileIdentity } from './file-identity.js';
import type { ImportProgress } from './import-progress.js';

/** What is to be done with a file, given what was imported before. */
export type ImportDecision =
  | { readonly kind: 'begin' }
  | { readonly kind: 'resume'; readonly from: ImportProgress }
  | { readonly kind: 'already'; readonly as: ImportProgress };

/**
 * Decides by name and by content: a finished file is not imported again under any name, an unfinished one goes on.
 * `hash` gives the SHA-256 of the file and is asked only where the quick look does not decide.
 * @throws RecoveryError `input-file-changed` when the file changed under its name, `invalid-configuration` when the
 *   mapping did.
 */
export async function findEarlierImport(
  file: string,
  identity: FileIdentity,
  mapping: string,
  earlier: readonly ImportProgress[],
  hash: () => Promise<string>,
): Promise<ImportDecision> {
  const sameName = earlier.find((progress) => progress.file === file);
  if (sameName?.state === 'running') {
    if (!isUntouched(sameName.identity, identity)) throw changedFile(file, 'since its import began');
    checkMapping(sameName, mapping);
    return { kind: 'resume', from: sameName };
  }
  if (sameName !== undefined && isUntouched(sameName.identity, identity)) {
    checkMapping(sameName, mapping);
    return { kind: 'already', as: sameName };
  }
  for (const progress of earlier) {
    if (progress.state !== 'finished' || !mayBeSameContent(progress.identity, identity)) continue;
    if ((await hash()) !== progress.sha256) continue;
    checkMapping(progress, mapping);
    return { kind: 'already', as: progress };
  }
  if (sameName !== undefined) throw changedFile(file, 'since it was imported');
  return { kind: 'begin' };
}

export function changedFile(file: string, since: string): RecoveryError {
  return new RecoveryError('input-file-changed', `${file} was changed ${since}`, {
    hint: 'put the old file back, import the new one into a new archive, or give new events a file of their own',
    details: { file },
  });
}

function checkMapping(progress: ImportProgress, mapping: string): void {
  if (progress.mapping === mapping) return;
  throw new RecoveryError('invalid-configuration', `${progress.file} was imported with another mapping`, {
    hint: 'use the mapping of then, or import into a new archive',
    details: { file: progress.file },
  });
}
