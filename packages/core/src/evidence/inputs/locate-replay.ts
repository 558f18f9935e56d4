import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { defaultEventTimeoutMs } from '../../worker/describe-worker.js';
import { defaultTuning, type ReplaySpec, type RunTuning } from '../../engine/spec/replay-spec.js';
import type { EventLog } from '../../model/log/event-log.js';
import type { ReplayLocators } from '../../engine/replay/replay-inputs.js';
import type { RecoveryInputs, ReplayTuning } from './recovery-inputs.js';

/** Where threads find what a replay needs; null when something lives in this thread's memory only. */
export function locateReplay(situation: RecoveryInputs, logs: readonly EventLog[]): ReplayLocators | null {
  const { worker, references, order } = situation;
  if (worker.kind === 'definition') return null;
  const located = logs.flatMap((log) => log.locator ?? []);
  if (located.length !== logs.length) return null;
  const recorded = order.by === 'recorded' ? recordedOrderFiles(situation, order.file) : null;
  return { worker, references, logs: located, recorded, eventTimeoutMs: eventTimeoutOf(situation) };
}

/** The recording and its index in the store. */
export function recordedOrderFiles(
  situation: RecoveryInputs,
  file: string,
): { readonly file: string; readonly index: string; readonly module: string } {
  const module = pathToFileURL(createRequire(import.meta.url).resolve('@eventmend/core/sqlite')).href;
  return { file, index: join(situation.store, 'recorded-order.db'), module };
}

/** Offsets that a replay goes over. */
export function offsetsOf({ partitions }: Pick<ReplaySpec, 'partitions'>): number {
  return partitions.reduce((sum, { next, target }) => sum + target - next, 0);
}

/** How long an event may take in this situation, in milliseconds. */
export function eventTimeoutOf({ tuning }: RecoveryInputs): number {
  return tuning?.eventTimeoutMs ?? defaultEventTimeoutMs;
}

export function runTuning(tuning: ReplayTuning | undefined): RunTuning {
  return {
    ...defaultTuning,
    batchEvents: tuning?.batchEvents ?? defaultTuning.batchEvents,
    batchMs: tuning?.batchMs ?? defaultTuning.batchMs,
    cachedStates: tuning?.cachedStates ?? defaultTuning.cachedStates,
  };
}
