import type { MappingDocument } from '@eventmend/core/incident';
import { distinctLimit, type ColumnFacts } from './column-facts.js';

/**
 * Guesses which columns say what about an event. Only what the names and values of the sample support is taken; the rest
 * keeps its default (one partition, offsets as the rows come), which is always usable.
 */
export function guessMapping(columns: readonly ColumnFacts[], rows: number, topic: string): MappingDocument {
  if (looksLikeEnvelopes(columns, rows)) return { form: 'envelope' };
  const time = guessTime(columns);
  const partition = columns.find((column) => named(column, partitionNames) && allSmallIntegers(column, rows));
  const offset = columns.find((column) => named(column, offsetNames) && column.wholes === rows && column.smallest >= 0);
  const topicColumn = columns.find(
    (column) => named(column, ['topic']) && column.texts === rows && column.distinct <= 100,
  );
  const taken = [time?.column.name, partition?.name, offset?.name, topicColumn?.name];
  const rest = columns.filter((column) => !taken.includes(column.name));
  const id = rest.find((column) => named(column, idNames) && isScalar(column, rows) && isUnique(column, rows));
  const key = guessKey(
    rest.filter((column) => column !== id),
    rows,
  );
  return {
    topic: topicColumn === undefined ? topic : { column: topicColumn.name },
    ...(partition !== undefined && { partition: { column: partition.name } }),
    offset: offset === undefined ? 'assigned' : { column: offset.name },
    ...(key !== undefined && { key: key.present === rows ? key.name : { column: key.name, optional: true } }),
    ...(time !== undefined && {
      time: {
        column: time.column.name,
        ...(time.unit !== null && { unit: time.unit }),
        ...(time.column.present < rows && { optional: true }),
      },
    }),
    ...(id !== undefined && { id: id.name }),
  };
}

const partitionNames = ['partition', 'kafkapartition', 'shard', 'lane'];
const offsetNames = ['offset', 'kafkaoffset'];
const idNames = ['id', 'eventid', 'messageid', 'uuid', 'guid'];
const timeNames = ['time', 'timestamp', 'ts', 'at', 'date', 'datetime', 'eventtime', 'occurredat', 'createdat'];

/** `order_id` and `orderId` are the same name; of a path the last part counts. */
function plainName({ name }: ColumnFacts): string {
  return (name.split('.').at(-1) ?? name).toLowerCase().replace(/[^a-z0-9]/g, '');
}

function named(column: ColumnFacts, names: readonly string[]): boolean {
  return names.includes(plainName(column));
}

function looksLikeEnvelopes(columns: readonly ColumnFacts[], rows: number): boolean {
  const whole = (name: string) => columns.some((column) => column.name === name && column.present === rows);
  const value = columns.some(({ name }) => name === 'value' || name.startsWith('value.') || name === 'valueBase64');
  return whole('topic') && whole('partition') && whole('offset') && value;
}

function allSmallIntegers(column: ColumnFacts, rows: number): boolean {
  return column.wholes === rows && column.smallest >= 0 && column.largest < 10_000;
}

type Unit = 'seconds' | 'milliseconds' | 'microseconds' | 'nanoseconds';

interface TimeGuess {
  readonly column: ColumnFacts;
  /** Null for texts in ISO form. */
  readonly unit: Unit | null;
  readonly score: number;
}

function guessTime(columns: readonly ColumnFacts[]): TimeGuess | undefined {
  const candidates = columns.flatMap((column): TimeGuess[] => {
    if (column.isoTimes === column.present) return [{ column, unit: null, score: timeScore(column) }];
    const unit = unitOf(column);
    return unit !== null && timeScore(column) > 0 ? [{ column, unit, score: timeScore(column) }] : [];
  });
  return candidates.sort((a, b) => b.score - a.score || b.column.present - a.column.present)[0];
}

function timeScore(column: ColumnFacts): number {
  const index = timeNames.indexOf(plainName(column));
  if (index >= 0) return 100 - index;
  return /(?:time|date|timestamp|_at|_ts)$|[a-z]At$/i.test(column.name) ? 50 : 0;
}

/** By size: a number that is a moment between 1990 and 2100 in exactly one unit. */
function unitOf({ integers, present, smallest, largest }: ColumnFacts): Unit | null {
  if (integers !== present) return null;
  const earliest = 631_152_000;
  const latest = 4_102_444_800;
  const units: readonly (readonly [Unit, number])[] = [
    ['seconds', 1],
    ['milliseconds', 1e3],
    ['microseconds', 1e6],
    ['nanoseconds', 1e9],
  ];
  return units.find(([, factor]) => smallest >= earliest * factor && largest <= latest * factor)?.[0] ?? null;
}

function isScalar(column: ColumnFacts, rows: number): boolean {
  return column.texts + column.integers === rows;
}

function isUnique(column: ColumnFacts, rows: number): boolean {
  return column.distinct >= Math.min(rows, distinctLimit);
}

/** The entity that events are about: a name that says so, whose values come back. */
function guessKey(columns: readonly ColumnFacts[], rows: number): ColumnFacts | undefined {
  const scored = columns
    .filter((column) => column.texts + column.integers === column.present && column.isoTimes === 0)
    .map((column) => ({ column, score: keyScore(column, rows) }))
    .filter(({ score }) => score > 0);
  return scored.sort((a, b) => b.score - a.score)[0]?.column;
}

function keyScore(column: ColumnFacts, rows: number): number {
  const name = plainName(column);
  const repeats = column.distinct > 1 && column.distinct <= Math.max(1, rows * 0.8);
  if (name === 'key') return 100;
  if (!repeats) return 0;
  const share = column.present === rows ? 10 : 0;
  if (/(?:id|key|code|number|no)$/.test(name)) return 50 + share;
  return column.texts === column.present ? 20 + share : 0;
}
