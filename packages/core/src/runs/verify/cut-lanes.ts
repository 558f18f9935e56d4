import { lanesOf, type ReplaySpec } from '../../engine/spec/replay-spec.js';
import type { LaneNumber } from '../../engine/store/run-store.js';

/**
 * Cuts the lanes into runs of neighbours with about as many offsets each. What is made of the runs and put together in their
 * order is in the order of the lanes.
 * @returns at most so many, none of them empty unless there is no lane at all
 */
export function cutLanes(
  spec: Pick<ReplaySpec, 'locality' | 'partitions'>,
  runs: number,
): readonly (readonly LaneNumber[])[] {
  const lanes = lanesOf(spec).map(({ lane, partitions }) => ({
    lane,
    offsets: partitions.reduce((sum, { next, target }) => sum + target - next, 0),
  }));
  const total = lanes.reduce((sum, { offsets }) => sum + offsets, 0);
  const cut: LaneNumber[][] = [[]];
  let before = 0;
  for (const { lane, offsets } of lanes) {
    const end = (total * cut.length) / runs;
    const last = cut.at(-1) as LaneNumber[];
    // A lane belongs where more of it lies.
    if (last.length === 0 || cut.length >= runs || before + offsets / 2 < end) last.push(lane);
    else cut.push([lane]);
    before += offsets;
  }
  return cut;
}
