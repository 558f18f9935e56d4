import type { PartitionWalk, WalkedEvent } from '@eventmend/core/engine';
import { donorWindow, type DonorBlocks, type DonorEvent } from './draw-path.js';
import type { LocatedGap } from './locate-gaps.js';

/** A gap with the shifts to its donors. */
export interface GapWithDonors {
  readonly gap: LocatedGap;
  readonly shifts: readonly number[];
}

/** Walks through a partition and keeps the events of all donors of its gaps, by gap and then by donor. Their pages stay in memory. */
export async function collectDonors(
  walk: PartitionWalk,
  gaps: readonly GapWithDonors[],
): Promise<readonly DonorBlocks<WalkedEvent>[]> {
  const blocks = gaps.map(({ shifts }) => shifts.map((): DonorEvent<WalkedEvent>[] => []));
  const windows = gaps
    .flatMap(({ gap, shifts }, place) =>
      shifts.map((shift, donor) => ({ ...donorWindow(gap, shift), block: blocks[place]![donor]! })),
    )
    .sort((a, b) => a.from - b.from);
  let open: typeof windows = [];
  let next = 0;
  for (let event = walk.current; event !== null; event = walk.current) {
    const { now } = event;
    while (next < windows.length && windows[next]!.from <= now) open.push(windows[next++]!);
    open = open.filter(({ to }) => now < to);
    for (const { block } of open) block.push({ event, time: now });
    const reading = walk.advance();
    if (reading !== undefined) await reading;
  }
  return blocks;
}
