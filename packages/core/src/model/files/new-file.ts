import { closeSync, copyFileSync, constants, fsyncSync, linkSync, openSync, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { RecoveryError } from '../errors/recovery-error.js';
import { newDraft, removeAbandonedDrafts, removeDraft } from './draft-files.js';

/** A file that appears under its name complete or not at all, and never in place of another. */
export interface NewFile {
  /** Where to write; beside the target, so that both are on one file system. */
  readonly draft: string;
  /**
   * Makes the draft durable and gives it its name.
   * @throws RecoveryError `file-exists` when the name was taken meanwhile.
   */
  publish(): void;
  /** Removes the draft; safe to call after `publish`. */
  discard(): void;
}

/**
 * Begins a new file, and removes what killed processes left of earlier ones of this name.
 * @throws RecoveryError `file-exists` when the target exists, `file-unavailable` when its folder does not.
 */
export function beginNewFile(target: string): NewFile {
  removeAbandonedDrafts(target);
  if (existsSync(target)) throw taken(target);
  if (!existsSync(dirname(target))) {
    throw new RecoveryError('file-unavailable', `there is no folder ${dirname(target)}`, {
      hint: 'make the folder first',
    });
  }
  const draft = newDraft(target);
  return {
    draft,
    publish() {
      syncFile(draft);
      try {
        linkSync(draft, target);
      } catch (cause) {
        const { code } = cause as NodeJS.ErrnoException;
        if (code === 'EEXIST') throw taken(target, cause);
        // File systems without hard links: an exclusive copy never replaces anything either.
        copyFileSync(draft, target, constants.COPYFILE_EXCL);
        syncFile(target);
      }
      removeDraft(draft);
      syncFile(dirname(target));
    },
    discard() {
      removeDraft(draft);
    },
  };
}

function syncFile(path: string): void {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return; // Folders cannot be opened on every system; their entry is then as durable as that system makes it.
  }
  try {
    fsyncSync(fd);
  } catch (error) {
    if (!['EINVAL', 'EISDIR', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    closeSync(fd);
  }
}

function taken(target: string, cause?: unknown): RecoveryError {
  return new RecoveryError('file-exists', `${target} exists already`, {
    hint: 'name another file, or move this one away; exports never overwrite',
    ...(cause !== undefined && { cause }),
  });
}
