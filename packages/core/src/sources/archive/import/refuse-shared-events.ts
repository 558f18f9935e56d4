import type { CompiledMapping } from '../../rows/compile-mapping.js';
import {
  comparedEvents,
  eventsThereAlready,
  findSharedEvents,
  mayBeThere,
  type SharedEvents,
} from '../../rows/shared-events.js';
import { sameContent, type ArchiveEvent } from '../archive-event.js';
import type { ImportWriter } from '../archive-writer.js';
import type { CommittedEvents } from '../committed-events.js';
import type { Beginning } from './read-beginnings.js';

/**
 * Looks, before anything of a file is stored whose offsets are assigned, whether the archive has the events that it begins with:
 * nothing else tells there whether an event is the next one or one that an earlier file has as well. Files that overlap by more than is
 * compared, and files that lie in others, begin with events that are there too, further up; so do files in the wrong order.
 * @throws RecoveryError `offsets-out-of-order` where it has them
 */
export function refuseSharedEvents(
  writer: ImportWriter,
  beginnings: readonly Beginning[],
  mapping: CompiledMapping,
): void {
  const rowNumber = mapping.form === 'columns' ? mapping.rowNumber : null;
  const compared = rowNumber === null ? unchanged : withoutField(rowNumber);
  for (const beginning of beginnings) {
    const there = writer.committed(beginning);
    if (there === null || !mayBeThere(beginning.first, there.maxTime)) continue;
    const shared = lookFor(beginning.events.map(compared), there, compared);
    if (shared === null) continue;
    throw eventsThereAlready(
      beginning,
      beginning.place,
      shared,
      `in the archive (from offset ${shared.first.offset} on)`,
      'nothing of this file was imported: take these events out of it, or leave the file out if all of it is there; if they ' +
        'did happen twice, put both files into one, and import that into a new archive',
    );
  }
}

/** Events without times are looked for at the end of the partition alone: nothing says where else they might be. */
function lookFor(
  begins: readonly ArchiveEvent[],
  there: CommittedEvents,
  compared: (event: ArchiveEvent) => ArchiveEvent,
): SharedEvents<ArchiveEvent> | null {
  const { time } = begins[0] as ArchiveEvent;
  const finder = findSharedEvents(begins, sameContent);
  let seen = -1;
  for (const first of Number.isNaN(time) ? there.lastSegments(comparedEvents) : there.segmentsAt(time)) {
    if (first <= seen) continue;
    for (const segment of there.segmentsFrom(first)) {
      for (const event of segment) {
        const shared = finder.take(compared(event));
        if (shared !== null) return shared;
        seen = event.offset;
      }
      if (!finder.isRunning) break;
    }
  }
  return finder.end();
}

function unchanged(event: ArchiveEvent): ArchiveEvent {
  return event;
}

/** The number of a row is added behind the other fields, and is another one for each row. */
function withoutField(name: string): (event: ArchiveEvent) => ArchiveEvent {
  const literal = JSON.stringify(name).replace(/[$()*+.?[\\\]^{|}]/g, '\\$&');
  const field = new RegExp(`,?${literal}:\\d+\\}$`, 'u');
  return ({ value, ...event }) => {
    const text = typeof value === 'string' || value === null ? value : Buffer.from(value).toString('utf8');
    return { ...event, value: text?.replace(field, '}') ?? null };
  };
}
