import { RecoveryError } from '../../../model/errors/recovery-error.js';
import type { PartitionPositionJson } from '../../../model/position/position.js';
import type { PostgresPage } from './postgres-snapshot.js';

const columns = ['topic', 'partition', 'next_offset'] as const;

/** More partitions than any log has; the answer of a query that asks for something else. */
export const mostPartitions = 100_000;

/**
 * The position that a query gave, by the names of its columns: two of them are numbers, and their order says nothing.
 * @throws RecoveryError `invalid-field` where it is no position.
 */
export function positionOfQuery(
  { columns: given, rows }: PostgresPage,
  location: string,
): readonly PartitionPositionJson[] {
  const wrong = (reason: string) =>
    new RecoveryError('invalid-field', `${location}: the position_query ${reason}`, {
      hint: 'it gives a row a partition, with what the service reads next: SELECT topic, partition, next_offset FROM …',
      details: { location },
    });
  const names = given.map(({ name }) => name);
  const places = columns.map((name) => names.indexOf(name));
  if (names.length !== columns.length || places.includes(-1)) {
    throw wrong(`has the columns ${names.join(', ').slice(0, 120)}, not ${columns.join(', ')}`);
  }
  if (rows.length === 0) throw wrong('gives no row');
  if (rows.length > mostPartitions) throw wrong(`gives more than ${mostPartitions} rows`);
  const seen = new Set<string>();
  return rows.map((row, index) => {
    const [topic, partition, next] = places.map((place) => row[place]);
    const at = `row ${index + 1}`;
    if (typeof topic !== 'string' || topic === '') throw wrong(`names no topic in ${at}`);
    if (!isWhole(partition) || Number(partition) >= 2 ** 31) throw wrong(`has no number of a partition in ${at}`);
    if (!isWhole(next)) throw wrong(`has no offset in next_offset of ${at}`);
    const name = JSON.stringify([topic, Number(partition)]);
    if (seen.size === seen.add(name).size) throw wrong(`names partition ${Number(partition)} of ${topic} twice`);
    return { topic, partition: Number(partition), next };
  });
}

function isWhole(cell: unknown): cell is string {
  return typeof cell === 'string' && /^(?:0|[1-9]\d{0,15})$/.test(cell) && Number.isSafeInteger(Number(cell));
}
