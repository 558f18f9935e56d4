import type { ReplayInputs } from '../../engine/replay/replay-inputs.js';
import type { RunControl } from '../../engine/threads/run-control.js';
import type { SpecRange } from '../../engine/spec/replay-spec.js';
import { isRecoveryError } from '../../model/errors/recovery-error.js';
import type { EventLog } from '../../model/log/event-log.js';
import type { EventPage } from '../../model/log/event-page.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import { pagesOf } from '../../sources/log/pages-of.js';
import type { WorkerInstance } from '../../worker/worker-instance.js';
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
  for await (const { page, id } of pagesBehind(stretches, logs)) {
    if (control.stopRequested) return [];
    for (let index = 0; index < page.count; index++) {
      const typed = typedEvent(instance, page, index, id, typeOf);
      if (typed === null) continue;
      const counted = found.get(typed.type) ?? { events: 0, keys: new Set<string>() };
      if (!found.has(typed.type) && found.size >= mostTypes) return null;
      found.set(typed.type, counted);
      counted.events++;
      for (const key of typed.keys) counted.keys.add(key);
    }
  }
  return [...found]
    .map(([type, { events, keys }]) => ({ type, events, keys: keys.size }))
    .sort((a, b) => b.events - a.events || (a.type < b.type ? -1 : 1));
}

async function* pagesBehind(
  stretches: readonly StretchBehind[],
  logs: readonly EventLog[],
): AsyncGenerator<{ readonly page: EventPage; readonly id: PartitionId }> {
  for (const { id, ranges, from, to } of stretches) {
    for (const range of ranges) {
      const log = range.log === null ? undefined : logs[range.log];
      const [first, last] = [Math.max(from, range.from), Math.min(to, range.to)];
      if (log === undefined || first >= last) continue;
      for await (const page of pagesOf(log, { ...id, from: first, to: last })) yield { page, id };
    }
  }
}

/** Null for an event that cannot be decoded: it has no type, and a recovery says what becomes of it. */
function typedEvent(
  instance: WorkerInstance,
  page: EventPage,
  index: number,
  id: PartitionId,
  typeOf: (event: WorkerEvent) => string,
): { readonly type: string; readonly keys: readonly string[] } | null {
  try {
    const event = instance.event(page, index, id);
    return { type: typeOf(event), keys: instance.keys(event) };
  } catch (error) {
    if (!isRecoveryError(error)) throw error;
    return null;
  }
}
