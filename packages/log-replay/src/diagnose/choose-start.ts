import type { Position } from '@eventmend/core';
import type { ExaminedSnapshot } from '@eventmend/core/engine';

/** Where a diagnosis begins: with states that are known to be right, in front of what the records speak of. */
export interface DiagnosisStart {
  readonly position: Position;
  /** Null for the beginning of the log. */
  readonly snapshot: ExaminedSnapshot | null;
}

/**
 * The latest proven (or declared) snapshot from in front of the records; one from behind their beginning where there is no
 * other, since later records are better than none; else the beginning of the log, where the log reaches back to it.
 * @param witnessedFrom by place of the position: the first offset that the records speak of, null where that is not known
 * @returns null where nothing is known to be right
 */
export function chooseStart(
  examined: readonly ExaminedSnapshot[],
  witnessedFrom: readonly (number | null)[],
  beginning: Position | null,
): DiagnosisStart | null {
  const usable = examined.filter(({ finding }) => finding.finding === 'proven' || finding.finding === 'declared');
  const before = usable.findLast(({ candidate }) => isBefore(candidate.position, witnessedFrom));
  const found = before ?? (beginning === null ? usable[0] : undefined);
  if (found !== undefined) return { position: withOrder(found), snapshot: found };
  return beginning === null ? null : { position: beginning, snapshot: null };
}

function isBefore(position: Position, witnessedFrom: readonly (number | null)[]): boolean {
  return position.every(({ next }, place) => next <= (witnessedFrom[place] ?? Infinity));
}

/** A proof knows the state of the order at the snapshot. */
function withOrder({ candidate, order }: ExaminedSnapshot): Position {
  return candidate.position.map((part, place) => {
    const at = order[place];
    return at === undefined
      ? part
      : { ...part, order: { watermark: at.watermark ?? -Infinity, clock: at.clock ?? -Infinity } };
  });
}
