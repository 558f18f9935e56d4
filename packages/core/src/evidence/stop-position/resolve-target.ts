import { describePartition, partitionKey, type PartitionId } from '../../model/log/partition-id.js';
import { orderValuesFor } from '../../engine/order/order-values.js';
import { Path } from '../../engine/path/path.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { EventLog } from '../../model/log/event-log.js';
import type { OrderSpec } from '../../model/order/order-spec.js';
import type { PlanTarget } from '../../model/plan/plan.js';
import type { Position } from '../../model/position/position.js';
import type { RecordedRanks } from '../../model/order/recorded-ranks.js';
import type { TargetRequest } from '../inputs/recovery-inputs.js';
import { lostOf, type PartitionCover } from '../coverage/cover-partitions.js';

export interface ResolvedTarget {
  readonly spec: PlanTarget;
  readonly position: Position;
  /** The same without what is lost at its end, where nobody knows how much of that is in front of the target. */
  readonly surely: Position;
  /** A moment that no event in front of it is behind, in milliseconds; null where nobody knows one, Infinity where all events are in front of it. */
  readonly time: number | null;
}

export interface TargetContext {
  /** From the baseline, or from wherever all that lies before is known, to the end of the log. */
  readonly cover: readonly PartitionCover[];
  readonly start: Position;
  readonly end: Position;
  readonly logs: readonly EventLog[];
  readonly order: OrderSpec;
  readonly recorded: RecordedRanks | null;
  readonly locality: 'partition' | 'global';
  readonly signal?: AbortSignal;
}

/**
 * Resolves a target to an exclusive position on the path, by walking the path without the worker.
 * @throws RecoveryError `unresolvable-target` when it names something that the path does not pass through
 */
export async function resolveTarget(request: TargetRequest, context: TargetContext): Promise<ResolvedTarget> {
  switch (request.kind) {
    case 'end':
      return { spec: { kind: 'end' }, position: context.end, surely: context.end, time: null };
    case 'time': {
      const { reached } = await walkUntil(context, (at) => at.clock >= request.time);
      const { time } = request;
      const position = behindLost(reached, context);
      return { spec: { kind: 'time', time }, position, surely: inFrontOfLost(position, context), time };
    }
    case 'event': {
      const wanted = findPartition(context, request.topic, request.partition);
      const found = await walkUntil(context, (at) => at.passed(wanted) > request.offset);
      const where = `${describePartition(wanted)}@${request.offset}`;
      if (!found.stopped && nextOf(found.reached, wanted) !== request.offset + 1) {
        throw new RecoveryError('unresolvable-target', `the log has no event ${where} behind the baseline`, {
          hint: `give an event of ${describePartition(wanted)} below offset ${nextOf(context.end, wanted)}`,
        });
      }
      const position = behindLost(found.reached, context, wanted);
      const surely = inFrontOfLost(position, context);
      return { spec: { kind: 'event', event: where }, position, surely, time: found.clock };
    }
    case 'offsets': {
      const position = await resolveOffsets(request.offsets, context);
      return { spec: { kind: 'offsets' }, position, surely: position, time: null };
    }
  }
}

async function resolveOffsets(
  offsets: Extract<TargetRequest, { kind: 'offsets' }>['offsets'],
  context: TargetContext,
): Promise<Position> {
  const wanted = new Map(
    offsets.map((offset) => [partitionKey(findPartition(context, offset.topic, offset.partition)), offset.next]),
  );
  const position = context.end.map((part) => {
    const next = wanted.get(partitionKey(part)) ?? part.next;
    if (next > part.next || next < nextOf(context.start, part)) {
      throw new RecoveryError(
        'unresolvable-target',
        `${describePartition(part)}@${next} is outside of what can be replayed`,
        { hint: `between ${nextOf(context.start, part)} and ${part.next}` },
      );
    }
    return { ...part, next };
  });
  if (context.locality === 'partition') return position;
  const ends = new Map(position.map((part) => [partitionKey(part), part.next]));
  const found = await walkUntil(context, (at) => at.headOffset >= (ends.get(at.headPartition) ?? Infinity));
  const behind = found.reached.find((part) => part.next < (ends.get(partitionKey(part)) ?? 0));
  if (found.stopped && behind !== undefined) {
    const near = found.reached.map((part) => `p${part.partition}=${part.next}`).join(',');
    throw new RecoveryError(
      'unresolvable-target',
      'these offsets are not a position that the order of the replay passes through',
      { hint: `the nearest one before it is ${near}` },
    );
  }
  return position;
}

