import { isRecoveryError } from '@eventmend/core';
import { KeyScan, type ReplayInputs, type ReplaySpec } from '@eventmend/core/engine';
import type { WalkedEvent } from './walk-log.js';

/**
 * Reads one event that the path has left behind, for a redelivery from long ago. Its clock is its own time, since nobody
 * knows any more which one it had on the path. Null where the log does not hold it.
 */
export async function fetchEvent(
  spec: ReplaySpec,
  { logs, instance }: ReplayInputs,
  place: number,
  offset: number,
): Promise<WalkedEvent | null> {
  const id = spec.partitions[place]?.id;
  if (id === undefined) return null;
  for (const log of logs) {
    const reader = log.read({ ...id, from: offset, to: offset + 1 });
    try {
      const page = await reader.next();
      if (page === null || page.offsets[0] !== offset) continue;
      const time = page.timestamps[0] as number;
      const now = Number.isNaN(time) ? -Infinity : time;
      const found: WalkedEvent[] = [];
      const scan = new KeyScan<null>(instance, (scanned) => {
        if ('error' in scanned) throw scanned.error;
        found.push({ place, offset, rank: -1, now, event: scanned.event, keys: scanned.keys, fault: null });
      });
      await scan.ask(null, page, 0, id, now);
      await scan.flush();
      return found[0] ?? null;
    } catch (error) {
      if (!isRecoveryError(error)) throw error;
    } finally {
      reader.close();
    }
  }
  return null;
}
