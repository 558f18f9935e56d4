import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import { sortPosition, type Position } from '../../model/position/position.js';
import { beginningOf, endOf } from '../../evidence/coverage/boundary-positions.js';
import type { PreparedInputs } from '../../evidence/inputs/prepare-inputs.js';
import { specBetween } from '../../evidence/inputs/spec-between.js';
import type { SnapshotCandidate } from '../../evidence/proof/snapshot-candidates.js';
import { orderValueReader } from '../../evidence/reference-replay/order-value.js';
import { partitionsOfSpec, ranksOneByOne } from '../../evidence/reference-replay/partitions-of-spec.js';
import { walkPartition, type PartitionWalk, type WalkedEvent } from '../../evidence/reference-replay/walk-partition.js';

/** The part of a log that a drill copies: nothing in it was handled wrongly, as far as is known. */
export interface Stretch {
  /** Where it begins: the states of this snapshot; null at the beginning of the log. */
  readonly base: SnapshotCandidate | null;
  readonly from: Position;
  readonly to: Position;
  /** In the order of the replay, an entry an event: its partition as a place in `to`, and its offset. */
  readonly places: readonly number[];
  readonly offsets: readonly number[];
}

export interface StretchLimits {
  /** No event of this time or later, in milliseconds; null for the whole log. */
  readonly before: number | null;
  /** So many events at most, the first ones: a log that grows then gives the same stretch. */
  readonly events: number;
}

/** Fewer events than this show nothing. */
const fewestEvents = 200;

/**
 * Walks over a log from its beginning, or from the first snapshot where the beginning is gone.
 * @throws RecoveryError `too-little-history`
 */
export async function findStretch(prepared: PreparedInputs, limits: StretchLimits, work: LongWork): Promise<Stretch> {
  const base = baseOf(prepared, limits.before);
  const { survey } = prepared;
  const from = base?.position ?? beginningOf(survey);
  const spec = specBetween(prepared, from, endOf(survey), 'genesis');
  const { order } = prepared.situation;
  const ranks = prepared.recorded === null ? undefined : ranksOneByOne(prepared.recorded);
  const read = orderValueReader(order, ranks);
  const logs = survey.logs.map(({ log }) => log);
  const walks: PartitionWalk[] = [];
  const places: number[] = [];
  const offsets: number[] = [];
  const nexts: number[] = [];
  try {
    for (const partition of partitionsOfSpec(spec, logs)) {
      nexts.push(partition.start);
      walks.push(await walkPartition(partition, order, read, Infinity));
    }
    for (let place = firstOf(walks); place >= 0 && places.length < limits.events; place = firstOf(walks)) {
      const walk = walks[place] as PartitionWalk;
      const { offset, page, index } = walk.current as WalkedEvent;
      if (limits.before !== null && (page.timestamps[index] as number) >= limits.before) break;
      places.push(place);
      offsets.push(offset);
      nexts[place] = offset + 1;
      const reading = walk.advance();
      if (reading !== undefined) {
        await reading;
        work.signal?.throwIfAborted();
        work.onProgress?.({ phase: 'scan', done: places.length, total: 0, quarantined: 0 });
      }
    }
  } finally {
    for (const walk of walks) walk.close();
  }
  if (places.length < fewestEvents) throw tooLittle(places.length, limits.before);
  const to = sortPosition(from.map((part) => ({ ...part, next: nexts[placeOf(walks, part)] ?? part.next })));
  return { base, from, to, places, offsets };
}

/** Where a log lacks its beginning, a state of the service from before the onset has to be believed. */
function baseOf(prepared: PreparedInputs, before: number | null): SnapshotCandidate | null {
  const { survey, snapshots } = prepared;
  if (survey.partitions.every(({ from, beginning }) => from <= beginning)) return null;
  const held = new Map(
    survey.partitions.map(({ topic, partition, from }) => [JSON.stringify([topic, partition]), from]),
  );
  const base = snapshots.candidates.find(
    ({ position, description: { takenAt } }) =>
      (before === null || takenAt === null || takenAt < before) &&
      position.every(({ topic, partition, next }) => next >= (held.get(JSON.stringify([topic, partition])) ?? 0)),
  );
  if (base !== undefined) return base;
  throw new RecoveryError(
    'too-little-history',
    'the beginning of the log is gone, and there is no snapshot from before the error at which it still goes on',
    { hint: 'name an archive that reaches back, or a snapshot with its position' },
  );
}

function tooLittle(events: number, before: number | null): RecoveryError {
  const where = before === null ? 'the log' : 'the log before the onset';
  return new RecoveryError('too-little-history', `${where} holds ${events} events, and a drill needs ${fewestEvents}`, {
    hint: 'name a log or an archive that reaches further back',
    details: { events, needed: fewestEvents },
  });
}

function placeOf(walks: readonly PartitionWalk[], { topic, partition }: Position[number]): number {
  return walks.findIndex(({ partition: { id } }) => id.topic === topic && id.partition === partition);
}

/** The smallest head, the first partition of equal ones; -1 when all have ended. */
function firstOf(walks: readonly PartitionWalk[]): number {
  let first = -1;
  let value = Infinity;
  walks.forEach(({ current }, place) => {
    if (current === null || (first >= 0 && current.effective >= value)) return;
    first = place;
    value = current.effective;
  });
  return first;
}
