import type { EventLog } from '../../model/log/event-log.js';
import type { EventPage } from '../../model/log/event-page.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import { createArchiveWriter, type ArchiveWriter } from '../../sources/archive/archive-writer.js';
import type { PartitionWriter } from '../../sources/archive/partition-writer.js';
import { pagesOf } from '../../sources/log/pages-of.js';

/** A stretch of a partition and the log that is asked for it; null where nobody holds it. */
interface CopiedRange {
  readonly from: number;
  readonly to: number;
  readonly log: EventLog | null;
}

export interface CopiedPartition {
  readonly id: PartitionId;
  readonly beginning: number;
  readonly ranges: readonly CopiedRange[];
  /** Offsets whose events lose their time. */
  readonly untimed: ReadonlySet<number>;
  /** Offsets from `from` to before `to` that are left out: gone for whoever reads the copy. */
  readonly lost: readonly { readonly from: number; readonly to: number }[];
}

const commitBytes = 16 * 1024 * 1024;

/**
 * Copies events into a new archive, under the same identities. Of offsets that the source itself lacks the copy says that no event
 * stood there: nobody can rehearse with events that he does not have.
 */
export async function copyLog(
  file: string,
  partitions: readonly CopiedPartition[],
  signal?: AbortSignal,
): Promise<void> {
  const writer = createArchiveWriter(file, {});
  try {
    for (const partition of partitions) await copyPartition(writer, partition, signal);
    writer.commit();
  } finally {
    writer.close();
  }
}

async function copyPartition(
  writer: ArchiveWriter,
  { id, beginning, ranges, untimed, lost }: CopiedPartition,
  signal: AbortSignal | undefined,
): Promise<void> {
  const target = writer.partition(id, beginning);
  const start = ranges[0]?.from ?? beginning;
  let next = start;
  let hasBegun = false;
  for (const range of ranges) {
    if (range.log === null) continue;
    for await (const page of pagesOf(range.log, { ...id, from: range.from, to: range.to })) {
      signal?.throwIfAborted();
      for (let index = 0; index < page.count; index++) {
        const offset = page.offsets[index] as number;
        if (offset < next || isLost(lost, offset)) continue;
        passOver(target, next, offset, lost, hasBegun);
        append(target, page, index, untimed.has(offset));
        hasBegun = true;
        next = offset + 1;
      }
      if (writer.pendingBytes > commitBytes) writer.commit();
    }
  }
  passOver(target, next, ranges.at(-1)?.to ?? start, lost, true);
}

/**
 * Notes that nothing stands between two offsets: what is lost is missing, the rest was never there.
 * @param hasBegun what is lost in front of the first event makes a log that begins later, and no hole
 */
function passOver(
  target: PartitionWriter,
  from: number,
  to: number,
  lost: CopiedPartition['lost'],
  hasBegun: boolean,
): void {
  for (let at = from; at < to;) {
    const within = lost.find((range) => range.from <= at && at < range.to);
    const ahead = lost.reduce((least, range) => (range.from > at ? Math.min(least, range.from) : least), to);
    const until = Math.min(to, within?.to ?? ahead);
    if (within === undefined) target.addHole({ from: at, to: until, reason: 'filtered' });
    else if (hasBegun) target.addHole({ from: at, to: until, reason: 'missing' });
    at = until;
  }
}

function isLost(lost: CopiedPartition['lost'], offset: number): boolean {
  return lost.some(({ from, to }) => from <= offset && offset < to);
}

function append(target: PartitionWriter, page: EventPage, index: number, untimed: boolean): void {
  target.append({
    offset: page.offsets[index] as number,
    time: untimed ? NaN : (page.timestamps[index] as number),
    timeType: null,
    key: page.keys[index] ?? page.keyBytes(index),
    headers: page.headers?.[index] ?? null,
    value: valueOf(page, index),
  });
}

/** What needs a schema to be read goes into the copy as the JSON that came of it. */
function valueOf(page: EventPage, index: number): Uint8Array | string | null {
  const bytes = page.valueBytes(index);
  if (bytes?.[0] !== 0 || page.undecodable?.has(index) === true) return bytes;
  return JSON.stringify(page.valueWithDigits(index));
}
