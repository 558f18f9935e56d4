import { RecoveryError } from '../../model/errors/recovery-error.js';
import { maxDepth, maxRowBytes } from '../../model/json/value-limits.js';
import { describeRowPlace, type RowPlace } from './row-source.js';

/** How long a reading from something that runs may take where nobody says, in milliseconds. */
export const defaultTimeLimitMs = 600_000;

export function rowTooLarge(place: RowPlace): RecoveryError {
  return new RecoveryError(
    'size-limit-exceeded',
    `${describeRowPlace(place)}: longer than ${maxRowBytes} bytes (16 MiB)`,
    {
      hint: 'is the file really one JSON value a line? A JSON array in one line must be split first, e.g. with jq -c ".[]"',
      details: { ...place },
    },
  );
}

export function rowTooDeep(place: RowPlace): RecoveryError {
  return new RecoveryError('size-limit-exceeded', `${describeRowPlace(place)}: nested deeper than ${maxDepth} levels`, {
    hint: 'take the row out of the file, or flatten it',
    details: { ...place },
  });
}
