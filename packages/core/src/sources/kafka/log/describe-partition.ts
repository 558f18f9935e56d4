import { isHarmlessHole, type PartitionDescription } from '../../../model/log/event-log.js';
import type { PartitionId } from '../../../model/log/partition-id.js';
import { awaitStable } from '../read/await-stable.js';
import type { PartitionReading } from '../read/read-partition.js';
import { keptUntil } from '../retention/retention-rule.js';
import { findHoles, firstBatch } from './find-holes.js';

/**
 * What the cluster holds of a partition: from the first offset that is really there, which compaction may have moved far
 * above the low watermark, to the end of what can be seen.
 */
export async function describePartition(reading: PartitionReading, id: PartitionId): Promise<PartitionDescription> {
  const { low, end, heldBack } = await awaitStable(reading, id);
  const first = low < end ? await firstBatch(reading, id, { from: low, to: end }) : null;
  const last = low < end ? await firstBatch(reading, id, { from: end - 1, to: end }) : null;
  const begin = first?.from ?? end;
  const found =
    reading.retention?.compacts === true && begin < end ? await findHoles(reading, id, { from: begin, to: end }) : [];
  // A compacted batch may be kept without a record.
  const gone = found[0]?.from === begin && !isHarmlessHole(found[0].reason) ? found[0].to : begin;
  const kept = keptUntil(reading.retention, timeOf(first?.maxTimestamp));
  return {
    ...id,
    // Kafka counts the offsets of every topic from 0: what is below `from` has been there.
    beginning: 0,
    range: { from: gone, to: end },
    // Others have holes only where transactions left them; reading tells of these.
    holes: found.filter(({ from }) => from >= gone),
    events: -1,
    firstTime: timeOf(first?.maxTimestamp),
    lastTime: timeOf(last?.maxTimestamp),
    ...(heldBack !== null && { heldBack }),
    ...(kept !== null && gone < end && { keptUntil: kept }),
  };
}

function timeOf(time: number | undefined): number | null {
  return time === undefined || time < 0 ? null : time;
}
