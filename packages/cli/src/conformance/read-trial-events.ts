import { RecoveryError } from '@eventmend/core';
import type { TrialEvent } from '@eventmend/core/engine';
import { openRows } from '@eventmend/core/rows';

/** More would show nothing new; the rest of a file is not read. */
const enough = 2000;

/**
 * The first values of an NDJSON file, as events to try a process with.
 * @param key the member of a value that is the record's key, where it is a text
 * @throws RecoveryError `file-unavailable` when the file cannot be read, `unreadable-row` when it is not NDJSON or is
 *   empty
 */
export async function readTrialEvents(file: string, key: string | null): Promise<readonly TrialEvent[]> {
  const events: TrialEvent[] = [];
  const reader = (await openRows(file, { format: 'ndjson' })).open();
  try {
    for (let batch = await reader.next(); batch !== null && events.length < enough; batch = await reader.next()) {
      events.push(...batch.values.slice(0, batch.count).map((value) => trialEvent(value, key)));
    }
  } finally {
    reader.close();
  }
  if (events.length > 0) return events.slice(0, enough);
  throw new RecoveryError('unreadable-row', `${file} holds no rows`, {
    hint: 'give a file with the value of one event a line',
  });
}

function trialEvent(value: unknown, key: string | null): TrialEvent {
  const named = key === null ? null : (value as Readonly<Record<string, unknown>>)[key];
  return { key: typeof named === 'string' ? named : null, value: JSON.stringify(value) };
}
