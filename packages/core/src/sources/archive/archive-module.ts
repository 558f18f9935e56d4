import { RecoveryError } from '../../model/errors/recovery-error.js';
import { openArchive, type ArchiveLog } from './open-archive.js';

/** What the locator of an archive names: other threads import this module and open the same file. */
export default function openArchiveByLocator(options: unknown): ArchiveLog {
  const path = typeof options === 'object' && options !== null && 'path' in options ? options.path : undefined;
  if (typeof path === 'string') return openArchive(path);
  throw new RecoveryError('unreadable-archive', 'the locator of an archive names no path');
}
