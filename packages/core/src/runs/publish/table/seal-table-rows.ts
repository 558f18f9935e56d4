import { RecoveryError } from '../../../model/errors/recovery-error.js';
import { canonicalJson } from '../../../model/json/canonical-json.js';
import { hash as hashOnce } from 'node:crypto';
import type { OutputTable } from '../../../sources/tables/output-table.js';
import type { PublicationRow } from '../publication-row.js';
import { publicationHeaders } from '../publication-headers.js';
import { noRow, type RowShape } from './row-shape.js';
import type { RowChange } from './table-rows.js';

/** What of an outbox's row is for the publisher to a table, and for nobody else: beside the headers that topics get. */
export const tableHeaders = {
  /** The cells as JSON, `null` for a row that is taken away. */
  cells: 'eventmend-cells',
  /** The digest of what stood under the id when it was sealed. */
  found: 'eventmend-found',
  /** The digest of what is to stand there. */
  target: 'eventmend-target',
  /** The digest of all rows of the key; only for latest values. */
  standing: 'eventmend-standing',
} as const;

const rowsAtOnce = 500;

export interface TableSealing {
  readonly runId: string;
  readonly table: OutputTable;
  readonly shape: RowShape;
  /** The table was empty: nothing is looked up. */
  readonly isEmpty: boolean;
  readonly standing: StandingOfKeys;
  /** The time of recording, where the table has a column for it: of the event, or when it was sealed. */
  timeOf(change: RowChange): number;
}

/**
 * Makes rows for an outbox of what is to be written, and holds each against the table: it must be able to take it without a loss, and
 * what is to be written over must still be what was compared.
 * @throws RecoveryError `publication-refused`
 */
export async function* tableRowsToSeal(
  sealing: TableSealing,
  changes: Iterable<RowChange>,
): AsyncIterable<PublicationRow> {
  let chunk: RowChange[] = [];
  for (const change of changes) {
    chunk.push(change);
    if (chunk.length < rowsAtOnce) continue;
    yield* rowsOfChunk(sealing, chunk);
    chunk = [];
  }
  yield* rowsOfChunk(sealing, chunk);
}

async function* rowsOfChunk(
  { runId, table, shape, isEmpty, standing, timeOf }: TableSealing,
  changes: readonly RowChange[],
): AsyncIterable<PublicationRow> {
  const written = changes.filter(isWritten);
  const cells = written.map((change) => shape.cellsOf(change, timeOf(change)));
  const stored = await table.asStored(cells);
  const targets = new Map<RowChange, string>();
  const cellsOf = new Map<RowChange, string>();
  written.forEach((change, index) => {
    shape.checkStored(change, stored[index]);
    targets.set(change, shape.digestOf(stored[index]));
    cellsOf.set(change, JSON.stringify(cells[index]));
  });
  const byId = isEmpty
    ? null
    : rowsById(
        shape,
        await table.rowsOf(
          shape.idColumn,
          changes.map(({ id }) => id),
        ),
      );
  for (const change of changes) {
    const { id, output, key, time, right, correction, isLatest } = change;
    const row = byId?.get(id) ?? null;
    if (byId !== null) checkStanding(change, row, shape, table.name);
    yield {
      ...{ output, key, action: right === null ? 'retract' : 'send', guarded: false, originalTime: time },
      value: right === null ? null : Buffer.from(JSON.stringify(right.value), 'utf8'),
      headers: [
        [publicationHeaders.id, id],
        [publicationHeaders.run, runId],
        [publicationHeaders.output, output],
        ...(correction === null
          ? []
          : ([
              [publicationHeaders.correction, correction.id],
              [publicationHeaders.reason, correction.reason],
            ] as const)),
        [tableHeaders.cells, cellsOf.get(change) ?? 'null'],
        [tableHeaders.target, targets.get(change) ?? noRow],
        ...(isEmpty ? [] : [[tableHeaders.found, row === null ? noRow : shape.digestOf(row)] as const]),
        ...(isLatest ? [[tableHeaders.standing, standing.get(JSON.stringify([output, key])) ?? ''] as const] : []),
      ],
    };
  }
}

