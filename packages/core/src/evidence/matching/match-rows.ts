import type { Decimal } from '../../model/records/decimal.js';

/** A record as it stands in a temporary file, its amount in the unit of the events. */
export type RecordRow = [
  seq: number,
  id: string | null,
  key: string | null,
  time: number | null,
  amount: Decimal | null,
  type: string | null,
];
/** A known event as it stands in a temporary file. */
export type EventRow = [
  at: number,
  offset: number,
  id: string | null,
  key: string | null,
  time: number | null,
  amount: Decimal | null,
  type: string,
];
export type SpilledRow = RecordRow | EventRow;

/** Rows and events that may be of each other. */
export interface Group {
  readonly records: RecordRow[];
  readonly events: EventRow[];
}

export function isEvent(row: SpilledRow): row is EventRow {
  return row.length === 7;
}

export function idGroup(row: SpilledRow, typed: boolean): string {
  const id = isEvent(row) ? row[2] : row[1];
  const type = !typed ? null : isEvent(row) ? row[6] : row[5];
  return type === null ? (id ?? '') : `${id ?? ''}\u0000${type}`;
}

export function groupOfRecord([, , key, , amount, type]: RecordRow): string {
  return `${key ?? ''}\u0000${amount ?? ''}\u0000${type ?? ''}`;
}

export function groupOfEvent([, , , key, , amount, type]: EventRow, typed: boolean): string {
  return `${key ?? ''}\u0000${amount ?? ''}\u0000${typed ? type : ''}`;
}

export function groupsOf(rows: readonly SpilledRow[], name: (row: SpilledRow) => string): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  for (const row of rows) {
    const of = name(row);
    let group = groups.get(of);
    if (group === undefined) groups.set(of, (group = { records: [], events: [] }));
    if (isEvent(row)) group.events.push(row);
    else group.records.push(row);
  }
  return groups;
}

/** What a row says, its place left out. */
export function contentOf([, , key, time, amount, type]: RecordRow): string {
  return JSON.stringify([key, time, amount, type]);
}
