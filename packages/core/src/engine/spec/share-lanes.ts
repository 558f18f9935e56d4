import type { LaneNumber } from '../store/run-store.js';
import { lanesOf, type ReplaySpec } from './replay-spec.js';

/**
 * Shares lanes out by the number of their offsets, the longest first to whoever has least.
 * @param only some of the lanes; all where absent
 * @returns at most so many shares, none of them empty unless there is no lane at all
 */
export function shareLanes(
  spec: Pick<ReplaySpec, 'locality' | 'partitions'>,
  shares: number,
  only?: readonly LaneNumber[],
): readonly (readonly LaneNumber[])[] {
  const chosen = only === undefined ? null : new Set(only);
  const lanes = lanesOf(spec)
    .filter(({ lane }) => chosen?.has(lane) !== false)
    .map(({ lane, partitions }) => ({
      lane,
      offsets: partitions.reduce((sum, partition) => sum + partition.target - partition.next, 0),
    }));
  const shared = Array.from({ length: Math.max(1, Math.min(shares, lanes.length)) }, () => ({
    offsets: 0,
    lanes: [] as LaneNumber[],
  }));
  for (const { lane, offsets } of lanes.sort((a, b) => b.offsets - a.offsets || a.lane - b.lane)) {
    const least = shared.reduce((a, b) =>
      b.offsets < a.offsets || (b.offsets === a.offsets && b.lanes.length < a.lanes.length) ? b : a,
    );
    least.offsets += offsets;
    least.lanes.push(lane);
  }
  return shared.map((share) => share.lanes);
}
