import { beginningOf, endOf } from '../../evidence/coverage/boundary-positions.js';
import { coverPartitions, lostOf, type ReplayGap } from '../../evidence/coverage/cover-partitions.js';
import type { PreparedInputs } from '../../evidence/inputs/prepare-inputs.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { partitionKey } from '../../model/log/partition-id.js';
import type { Position } from '../../model/position/position.js';
import type { DrillShape } from './drill-shape.js';
import type { Stretch } from './find-stretch.js';

/** The shape of a real incident, laid over an earlier part of the same log. */
export interface LaidIncident {
  readonly stretch: Stretch;
  readonly shape: DrillShape;
}

/** In front of the error, so many events at least are healthy: as many as a drill needs. */
const leastBefore = 200;

/**
 * Lays the incident over a healthy stretch: as many events from the onset to its end and to the end of the log, in the same partitions
 * the same offsets gone, relative to the onset, and checkpoints as far from it.
 * @param healthy the log in front of the onset
 * @param at where: 0 for the earliest place that has enough in front of it, 1 for the latest
 * @throws RecoveryError `too-little-history` where the incident is longer than what lies before it
 */
export function layIncident(
  prepared: PreparedInputs,
  healthy: Stretch,
  end: Position | null,
  at: number,
): LaidIncident {
  const { survey, snapshots } = prepared;
  const onset = healthy.to;
  const logEnd = endOf(survey);
  const behind = distance(onset, logEnd);
  const earliest = leastBefore;
  const latest = healthy.places.length - behind;
  if (behind === 0 || latest < earliest) {
    throw new RecoveryError(
      'too-little-history',
      `from the onset to the end of the log lie ${behind} offsets, and only ${healthy.places.length} healthy events before it`,
      { hint: 'name a log or an archive that reaches further back' },
    );
  }
  const errorFrom = earliest + Math.round((latest - earliest) * at);
  const stretch = firstOf(healthy, errorFrom + behind);
  const onsetThere = firstOf(healthy, errorFrom).to;
  const shift = onset.map((part, place) => part.next - (onsetThere[place]?.next ?? 0));
  const placeOf = new Map(onset.map((part, place) => [partitionKey(part), place]));
  const lost = lostOf(coverPartitions(survey, healthy.base === null ? beginningOf(survey) : healthy.from, logEnd));
  const error =
    end === null
      ? behind
      : distance(
          onset,
          end.map((part) => behindGap(part, lost)),
        );
  const reach = sumOf(onset);
  return {
    stretch,
    shape: {
      errorFrom,
      errorUntil: Math.min(errorFrom + error, stretch.places.length),
      checkpoints: snapshots.candidates
        .map((candidate) => errorFrom + candidate.reach - reach)
        .filter((moment) => moment > 0 && moment < stretch.places.length),
      damaged: snapshots.damaged.length,
      lost: lost.flatMap((gap) => {
        const place = placeOf.get(partitionKey(gap)) ?? -1;
        const from = Math.max(gap.from - (shift[place] ?? 0), stretch.from[place]?.next ?? 0);
        const to = Math.min(gap.to - (shift[place] ?? 0), stretch.to[place]?.next ?? 0);
        return place < 0 || from >= to
          ? []
          : [{ kind: gap.from <= (healthy.from[place]?.next ?? 0) ? 'retention' : 'hole', place, from, to }];
      }),
      untimed: [],
    },
  };
}

/** The first `count` events of a stretch. */
function firstOf(stretch: Stretch, count: number): Stretch {
  const places = stretch.places.slice(0, count);
  const offsets = stretch.offsets.slice(0, count);
  const nexts = stretch.from.map(({ next }) => next);
  places.forEach((place, event) => {
    nexts[place] = (offsets[event] as number) + 1;
  });
  return {
    ...stretch,
    places,
    offsets,
    to: stretch.to.map((part, place) => ({ ...part, next: nexts[place] ?? part.next })),
  };
}

/** Where the time of the end falls among offsets that nobody holds, the error may have lasted to the end of those. */
function behindGap(part: Position[number], lost: readonly ReplayGap[]): Position[number] {
  const gap = lost.find(
    ({ topic, partition, from, to }) =>
      topic === part.topic && partition === part.partition && from <= part.next && part.next < to,
  );
  return gap === undefined ? part : { ...part, next: gap.to };
}

/** Offsets between two positions over the same partitions; those that one of them does not name count as not moved. */
function distance(from: Position, to: Position): number {
  const ends = new Map(to.map((part) => [partitionKey(part), part.next]));
  return from.reduce((sum, part) => sum + Math.max(0, (ends.get(partitionKey(part)) ?? part.next) - part.next), 0);
}

function sumOf(position: Position): number {
  return position.reduce((sum, { next }) => sum + next, 0);
}
