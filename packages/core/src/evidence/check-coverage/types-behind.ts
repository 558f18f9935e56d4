import type { ReplayInputs } from '../../engine/replay/replay-inputs.js';
import type { RunControl } from '../../engine/threads/run-control.js';
import type { SpecRange } from '../../engine/spec/replay-spec.js';
import { isRecoveryError } from '../../model/errors/recovery-error.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import type { WorkerEvent } from '../../worker/worker.js';
import type { UncoveredType } from '../worker-check/check-report.js';
import { mostTypes } from './check-coverage.js';
import type { TypeCount } from './coverage-observer.js';

/** A stretch of a partition behind that of a check. */
export interface StretchBehind {
  readonly id: PartitionId;
  /** Where its events come from. */
  readonly ranges: readonly SpecRange[];
  readonly from: number;
  readonly to: number;
}

/**
 * Reads what lies behind a check, without the handler: its events by type, those of the stretch that the check did not
 * cover included. Null where there are too many to be types.
 */
export async function typesBehind(
  stretches: readonly StretchBehind[],
  { logs, instance }: ReplayInputs,
  typeOf: (event: WorkerEvent) => string,
  onStretch: ReadonlyMap<string, TypeCount>,
  control: RunControl,
): Promise<readonly UncoveredType[] | null> {
  if (instance.mode !== 'events') return [];
  control.idle();
  const found = new Map(
    [...onStretch].map(
      ([type, { events, keys }]) =>
        [type, { events, keys: new Set(keys) }] as [string, { events: number; keys: Set<string> }],
    ),
  );
  for (const { id, ranges, from, to } of stretches) {
    for (const range of ranges) {
      const log = range.log === null ? undefined : logs[range.log];
      const [first, last] = [Math.max(from, range.from), Math.min(to, range.to)];
      if (log === undefined || first >= last) continue;
      const reader = log.read({ ...id, from: first, to: last });
      try {
        for (let page = await reader.next(); page !== null; page = await reader.next()) {
          for (let index = 0; index < page.count; index++) {
            if (control.stopRequested) return [];
            try {
              const event = instance.event(page, index, id);
              const type = typeOf(event);
              const counted = found.get(type) ?? { events: 0, keys: new Set<string>() };
              if (!found.has(type) && found.size >= mostTypes) return null;
              found.set(type, counted);
              counted.events++;
              for (const key of instance.keys(event)) counted.keys.add(key);
            } catch (error) {
              // An event that cannot be decoded has no type; a recovery says what becomes of it.
              if (!isRecoveryError(error)) throw error;
            }
          }
        }
      } finally {
        reader.close();
      }
    }
  }
  return [...found]
    .map(([type, { events, keys }]) => ({ type, events, keys: keys.size }))
    .sort((a, b) => b.events - a.events || (a.type < b.type ? -1 : 1));
}
