import type { Offset } from '../../model/event/offset.js';
import { newMappingState, type MappingState } from '../rows/mapping-state.js';
import { startOfFiles, type FilesPosition } from './event-cursor.js';
import type { PartitionScan } from './partition-scan.js';

/** A place in the files where reading can begin. Plain JSON. */
export interface FileMark {
  readonly at: FilesPosition;
  /** Rows of all files in front of it. */
  readonly rowsBefore: number;
  /** The next offset of each partition, in the order in which the scan found them; those that come later have none yet. */
  readonly next: readonly Offset[];
}

const startMark: FileMark = { at: startOfFiles, rowsBefore: 0, next: [] };

/** Rows between two marks: more for many partitions, so that all marks together stay small beside the files. */
export function markStep(partitions: number): number {
  return Math.max(16_384, 256 * partitions);
}

/** The last mark behind which all events of a partition from an offset on stand. */
export function markBefore(marks: readonly FileMark[], partitionIndex: number, offset: Offset): FileMark {
  let low = 0;
  let high = marks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((marks[middle]?.next[partitionIndex] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return marks[low - 1] ?? startMark;
}

/** What a mapping must remember to go on at a mark: the rows, and the offsets that it has assigned so far. */
export function mappingStateAt(mark: FileMark, partitions: readonly PartitionScan[], assigned: boolean): MappingState {
  const state = newMappingState();
  state.rows = mark.rowsBefore;
  if (!assigned) return state;
  for (const [index, next] of mark.next.entries()) {
    const scan = partitions[index];
    if (scan === undefined) continue;
    let byPartition = state.next.get(scan.topic);
    if (byPartition === undefined) state.next.set(scan.topic, (byPartition = new Map<number, Offset>()));
    byPartition.set(scan.partition, next);
  }
  return state;
}
