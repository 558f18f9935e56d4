import { RecoveryError } from '../../model/errors/recovery-error.js';

/** So many records that cannot be read are listed at most: above that a file is not damaged but something else. */
const maxRecords = 250_000;

/** Of these, so many of which nothing tells where they belong. */
const maxUnplaced = 1_000;

/** Counts what cannot be read, as far as a list of it helps. */
export interface DamageLimits {
  readonly count: number;
  /** The first of them, as reading alone would have failed. */
  readonly first: RecoveryError | null;
  /**
   * @param isPlaced whether it tells the partition that it belongs to
   * @throws RecoveryError with the code of the error, for one too many
   */
  add(error: RecoveryError, isPlaced: boolean): void;
}

/** @param counted what an earlier reading of the same counted already */
export function newDamageLimits(counted: { readonly damaged?: number; readonly unplaced?: number } = {}): DamageLimits {
  let { damaged: count = 0, unplaced = 0 } = counted;
  let first: RecoveryError | null = null;
  return {
    get count() {
      return count;
    },
    get first() {
      return first;
    },
    add(error, isPlaced) {
      count++;
      first ??= error;
      if (!isPlaced) unplaced++;
      if (count > maxRecords || unplaced > maxUnplaced) throw tooMuch(error);
    },
  };
}

function tooMuch(last: RecoveryError): RecoveryError {
  return new RecoveryError(last.code, `${last.message}; so many rows cannot be read that no list of them helps`, {
    hint: 'is the file what the mapping says? Look at its first lines, and at the mapping',
    details: { ...last.details },
  });
}

/** Of `count` rows, the first with this error, none became an event. */
export function nothingReadable(first: RecoveryError, count: number): RecoveryError {
  if (count === 1) return first;
  const { message, code, hint, details } = first;
  return new RecoveryError(code, `${message}; none of ${count.toLocaleString('en-US')} rows can be read`, {
    ...(hint !== undefined && { hint }),
    details: { ...details },
  });
}
