import { isRecoveryError } from '../../model/errors/recovery-error.js';
import type { SentEvent } from '../../worker/process/batch-worker.js';
import type { WorkerBasis } from '../../worker/worker-instance.js';
import type { GatheredEvent } from './gathered-event.js';
import { WindowAhead, type Judgement } from './judge-batch.js';
import type { LaneLedger } from './lane-ledger.js';

/** What is known of an event before it is sent. */
export interface Ahead {
  /** Null where the worker decides. */
  readonly judgement: Judgement | null;
  readonly businessId: string | null;
}

const wanted: Ahead = { judgement: null, businessId: null };

/** Judges events before their keys are known, as if all that were sent before succeed. */
export class EventsAhead {
  readonly #ledger: LaneLedger;
  readonly #worker: WorkerBasis;
  /** By partition: the offset behind what was sent. */
  #next: number[] = [];
  /** Null where nothing is under way. */
  #window: WindowAhead | null = null;

  constructor(ledger: LaneLedger, worker: WorkerBasis) {
    this.#ledger = ledger;
    this.#worker = worker;
  }

  /** Nothing is under way. */
  begin(): void {
    this.#next = this.#ledger.ledgers.map(({ next }) => next);
    this.#window = null;
  }

  /** All that the deduplication looked at is booked. */
  noteBooked(): void {
    this.#window = null;
  }

  /** The same questions in the same order as in `judgeBatch`, as far as they go without keys. */
  judge(event: GatheredEvent): Ahead {
    const { special, place, offset } = event;
    if (offset < (this.#next[place] as number)) return { judgement: { kind: 'repeated' }, businessId: null };
    this.#next[place] = offset + 1;
    if (isRecoveryError(special)) return { judgement: { kind: 'failed', error: special }, businessId: null };
    if (this.#ledger.window === null) return wanted;
    const window = (this.#window ??= new WindowAhead(this.#ledger.window));
    const businessId = this.#worker.deduplicationId((event.sent as SentEvent).event);
    if (businessId !== null && window.isDuplicate(businessId)) {
      return { judgement: { kind: 'skip', reason: 'duplicate-id', enters: false, businessId }, businessId };
    }
    window.enter(businessId);
    return { judgement: null, businessId };
  }
}
