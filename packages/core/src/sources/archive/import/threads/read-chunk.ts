import type { PartitionId } from '../../../../model/log/partition-id.js';
import { isRecoveryError } from '../../../../model/errors/recovery-error.js';
import type { CompiledMapping } from '../../../rows/compile-mapping.js';
import type { MappedEvent } from '../../../rows/event-mapping.js';
import { mapRow } from '../../../rows/map-row.js';
import { newMappingState } from '../../../rows/mapping-state.js';
import { asBatch } from '../../../rows/ndjson-rows.js';
import { parseLines, type ParsedLines } from '../../../rows/parse-lines.js';
import { checkLimits } from '../../event-value.js';
import { pendingSize } from '../../pending-events.js';
import type { ArchivedRow } from '../../remote-rows.js';
import { archivedRow, isUnread } from '../archived-row.js';
import type { ChunkRows, LinesOfFile } from './row-messages.js';

/** The rows of lines, and what is told of them to whoever puts the chunks in order. */
interface ReadChunk {
  readonly rows: readonly ArchivedRow[];
  readonly columns: ChunkRows;
}

/**
 * Reads lines as an import does, one chunk for itself: what depends on the rows in front of it is left to the caller. Null where
 * there is anything that an import has to look at: damage, numbers that lose digits, values that nobody has parsed.
 */
export function readChunk(file: string, lines: LinesOfFile, mapping: CompiledMapping): ReadChunk | null {
  const { bytes, length, start, last } = lines;
  const parsed = parseLines(file, { bytes: Buffer.from(bytes, 0, length), start, last }, 0);
  if (parsed.failure !== null || parsed.inexact !== null) return null;
  const mapped = mapRows(file, parsed, mapping);
  if (mapped === null) return null;
  const rows: ArchivedRow[] = [];
  for (const event of mapped) {
    const row = isUnread(event) ? null : archivedRow(event);
    if (row === null || !isWithinLimits(row) || Math.abs(event.time) === Infinity) return null;
    rows.push(row);
  }
  return { rows, columns: asColumns(mapped, rows, parsed, lines) };
}

/** Null where a row cannot be mapped. */
function mapRows(file: string, parsed: ParsedLines, mapping: CompiledMapping): MappedEvent[] | null {
  const batch = asBatch(file, 'line', parsed, 0, 0);
  const state = newMappingState();
  const mapped: MappedEvent[] = [];
  try {
    for (let i = 0; i < batch.count; i++) mapped.push(mapRow(batch, i, mapping, state));
  } catch (error) {
    if (isRecoveryError(error)) return null;
    throw error;
  }
  return mapped;
}

function isWithinLimits({ event }: ArchivedRow): boolean {
  try {
    checkLimits(event.value, () => '');
    return true;
  } catch {
    return false;
  }
}

function asColumns(
  mapped: readonly MappedEvent[],
  rows: readonly ArchivedRow[],
  parsed: ParsedLines,
  { bytes, start }: LinesOfFile,
): ChunkRows {
  const count = rows.length;
  const numbering = partitionNumbers();
  const partitionOf = new Uint32Array(count);
  const offsets = new Float64Array(count);
  const times = new Float64Array(count);
  const sizes = new Float64Array(count);
  const begins = new Uint32Array(count);
  const nexts = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const event = mapped[i] as MappedEvent;
    partitionOf[i] = numbering.numberOf(event);
    offsets[i] = event.offset;
    times[i] = event.time;
    sizes[i] = pendingSize((rows[i] as ArchivedRow).event);
    begins[i] = (parsed.bytePositions[i] as number) - start;
    nexts[i] = (parsed.nextBytes[i] as number) - start;
  }
  const lineNumbers = Uint32Array.from(parsed.lineNumbers);
  const { partitions } = numbering;
  const lines = parsed.linesAfter;
  return { bytes, count, partitions, partitionOf, offsets, times, sizes, begins, nexts, lineNumbers, lines };
}

/** Numbers partitions as they are met; rows of one log tend to share the very same texts. */
function partitionNumbers(): {
  readonly partitions: readonly PartitionId[];
  numberOf(event: PartitionId): number;
} {
  const partitions: PartitionId[] = [];
  const logs = new Map<string, Map<number, number>>();
  let last: PartitionId | null = null;
  let byPartition = new Map<number, number>();
  return {
    partitions,
    numberOf(event) {
      const { source, topic, incarnation, partition } = event;
      if (last?.source !== source || last.topic !== topic || last.incarnation !== incarnation) {
        last = event;
        const log = JSON.stringify([source, topic, incarnation]);
        byPartition = logs.get(log) ?? new Map<number, number>();
        logs.set(log, byPartition);
      }
      let number = byPartition.get(partition);
      if (number === undefined) {
        number = partitions.push({ source, topic, incarnation, partition }) - 1;
        byPartition.set(partition, number);
      }
      return number;
    },
  };
}