/**
 * A position in front of a lost stretch moves behind it: nobody knows how much of what was lost happened before the target, so
 * all of it counts. A replay that ended in front of it would lack it without a word.
 * @param exact a partition in which the target is an offset
 */
function behindLost(position: Position, { cover }: TargetContext, exact?: PartitionId): Position {
  const lost = lostOf(cover);
  return position.map((part) => {
    if (exact !== undefined && partitionKey(part) === partitionKey(exact)) return part;
    let { next } = part;
    for (const gap of lost) {
      if (partitionKey(gap) === partitionKey(part) && gap.from <= next && next < gap.to) next = gap.to;
    }
    return { ...part, next };
  });
}

/** A position behind a lost stretch moves in front of it. */
function inFrontOfLost(position: Position, { cover }: TargetContext): Position {
  const lost = lostOf(cover);
  return position.map((part) => {
    let { next } = part;
    for (const gap of [...lost].sort((a, b) => b.from - a.from)) {
      if (partitionKey(gap) === partitionKey(part) && gap.from < next && next <= gap.to) next = gap.from;
    }
    return { ...part, next };
  });
}

interface PlaceOnPath {
  /** Clock of the event that is next. */
  readonly clock: number;
  readonly headPartition: string;
  readonly headOffset: number;
  /** One past the last offset that was passed in a partition. */
  passed(partition: PartitionId): number;
}

/**
 * Walks the path until the predicate holds before an event, and says which position that is, and the clock of the last event in
 * front of it.
 */
async function walkUntil(
  context: TargetContext,
  stop: (at: PlaceOnPath) => boolean,
): Promise<{ readonly stopped: boolean; readonly reached: Position; readonly clock: number | null }> {
  const path = openPath(context);
  const next = new Map(context.start.map((part) => [partitionKey(part), part.next]));
  let clock: number | null = null;
  const keys = path.cursors.map((cursor) => partitionKey(cursor.id));
  try {
    for (;;) {
      if (path.mustLoad) {
        await path.load();
        context.signal?.throwIfAborted();
      }
      const cursor = path.head;
      if (cursor === null) return { stopped: false, reached: positionAt(context, next, true), clock };
      const headPartition = keys[cursor.place] as string;
      const headOffset = cursor.offsets[cursor.index] as number;
      const at: PlaceOnPath = {
        clock: cursor.clock[cursor.index] as number,
        headPartition,
        headOffset,
        passed: (partition) => next.get(partitionKey(partition)) ?? 0,
      };
      if (stop(at)) return { stopped: true, reached: positionAt(context, next, false), clock };
      next.set(headPartition, headOffset + 1);
      clock = at.clock;
      path.step();
    }
  } finally {
    path.close();
  }
}

function openPath(context: TargetContext): Path {
  const starts = new Map(context.start.map((part) => [partitionKey(part), part]));
  const partitions = context.cover.map(({ partition, ranges }) => {
    const start = starts.get(partitionKey(partition));
    return {
      id: partition,
      next: start?.next ?? partition.beginning,
      order: start?.order ?? { watermark: -Infinity, clock: -Infinity },
      ranges: ranges.map((range) => ({
        from: range.from,
        to: range.to,
        log: range.log === null ? null : (context.logs[range.log] ?? null),
        segment: -1,
      })),
    };
  });
  return new Path(partitions, orderValuesFor(context.order, context.recorded));
}

function positionAt(context: TargetContext, next: ReadonlyMap<string, number>, atEnd: boolean): Position {
  return context.end.map((part) => ({
    ...part,
    next: atEnd ? part.next : (next.get(partitionKey(part)) ?? part.next),
  }));
}

function nextOf(position: Position, id: PartitionId): number {
  const key = partitionKey(id);
  return position.find((part) => partitionKey(part) === key)?.next ?? 0;
}

function findPartition(context: TargetContext, topic: string | undefined, partition: number): PartitionId {
  const found = context.end.filter(
    (part) => part.partition === partition && (topic === undefined || part.topic === topic),
  );
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const name = topic === undefined ? `p${partition}` : `${topic}[${partition}]`;
  throw new RecoveryError(
    'unresolvable-target',
    only === undefined ? `the log has no partition ${name}` : `${name} is in several topics`,
    {
      hint: `there are ${context.end.map(describePartition).join(', ')}`,
    },
  );
}
