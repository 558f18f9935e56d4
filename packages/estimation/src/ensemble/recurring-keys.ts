import { keysOfOne, type OpenWorker, type WalkedEvent } from '@eventmend/core/engine';
import type { DonorBlocks } from './draw-path.js';
import type { LocatedGap } from './locate-gaps.js';

export interface KeyRecurrence {
  /** Events of the later donors, and those of them whose keys all stand in an earlier donor too. */
  readonly events: number;
  readonly recurring: number;
}

/** Told which gap the event stands in for that the worker is given next. */
export type EnterGap = (gap: LocatedGap) => void;

/** How often the keys of an event are ones that were seen in another stretch of the history before. */
export async function countRecurringKeys(
  donors: readonly { readonly gap: LocatedGap; readonly blocks: DonorBlocks<WalkedEvent> }[],
  worker: OpenWorker,
  enter: EnterGap,
): Promise<KeyRecurrence> {
  const seen = new Set<string>();
  let [events, recurring] = [0, 0];
  for (const { gap, blocks } of donors) {
    const byTime = blocks.filter(({ length }) => length > 0).sort((a, b) => a[0]!.time - b[0]!.time);
    for (const [place, block] of byTime.entries()) {
      const named: string[] = [];
      for (const { event } of block) {
        enter(gap);
        const keys = (await keysOfOne(event, gap.offsets, worker)) ?? [];
        named.push(...keys);
        if (place < byTime.length / 2) continue;
        events++;
        if (keys.every((key) => seen.has(key))) recurring++;
      }
      for (const key of named) seen.add(key);
    }
  }
  return { events, recurring };
}