/** All rows of some keys, by output and key: a newer value of a key shows there. */
export class RowsOfKeys {
  readonly #rows = new Map<string, string[]>();

  constructor(shape: RowShape, rows: readonly unknown[]) {
    for (const row of rows) {
      const { output, key } = shape.read(row);
      const name = JSON.stringify([output, key]);
      const list = this.#rows.get(name) ?? [];
      list.push(shape.digestOf(row));
      this.#rows.set(name, list);
    }
  }

  digestOf(output: string, key: string): string {
    return hashOnce('sha256', canonicalJson((this.#rows.get(JSON.stringify([output, key])) ?? []).sort())).slice(0, 32);
  }
}

/** What stood at the keys of latest values, by output and key, before the comparison that the corrections come from. */
export type StandingOfKeys = ReadonlyMap<string, string>;

/**
 * Looks up what stands at the keys of latest values. A comparison that is made behind this look, and comes to the same correction, has
 * seen nothing newer; what is written later still shows in another digest when the row is published.
 * @throws RecoveryError `publication-refused` for a table that does not hold the keys
 */
export async function standingOfKeys(
  table: OutputTable,
  shape: RowShape,
  changes: Iterable<RowChange>,
): Promise<StandingOfKeys> {
  const standing = new Map<string, string>();
  let chunk: RowChange[] = [];
  const look = async () => {
    if (chunk.length === 0) return;
    if (shape.keyColumn === null) {
      throw new RecoveryError(
        'publication-refused',
        `whether something newer stands at a key cannot be seen in ${table.name}`,
        {
          hint: 'latest values need a column with their key: map live.outputs.mapping.key',
        },
      );
    }
    const rows = new RowsOfKeys(shape, await table.rowsOf(shape.keyColumn, [...new Set(chunk.map(({ key }) => key))]));
    for (const { output, key } of chunk) standing.set(JSON.stringify([output, key]), rows.digestOf(output, key));
    chunk = [];
  };
  for (const change of changes) {
    if (!change.isLatest) continue;
    chunk.push(change);
    if (chunk.length >= rowsAtOnce) await look();
  }
  await look();
  return standing;
}

export function rowsById(shape: RowShape, rows: readonly unknown[]): Map<string, unknown> {
  return new Map(rows.map((row) => [shape.read(row).businessId ?? '', row]));
}

function isWritten(change: RowChange): change is RowChange & { readonly right: { readonly value: unknown } } {
  return change.right !== null;
}

/** The comparison and the look-up by ids must tell the same of the table. */
function checkStanding(change: RowChange, standing: unknown, shape: RowShape, table: string): void {
  const { id, output, key, event, replaces } = change;
  const at = `${event.topic}[${event.partition}]@${event.offset}`;
  const refused = (what: string, hint: string) =>
    new RecoveryError(
      'publication-refused',
      `${table}: the output ${output} (key ${JSON.stringify(key)}) of ${at} ${what}`,
      {
        hint,
        details: {
          table,
          topic: event.topic,
          partition: event.partition,
          offset: String(event.offset),
          output,
          key,
          id,
        },
      },
    );
  if (standing === null) {
    // What stands in place of a latest value may be the older one of another row.
    if (replaces === null || change.isLatest) return;
    throw refused(
      `stands there under another id than ${JSON.stringify(id)}`,
      'the worker must give its outputs the ids that the service gives its rows: context.emit(name, value, {id}); or rebuild into a new table',
    );
  }
  const found = shape.read(standing);
  // Of the rows of a key it was looked at in front of the comparison whether something newer stands.
  if (change.isLatest && found.output === output && (found.key ?? key) === key) return;
  if (replaces === null) {
    throw refused(
      `is owed, and a row of its id ${JSON.stringify(id)} stands there by now, or one of another output`,
      'was it written meanwhile? Then run the same command again; else the ids of the rows do not tell outputs apart',
    );
  }
  if (found.output === output && canonicalJson(found.value) === canonicalJson(replaces.value)) return;
  throw refused('is not what it was when it was compared', 'the service wrote meanwhile: run the same command again');
}
