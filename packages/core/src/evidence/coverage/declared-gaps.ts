import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { Offset } from '../../model/event/offset.js';
import { isHarmlessHole, type OffsetRange, type PartitionDescription } from '../../model/log/event-log.js';
import { offsetsWithin, overlap } from '../../model/log/overlap.js';
import { describePartition } from '../../model/log/partition-id.js';
import { coverRange, type RangeSource } from '../../model/plan/cover-ranges.js';

/** Offsets of which the user says that no event ever stood there, and why. */
export interface DeclaredGap {
  /** All topics, and all partitions, where absent. */
  readonly topic?: string;
  readonly partition?: number;
  readonly at:
    | { readonly kind: 'offsets'; readonly from: Offset; readonly to: Offset }
    /** Every gap between events that is at most so long. */
    | { readonly kind: 'up-to'; readonly length: number };
  readonly reason: string;
}

export interface DeclaredRange extends OffsetRange {
  readonly reason: string;
}

/** A partition as all logs hold it together. */
interface HeldPartition {
  readonly topic: string;
  readonly partition: number;
  /** The oldest offset that it ever had, the oldest that is held, and one past the newest. */
  readonly beginning: Offset;
  readonly from: Offset;
  readonly end: Offset;
  readonly held: readonly RangeSource[];
}

/**
 * What of a partition no log has and the user says was never there. What a log has is never declared away.
 * @throws RecoveryError `invalid-configuration` where an event stands at an offset that is said to hold none
 */
export function declaredRanges(partition: HeldPartition, gaps: readonly DeclaredGap[]): readonly DeclaredRange[] {
  const { topic, partition: number, beginning, from, end, held } = partition;
  const meant = gaps.filter(
    (gap) => (gap.topic === undefined || gap.topic === topic) && (gap.partition ?? number) === number,
  );
  if (meant.length === 0) return [];
  const open = coverRange({ from: beginning, to: end }, held).filter(({ log }) => log === null);
  const ranges: DeclaredRange[] = [];
  for (const { at, reason } of meant) {
    if (at.kind === 'offsets') {
      const contradicted = held.find(({ holds }) => holdsAnyOf(holds, at));
      if (contradicted !== undefined) throw notEmpty(partition, at);
      ranges.push(
        ...open.flatMap((piece) => {
          const common = overlap(piece, at);
          return common === null ? [] : [{ ...common, reason }];
        }),
      );
    } else {
      const between = open.filter((piece) => piece.from >= from && piece.to - piece.from <= at.length);
      ranges.push(...between.map((piece) => ({ from: piece.from, to: piece.to, reason })));
    }
  }
  return withoutOverlaps(ranges);
}

/** Whether a log that knows its events has one there. */
function holdsAnyOf({ events, range, holes }: PartitionDescription, at: OffsetRange): boolean {
  if (events < 0) return false;
  const common = overlap(at, range);
  if (common === null) return false;
  const empty = holes.filter(({ reason }) => !isHarmlessHole(reason) || reason === 'control' || reason === 'aborted');
  return offsetsWithin(common, empty) < common.to - common.from;
}

/** In rising order; the first that names an offset has it. */
function withoutOverlaps(ranges: readonly DeclaredRange[]): readonly DeclaredRange[] {
  const kept: DeclaredRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.from - b.from)) {
    const from = Math.max(range.from, kept.at(-1)?.to ?? 0);
    if (from < range.to) kept.push({ ...range, from });
  }
  return kept;
}

function notEmpty(partition: { readonly topic: string; readonly partition: number }, at: OffsetRange): RecoveryError {
  const offsets = at.to - at.from === 1 ? `@${at.from}` : ` ${at.from}-${at.to - 1}`;
  return new RecoveryError(
    'invalid-configuration',
    `log.gaps says that ${describePartition(partition)}${offsets} never held an event, and a log holds one there`,
    { hint: 'declare only offsets that no log has' },
  );
}
