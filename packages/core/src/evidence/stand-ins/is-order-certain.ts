import { exitCodes } from '../../model/errors/error-catalogue.js';
import { isRecoveryError } from '../../model/errors/recovery-error.js';
import { pagesOf } from '../../sources/log/pages-of.js';
import { openWorker } from '../../sources/reference-tables/open-worker.js';
import { KeyScan } from '../../worker/key-scan.js';
import type { PreparedInputs } from '../inputs/prepare-inputs.js';
import { joinTimes, touchesTime, type BlindTime } from '../matching/blind-time.js';
import type { StandIn, StandIns } from './stand-in.js';

/**
 * Whether the times of stand-ins say the order of all events of each key: none of the same key, stand-in or known, can have
 * been on the other side of one. A row may be earlier or later than its event, and a state may depend on the order. Nothing is
 * certain where a log cannot be read: whoever recovers from it is told.
 * @throws RecoveryError for a failure that passes
 */
export async function isOrderCertain(
  { situation, survey }: Pick<PreparedInputs, 'situation' | 'survey'>,
  { standIns, perSource }: Pick<StandIns, 'standIns' | 'perSource'>,
): Promise<boolean> {
  const sources = new Map(perSource.map((source) => [source.name, source]));
  const timesOf = ({ source, time }: StandIn): BlindTime => {
    const { lateness, disorder } = sources.get(source) ?? { lateness: { earlier: 0, later: 0 }, disorder: 0 };
    return { from: time - lateness.later - disorder, until: time + lateness.earlier + disorder };
  };
  const byKey = new Map<string, BlindTime[]>();
  for (const standIn of standIns) {
    if (standIn.keys === null) return false;
    for (const key of standIn.keys) {
      const times = byKey.get(key);
      if (times === undefined) byKey.set(key, [timesOf(standIn)]);
      else times.push(timesOf(standIn));
    }
  }
  for (const [key, times] of byKey) {
    const joined = joinTimes(times);
    // Those that have a moment in common became one.
    if (joined.length < times.length) return false;
    byKey.set(key, [...joined]);
  }
  const worker = await openWorker(situation.worker, situation.references, situation.tuning?.eventTimeoutMs);
  let isCertain = true;
  const scan = new KeyScan<number>(worker, (scanned) => {
    if ('error' in scanned) return;
    const at = { from: scanned.note, until: scanned.note };
    if (scanned.keys.some((key) => touchesTime(byKey.get(key) ?? [], at))) isCertain = false;
  });
  try {
    for (const partition of survey.partitions) {
      const { source, topic, incarnation, partition: number } = partition;
      for (const { log, holds } of partition.held) {
        const found = survey.logs[log];
        if (found === undefined) continue;
        const request = { source, topic, incarnation, partition: number, ...holds.range };
        for await (const page of pagesOf(found.log, request)) {
          for (let index = 0; index < page.count; index++) {
            const time = page.timestamps[index] as number;
            await scan.ask(time, page, index, partition, time || -Infinity);
          }
          if (!isCertain) return false;
        }
      }
    }
    await scan.flush();
    return isCertain;
  } catch (error) {
    if (!isRecoveryError(error) || error.exitCode === exitCodes.transient) throw error;
    return false;
  } finally {
    await worker.close();
  }
}
