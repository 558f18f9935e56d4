import { basename } from 'node:path';
import { RecoveryError } from '@eventmend/core';
import {
  compileMapping,
  detectRowFormat,
  mapRow,
  newMappingState,
  openRows,
  type DamagedRow,
  type MappedEvent,
  type RowBatch,
} from '@eventmend/core/rows';
import { eventMappingOf, type MappingDocument } from '@eventmend/core/incident';
import { createColumnTally, type ColumnFacts } from './column-facts.js';
import { guessMapping } from './guess-mapping.js';

/** What an events file turned out to hold. */
export interface Inspection {
  readonly rows: number;
  /** The file goes on behind the rows that were looked at. */
  readonly more: boolean;
  readonly columns: readonly ColumnFacts[];
  readonly mapping: MappingDocument;
  /** The first events, as the mapping makes them. */
  readonly preview: readonly MappedEvent[];
  readonly notes: readonly string[];
}

const inspectedRows = 200_000;
const previewed = 3;

/** Reads the beginning of a file, guesses its mapping, and tries the mapping on all of what was read. */
export async function inspectEvents(file: string, name: string, signal: AbortSignal): Promise<Inspection> {
  refuseOtherFormats(file);
  const tally = createColumnTally();
  let rows = 0;
  const damaged: DamagedRow[] = [];
  const more = await eachBatch(
    file,
    signal,
    (batch) => {
      for (const value of batch.values) tally.see(value);
      rows += batch.count;
      return rows < inspectedRows;
    },
    (row) => {
      damaged.push(row);
    },
  );
  const [first] = damaged;
  if (rows === 0 && first !== undefined) throw first.error;
  if (rows === 0)
    throw new RecoveryError('unreadable-row', `${file} holds no rows`, {
      hint: 'give a file with one JSON object a line',
    });
  const columns = tally.facts();
  const guessed = guessMapping(columns, rows, topicOf(file));
  const tried = await tryMapping(file, guessed, name, rows, signal);
  const unread = first === undefined ? [] : [damageNote(damaged.length, first)];
  if (tried.rising) return { rows, more, columns, mapping: guessed, preview: tried.preview, notes: unread };
  // Offsets that do not rise are no offsets of a log; the order of the rows is then the best there is.
  const mapping: MappingDocument = { ...guessed, offset: 'assigned' };
  const again = await tryMapping(file, mapping, name, rows, signal);
  return {
    rows,
    more,
    columns,
    mapping,
    preview: again.preview,
    notes: [
      ...unread,
      'the column that looks like an offset does not rise in its partition, so rows are numbered as they come',
    ],
  };
}

function damageNote(rows: number, { place }: DamagedRow): string {
  const others = rows === 1 ? '' : ` and ${rows - 1} more`;
  return `line ${place.number}${others} cannot be read: with poison: quarantine-event in the incident file a recovery goes on without, and says so`;
}

async function tryMapping(file: string, document: MappingDocument, name: string, limit: number, signal: AbortSignal) {
  const mapping = compileMapping(eventMappingOf(document, name));
  const state = newMappingState();
  const last = new Map<string, { readonly offset: number; readonly row: string }>();
  const preview: MappedEvent[] = [];
  let rising = true;
  let seen = 0;
  await eachBatch(file, signal, (batch) => {
    for (let index = 0; index < batch.count && seen < limit && rising; index++, seen++) {
      const event = mapRow(batch, index, mapping, state);
      if (preview.length < previewed) preview.push(event);
      const place = JSON.stringify([event.source, event.topic, event.partition]);
      const before = last.get(place);
      const row = JSON.stringify(batch.values[index]);
      // A line that was written twice is a repeat, which the log counts and drops.
      rising =
        before === undefined || event.offset > before.offset || (event.offset === before.offset && row === before.row);
      last.set(place, { offset: event.offset, row });
    }
    return rising && seen < limit;
  });
  return { rising, preview };
}

/** True when `take` had enough before the end of the file. */
async function eachBatch(
  file: string,
  signal: AbortSignal,
  take: (batch: RowBatch) => boolean,
  tell: (row: DamagedRow) => void = () => undefined,
): Promise<boolean> {
  // What cannot be read stops no look at the rest: the incident says what becomes of it.
  const reader = (await openRows(file, { format: 'ndjson' })).open(undefined, tell);
  try {
    for (;;) {
      const batch = await reader.next();
      if (batch === null) return false;
      if (!take(batch)) return (await reader.next()) !== null;
      signal.throwIfAborted();
    }
  } finally {
    reader.close();
  }
}

/** A log is read straight from NDJSON only; other files go through an archive. */
function refuseOtherFormats(file: string): void {
  const { format } = detectRowFormat(file);
  if (format === null || format === 'ndjson') return;
  throw new RecoveryError('invalid-argument', `${file} is ${format}, and init takes NDJSON`, {
    hint: 'make an archive of it with eventmend archive import, and name that in an incident file',
  });
}

function topicOf(file: string): string {
  const bare = basename(file)
    .replace(/\.(?:gz|zst)$/i, '')
    .replace(/\.[^.]*$/, '');
  return bare.replace(/[^\w.-]+/g, '-') || 'events';
}
