import { createArchiveWriter, openArchive } from '@eventmend/core/archive';
import { rmSync } from 'node:fs';
import { source } from '../flights/flight.js';

/** What a log holds of a flight. */
interface LoggedFlight {
  readonly row: number;
}

/**
 * Copies an archive without some of its flights: their offsets stay, and hold nothing.
 * @returns how many are gone
 */
export function loseEvents(from: string, into: string, isLost: (row: number, partition: number) => boolean): number {
  for (const ending of ['', '-wal', '-shm']) rmSync(into + ending, { force: true });
  const whole = openArchive(from);
  const rest = createArchiveWriter(into, { source });
  let lost = 0;
  try {
    for (const { source: of, topic, incarnation, partition, range } of whole.describe().partitions) {
      const id = { source: of, topic, incarnation, partition };
      const writer = rest.partition(id);
      const reader = whole.read({ ...id, ...range });
      for (let page = reader.next(); page !== null; page = reader.next()) {
        for (let index = 0; index < page.count; index++) {
          const flight = page.values[index] as LoggedFlight;
          if (isLost(flight.row, partition)) {
            lost++;
            continue;
          }
          const [offset, time] = [page.offsets[index] as number, page.timestamps[index] as number];
          const key = page.keys[index] ?? null;
          writer.append({ offset, time, timeType: 'create', key, headers: null, value: JSON.stringify(flight) });
        }
      }
    }
    rest.commit();
  } finally {
    rest.close();
    whole.close();
  }
  return lost;
}
