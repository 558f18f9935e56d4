import { parseOffset, type Offset } from '../../model/event/offset.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';

/** What a mapping remembers from row to row. Changed by `mapRow`; save it together with the row position. */
export interface MappingState {
  /** Rows mapped so far, over all files of the input. */
  rows: number;
  /** The next offset of each partition, where offsets are assigned; keyed by topic and partition. */
  readonly next: Map<string, Map<number, Offset>>;
}

/** The state as plain JSON; offsets as texts. */
export interface MappingStateJson {
  readonly rows: number;
  readonly next: readonly { readonly topic: string; readonly partition: number; readonly offset: string }[];
}

export function newMappingState(): MappingState {
  return { rows: 0, next: new Map() };
}

/** The offset that the next row of this partition gets. */
export function takeOffset(state: MappingState, topic: string, partition: number): Offset {
  let partitions = state.next.get(topic);
  if (partitions === undefined) state.next.set(topic, (partitions = new Map<number, Offset>()));
  const offset = partitions.get(partition) ?? 0;
  partitions.set(partition, offset + 1);
  return offset;
}

/** Gives offsets to rows of some partitions, which go by their number; the state knows of them when they are saved. */
interface OffsetAssigner {
  /** The offset that the next row of the partition gets. */
  next(number: number): Offset;
  /** The row has it. */
  take(number: number): void;
  save(): void;
}

export function offsetAssigner(
  state: MappingState,
  all: readonly { readonly topic: string; readonly partition: number }[],
): OffsetAssigner {
  const saved = all.map(({ topic, partition }) => state.next.get(topic)?.get(partition) ?? 0);
  const offsets = [...saved];
  return {
    next: (number) => offsets[number] as Offset,
    take(number) {
      offsets[number] = (offsets[number] as Offset) + 1;
    },
    save() {
      for (const [number, { topic, partition }] of all.entries()) {
        const next = offsets[number] as Offset;
        if (next === saved[number]) continue;
        saved[number] = next;
        let partitions = state.next.get(topic);
        if (partitions === undefined) state.next.set(topic, (partitions = new Map<number, Offset>()));
        partitions.set(partition, next);
      }
    },
  };
}

export function saveMappingState(state: MappingState): MappingStateJson {
  const next = [...state.next].flatMap(([topic, partitions]) =>
    [...partitions].map(([partition, offset]) => ({ topic, partition, offset: String(offset) })),
  );
  return { rows: state.rows, next };
}

/** @throws RecoveryError `invalid-field` when it is not a saved state. */
export function restoreMappingState(json: MappingStateJson): MappingState {
  if (!Number.isSafeInteger(json.rows) || json.rows < 0 || !isList(json.next)) {
    throw new RecoveryError('invalid-field', 'this is not a saved state of a mapping', {
      hint: 'start the import again',
    });
  }
  const state = newMappingState();
  state.rows = json.rows;
  for (const { topic, partition, offset } of json.next) {
    let partitions = state.next.get(topic);
    if (partitions === undefined) state.next.set(topic, (partitions = new Map<number, Offset>()));
    partitions.set(partition, parseOffset(offset, 'an assigned offset'));
  }
  return state;
}

/** Saved states come from outside: what TypeScript believes of them is only hoped for. */
function isList(value: unknown): boolean {
  return Array.isArray(value);
}
