import type { PartitionPositionJson } from '../../model/position/position.js';
import type { RowInput } from '../../sources/rows/row-input.js';
import { parseInstant } from './instant.js';
import type { StateConfig } from './live-resources.js';
import type { Paths } from './paths.js';
import { nameOfRows, numbersOf, rowInputOf, rowValueOf } from './rows-of.js';
import type { StateDocument, StateOfRowsDocument } from './state-schema.js';

/** Of a JSON object the names are the keys, and the values the states. */
const membersAsStates: NonNullable<StateOfRowsDocument['mapping']> = { key: 'key', state: { column: 'value' } };

/** The state that a document stands for; `name` is its id where neither it nor a file gives one. */
export function stateOf(document: StateDocument, paths: Paths, name: string | null): StateConfig {
  if (typeof document === 'string') return { kind: 'snapshot-files', path: paths.at(document) };
  const { mapping = membersAsStates, taken_at: takenAt } = document;
  const rows = withPositionQuery(rowInputOf(document, paths), document.position_query);
  return {
    kind: 'rows',
    id: document.id ?? name ?? nameOfRows(rows),
    rows,
    mapping: { key: mapping.key, state: rowValueOf(mapping.state, mapping), ...numbersOf(mapping) },
    position: positionOf(document.position, paths),
    takenAt: takenAt === undefined ? null : parseInstant(takenAt),
    stateVersion: document.state_version ?? 1,
    worker: document.worker ?? null,
  };
}

/** What the rows themselves tell of the position is asked of the database together with them. */
function withPositionQuery(rows: RowInput, positionQuery: string | undefined): RowInput {
  return rows.kind === 'postgres' && positionQuery !== undefined ? { ...rows, positionQuery } : rows;
}

function positionOf(position: StateOfRowsDocument['position'], { at }: Paths) {
  if (position === undefined) return null;
  return typeof position === 'string' ? { file: at(position) } : positionByTopic(position);
}

/** `{orders: {0: "6"}}` as the list that snapshots hold. */
export function positionByTopic(
  topics: Readonly<Record<string, Readonly<Record<string, string | number>>>>,
): readonly PartitionPositionJson[] {
  return Object.entries(topics).flatMap(([topic, partitions]) =>
    Object.entries(partitions).map(([partition, next]) => ({
      topic,
      partition: Number(partition),
      next: String(next),
    })),
  );
}
