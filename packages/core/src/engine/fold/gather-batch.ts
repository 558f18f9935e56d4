import type { BatchWorker } from '../../worker/process/batch-worker.js';
import { gatherFact, GatheredEvent, type GatheredFact } from './gathered-event.js';
import type { LaneOptions } from './lane.js';

/** Facts that follow each other: the events behind them are another batch, so that the worker sees what they set. */
export interface FactBatch {
  readonly facts: readonly GatheredFact[];
}

/** Events that were taken off the path together. */
export interface EventBatch {
  readonly events: readonly GatheredEvent[];
}

/** Bytes of events in one batch, from which on no more are added. */
const maxBatchLength = 8 * 1024 * 1024;

/** Takes the next events off the path; what was taken and not handled is put back, and taken first. */
export class BatchGatherer {
  readonly #options: LaneOptions;
  readonly #worker: BatchWorker;
  #putBack: readonly GatheredEvent[] = [];

  constructor(options: LaneOptions, worker: BatchWorker) {
    this.#options = options;
    this.#worker = worker;
  }

  putBack(events: readonly GatheredEvent[]): void {
    this.#putBack = [...events, ...this.#putBack];
  }

  /**
   * @param holding goes on without a partition that is at its end
   * @returns null at the cut or the end of the path
   */
  async next(limit: number, cuts: ArrayLike<number>, holding: boolean): Promise<EventBatch | FactBatch | null> {
    if (this.#putBack.length > 0) return this.#again(limit);
    const { path } = this.#options;
    const events: GatheredEvent[] = [];
    const facts: GatheredFact[] = [];
    let length = 0;
    while (events.length + facts.length < limit && length < maxBatchLength) {
      if (path.mustLoad) {
        const loading = path.load();
        if (loading !== undefined) await loading;
        continue;
      }
      const cursor = path.head;
      if (cursor === null) break;
      if ((cursor.offsets[cursor.index] as number) >= (cuts[cursor.place] as number)) {
        if (!holding) break;
        path.hold();
        continue;
      }
      const isFact = this.#options.facts?.has(cursor.place) === true;
      if (isFact ? events.length > 0 : facts.length > 0) break;
      if (isFact) {
        facts.push(gatherFact(cursor));
        path.step();
        continue;
      }
      const event = new GatheredEvent(cursor, this.#worker);
      length += event.page.valueLength(event.index);
      events.push(event);
      path.step();
    }
    if (facts.length > 0) return { facts };
    return events.length === 0 ? null : { events };
  }

  #again(limit: number): EventBatch {
    let length = 0;
    let count = 0;
    for (const { page, index } of this.#putBack) {
      if (count === limit || length >= maxBatchLength) break;
      length += page.valueLength(index);
      count++;
    }
    const events = this.#putBack.slice(0, count);
    this.#putBack = this.#putBack.slice(count);
    return { events };
  }
}
