import type { OpenWorker } from '../../worker/describe-worker.js';
import type { WorkerInstance } from '../../worker/worker-instance.js';
import type { ReferenceFiles, WorkerSource } from '../../worker/worker-source.js';
import { openWorker } from '../../sources/reference-tables/open-worker.js';

/** Another version of the worker, which handled what lies outside of a stretch of event time. */
export interface OutsideWindow {
  readonly worker: WorkerSource;
  readonly references: ReferenceFiles;
  /** The first and the last millisecond of the stretch; null for no limit. */
  readonly from: number | null;
  readonly until: number | null;
}

/**
 * The worker of a stretch of event time, and outside of it the other version. Both must be called in the same way; a
 * process that is asked in batches cannot be mixed, and then the one of the stretch handles everything.
 */
export async function windowedWorker(
  inside: OpenWorker,
  { worker, references, from, until }: OutsideWindow,
): Promise<OpenWorker> {
  if (inside.mode !== 'events') return inside;
  const outside = await openWorker(worker, references);
  if (outside.mode !== 'events') {
    await outside.close();
    return inside;
  }
  const at = (now: number): WorkerInstance =>
    (from === null || now >= from) && (until === null || now <= until) ? inside : outside;
  return {
    mode: 'events',
    worker: inside.worker,
    decodeState: (stored) => inside.decodeState(stored),
    deduplicationId: (event) => inside.deduplicationId(event),
    get negativeZeros() {
      return inside.negativeZeros + outside.negativeZeros;
    },
    set negativeZeros(count: number) {
      inside.negativeZeros = count;
      outside.negativeZeros = 0;
    },
    event: (page, index, partition) => inside.event(page, index, partition),
    keys: (event) => inside.keys(event),
    // Its own time where it has one: the one that the order lends it may be another's.
    invoke: (event, keys, now, states) => at(event.time ?? now).invoke(event, keys, now, states),
    freezeInputs: (freeze) => {
      inside.freezeInputs(freeze);
      outside.freezeInputs(freeze);
    },
    // The one inside is its owner's to close.
    close: () => outside.close(),
  };
}
