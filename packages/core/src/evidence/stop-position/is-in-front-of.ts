import { isBeforeOrAt, type Position } from '../../model/position/position.js';
import type { ResolvedTarget } from './resolve-target.js';

/**
 * Whether a state has seen nothing that is behind a target. Where the target is a time and lies in a lost stretch, all of that counts as in
 * front of it; a state from within that stretch has seen later events as well, unless it was taken before that time.
 */
export function isInFrontOf(
  { position, takenAt }: { readonly position: Position; readonly takenAt: number | null },
  target: Pick<ResolvedTarget, 'position' | 'surely' | 'time'>,
): boolean {
  if (!isBeforeOrAt(position, target.position)) return false;
  if (isBeforeOrAt(position, target.surely)) return true;
  return takenAt !== null && target.time !== null && takenAt <= target.time;
}
