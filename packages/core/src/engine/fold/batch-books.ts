import { errorCatalogue } from '../../model/errors/error-catalogue.js';
import type { RecoveryError } from '../../model/errors/recovery-error.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import type { SentEvent } from '../../worker/process/batch-worker.js';
import type { HandlerEffects } from '../../worker/worker-instance.js';
import type { PartitionLedger } from '../accounts/partition-ledger.js';
import { takeFact } from './assign-fact.js';
import type { FactBatch } from './gather-batch.js';
import type { Gathered, GatheredEvent } from './gathered-event.js';
import type { Judgement } from './judge-batch.js';
import type { LaneCommits } from './lane-commits.js';
import type { LaneOptions } from './lane.js';
import { quarantineBlocked, quarantineEvent } from './quarantine-event.js';
import { settleEvent } from './settle-event.js';
import type { StateEntry } from './state-cache.js';
import { isFaultOfEvent } from './worker-fault.js';

/** Where a partition stands behind its last booked event; the cursor of the path is ahead of it. */
export interface BookedStanding {
  readonly id: PartitionId;
  watermark: number;
  lastClock: number;
}

/** What became of an event. Only one that was to be applied can have failed, or have effects. */
export type Outcome =
  | { readonly kind: 'judged'; readonly judgement: Judgement }
  | { readonly kind: 'failed'; readonly entries: readonly StateEntry[]; readonly error: RecoveryError }
  | {
      readonly kind: 'applied';
      readonly entries: readonly StateEntry[];
      readonly businessId: string | null;
      readonly effects: HandlerEffects;
    };

/** Books events in their order, whoever handled them: each as it is where events are handled one by one. */
export class BatchBooks {
  readonly #options: LaneOptions;
  readonly #standings: readonly BookedStanding[];
  readonly #commits: LaneCommits;

  constructor(options: LaneOptions, standings: readonly BookedStanding[], commits: LaneCommits) {
    this.#options = options;
    this.#standings = standings;
    this.#commits = commits;
  }

  takeFacts({ facts }: FactBatch): void {
    const { ledger } = this.#options;
    for (const fact of facts) {
      const account = this.#accountOf(fact);
      this.#moveTo(fact);
      if (fact.offset < account.next) {
        account.repeated++;
        continue;
      }
      if (fact.offset !== account.next) this.#commits.cross(account.passOverTo(fact.offset));
      takeFact(this.#options, account, fact.offset, fact.key, fact.segment, fact.fact);
      this.#close(fact, account, ledger.orderFlags);
    }
  }

  book(event: GatheredEvent, outcome: Outcome): void {
    const { ledger } = this.#options;
    const account = this.#accountOf(event);
    this.#moveTo(event);
    if (outcome.kind === 'judged' && outcome.judgement.kind === 'repeated') {
      account.repeated++;
      return;
    }
    if (event.offset !== account.next) this.#commits.cross(account.passOverTo(event.offset));
    if (outcome.kind === 'applied') this.#apply(account, event, outcome);
    else if (outcome.kind === 'failed') this.#quarantine(account, outcome.entries, outcome.error);
    else this.#bookJudged(account, outcome.judgement);
    this.#close(event, account, ledger.orderFlags);
  }

  #bookJudged(account: PartitionLedger, judgement: Judgement): void {
    const { ledger } = this.#options;
    switch (judgement.kind) {
      case 'skip':
        account.skip(judgement.reason);
        if (judgement.enters) ledger.window?.enter(judgement.businessId);
        return;
      case 'failed':
        return this.#quarantine(account, [], judgement.error);
      case 'forced': {
        const code = errorCatalogue['worker-timeout'].number;
        return quarantineEvent(this.#options, account, judgement.entries, code, judgement.reason);
      }
      case 'blocked':
        return quarantineBlocked(this.#options, account, judgement.entries, judgement.blocking);
      case 'apply':
      case 'repeated':
        throw new Error('it is booked elsewhere');
    }
  }

  #apply(
    account: PartitionLedger,
    gathered: GatheredEvent,
    { entries, businessId, effects }: Extract<Outcome, { readonly kind: 'applied' }>,
  ): void {
    const { ledger, observer } = this.#options;
    const { id, offset, segment, clock } = gathered;
    settleEvent(ledger, entries, segment, { topic: id.topic, partition: id.partition, offset }, clock, effects);
    account.applied++;
    observer?.applied((gathered.sent as SentEvent).event, clock, entries, effects.outputs);
    ledger.window?.enter(businessId);
  }

  #quarantine(account: PartitionLedger, entries: readonly StateEntry[], error: RecoveryError): void {
    if (this.#options.poison === 'stop' || !isFaultOfEvent(error)) throw error;
    quarantineEvent(this.#options, account, entries, error.number, error.message);
  }

  #accountOf({ place }: Gathered): PartitionLedger {
    return this.#options.ledger.ledgers[place] as PartitionLedger;
  }

  #close({ flag, clock }: Gathered, account: PartitionLedger, orderFlags: LaneOptions['ledger']['orderFlags']): void {
    orderFlags[flag] = (orderFlags[flag] as number) + 1;
    account.next++;
    this.#options.observer?.passed?.(clock);
  }

  #moveTo({ place, order, clock }: Gathered): void {
    this.#commits.pending++;
    const standing = this.#standings[place] as BookedStanding;
    standing.watermark = order;
    standing.lastClock = clock;
  }
}
