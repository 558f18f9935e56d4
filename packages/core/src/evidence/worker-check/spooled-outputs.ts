import { openSqlite } from '../../sources/drivers/open-sqlite.js';

/** `placed`: records that name their event; `named`: records that know a business id only. */
export const spoolTables = `
  CREATE TABLE placed (topic TEXT NOT NULL, partition INTEGER NOT NULL, offset INTEGER NOT NULL, seq INTEGER NOT NULL,
    output TEXT NOT NULL, key TEXT, value TEXT NOT NULL, business_id TEXT,
    PRIMARY KEY (topic, partition, offset, seq)) WITHOUT ROWID;
  CREATE TABLE named (id TEXT NOT NULL, seq INTEGER NOT NULL, output TEXT NOT NULL, key TEXT, value TEXT NOT NULL,
    PRIMARY KEY (id, seq)) WITHOUT ROWID;`;

/** A recorded output as it is compared: its value in canonical JSON. */
export interface SpooledOutput {
  readonly output: string;
  readonly key: string | null;
  readonly value: string;
  readonly businessId: string | null;
}

type PlacedRow = readonly [
  offset: number,
  output: string,
  key: string | null,
  value: string,
  businessId: string | null,
];
type NamedRow = readonly [output: string, key: string | null, value: string];

/** The recorded outputs of a stretch, met partition by partition in the order of the offsets. */
export interface SpooledOutputs {
  /** What was recorded of one partition, event by event. Offsets that are asked for must rise. */
  partition(topic: string, partition: number): SpooledPartition;
  /** What was recorded under a business id. */
  named(id: string): readonly SpooledOutput[];
  close(): void;
}

export interface SpooledPartition {
  /** What was recorded of events below this offset and not asked for yet. */
  before(offset: number): readonly SpooledOutput[];
  /** What was recorded of this event. */
  at(offset: number): readonly SpooledOutput[];
}

export function openSpooledOutputs(file: string): SpooledOutputs {
  const database = openSqlite(file, { readonly: true });
  const named = database
    .prepare<[string], NamedRow>('SELECT output, key, value FROM named WHERE id = ? ORDER BY seq')
    .raw();
  const open: Iterator<PlacedRow>[] = [];
  return {
    partition: (topic, partition) => {
      const rows = database
        .prepare<[string, number], PlacedRow>(
          'SELECT offset, output, key, value, business_id FROM placed WHERE topic = ? AND partition = ? ORDER BY offset, seq',
        )
        .raw()
        .iterate(topic, partition);
      open.push(rows);
      return walk(rows);
    },
    named: (id) => named.all(id).map(([output, key, value]) => ({ output, key, value, businessId: null })),
    close: () => {
      for (const rows of open) rows.return?.();
      database.close();
    },
  };
}

function walk(rows: Iterator<PlacedRow>): SpooledPartition {
  let next = rows.next();
  const takeBelow = (end: number): readonly SpooledOutput[] => {
    if (next.done === true || next.value[0] >= end) return none;
    const taken: SpooledOutput[] = [];
    while (next.done !== true && next.value[0] < end) {
      const [, output, key, value, businessId] = next.value;
      taken.push({ output, key, value, businessId });
      next = rows.next();
    }
    return taken;
  };
  return { before: takeBelow, at: (offset) => takeBelow(offset + 1) };
}

const none: readonly SpooledOutput[] = [];
