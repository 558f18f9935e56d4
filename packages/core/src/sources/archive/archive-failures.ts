import { RecoveryError } from '../../model/errors/recovery-error.js';
import { describePartition, type PartitionId } from '../../model/log/partition-id.js';

/** The file is missing, cut, or no archive. */
export function unreadableArchive(
  path: string,
  what: string,
  options: { hint?: string; cause?: unknown } = {},
): RecoveryError {
  return new RecoveryError('unreadable-archive', `${path}: ${what}`, {
    hint: options.hint ?? 'fetch the file again from where it was kept, or import it again from its source',
    cause: options.cause,
    details: { path },
  });
}

/** What is stored is not what was written. `from` and `to` are the first offset concerned and the one behind the last. */
export function damagedArchive(
  path: string,
  partition: PartitionId,
  from: number | null,
  to: number | null,
  what: string,
): RecoveryError {
  const range = from === null || to === null ? '' : ` offsets ${from} to ${to - 1}:`;
  return new RecoveryError('corrupt-archive-segment', `${path}: ${describePartition(partition)}${range} ${what}`, {
    hint: 'the file was damaged on disk or in a copy: put back a good copy, or import it again from its source',
    details: {
      path,
      topic: partition.topic,
      partition: partition.partition,
      from: from === null ? null : String(from),
      to: to === null ? null : String(to),
    },
  });
}

/** Turns what SQLite throws into an error of ours; everything else goes on as it is. */
export function translateSqliteError(error: unknown, path: string): unknown {
  const code = sqliteCode(error);
  if (code === null) return error;
  if (/^SQLITE_(CORRUPT|NOTADB|FORMAT|IOERR_SHORT_READ)/.test(code)) {
    return unreadableArchive(path, 'truncated or damaged: SQLite cannot read it', { cause: error });
  }
  if (/^SQLITE_(READONLY_ROLLBACK|READONLY_RECOVERY|READONLY_CANTINIT|CANTOPEN)/.test(code)) {
    return unreadableArchive(path, 'the process that wrote it was stopped in the middle of a write', {
      hint: 'run the same import again, or "eventmend archive seal": both finish or undo that write; keep the -journal file beside it',
      cause: error,
    });
  }
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return lockedArchive(path, error);
  if (/^SQLITE_(FULL|IOERR|READONLY)/.test(code)) {
    return new RecoveryError('disk-write-failed', `${path}: the disk refused a write (${code})`, {
      hint: 'make room or correct the permissions, then run the same command again: it goes on from the last commit',
      cause: error,
      details: { path },
    });
  }
  if (code === 'SQLITE_CONSTRAINT_TRIGGER' && error instanceof Error && error.message === 'sealed') {
    return new RecoveryError('operation-not-allowed', `${path}: the archive is sealed; nothing can be added to it`, {
      hint: 'write to a new archive',
      cause: error,
    });
  }
  return error;
}

export function lockedArchive(path: string, cause?: unknown): RecoveryError {
  return new RecoveryError('locked-by-another-process', `${path}: another process is writing this archive`, {
    hint: 'wait until it is done, or stop it; then run the same command again',
    cause,
    details: { path },
  });
}

function sqliteCode(error: unknown): string | null {
  if (!(error instanceof Error) || error.name !== 'SqliteError') return null;
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? code : null;
}
