import type { SkipReason } from '../../model/accounts/accounts.js';
import { isRecoveryError, type RecoveryError } from '../../model/errors/recovery-error.js';
import type { NamedKeys } from '../../worker/process/batch-worker.js';
import type { WorkerBasis } from '../../worker/worker-instance.js';
import type { GatheredEvent } from './gathered-event.js';
import type { LaneOptions } from './lane.js';
import type { ForcedEvents } from './quarantine-event.js';
import { isInScope } from './scope-membership.js';
import type { StateEntry } from './state-cache.js';
import type { DeduplicationWindow } from './deduplication-window.js';

/** What is to become of an event of a batch, if all before it succeed. */
export type Judgement =
  | { readonly kind: 'apply'; readonly entries: readonly StateEntry[]; readonly businessId: string | null }
  /** It was booked before. */
  | { readonly kind: 'repeated' }
  | { readonly kind: 'skip'; readonly reason: SkipReason; readonly enters: boolean; readonly businessId: string | null }
  /** It cannot be sent, or cannot name its keys. */
  | { readonly kind: 'failed'; readonly error: RecoveryError }
  | { readonly kind: 'forced'; readonly entries: readonly StateEntry[]; readonly reason: string }
  | { readonly kind: 'blocked'; readonly entries: readonly StateEntry[]; readonly blocking: string };

/**
 * Decides about the events of a batch before any of them is handled: the same questions in the same order as for events
 * that are handled one by one. The answers hold as long as no event fails; the batch ends at the first that does.
 * @param named keys of the events that were sent, in their order
 * @throws RecoveryError `mixed-baselines`, `event-crosses-scope`
 */
export function judgeBatch(
  events: readonly GatheredEvent[],
  named: readonly NamedKeys[],
  options: LaneOptions,
  worker: WorkerBasis,
  forced: ForcedEvents,
): readonly Judgement[] {
  const { ledger, routing, scope, poison } = options;
  const window = ledger.window === null ? null : new WindowAhead(ledger.window);
  const next = ledger.ledgers.map((account) => account.next);
  const newlyBlocked = new Set<string>();
  let answered = 0;

  const judge = (event: GatheredEvent): Judgement => {
    const { sent, place, offset } = event;
    const keys = isRecoveryError(sent) ? { kind: 'failed' as const, error: sent } : (named[answered++] as NamedKeys);
    if (offset < (next[place] as number)) return { kind: 'repeated' };
    next[place] = offset + 1;
    const within = (list: readonly string[]): boolean => scope === null || isInScope(scope, list, event.id, offset);
    const reason = forced.reasonFor(event.id, offset);
    if (reason !== undefined) {
      const entries = keys.kind === 'keys' && within(keys.keys) ? keys.keys.map((key) => ledger.cache.get(key)) : [];
      if (poison === 'quarantine-key') for (const entry of entries) newlyBlocked.add(entry.key);
      return { kind: 'forced', entries, reason };
    }
    if (isRecoveryError(sent)) return { kind: 'failed', error: sent };
    const businessId = window === null ? null : worker.deduplicationId(sent.event);
    if (businessId !== null && window?.isDuplicate(businessId) === true) {
      return { kind: 'skip', reason: 'duplicate-id', enters: false, businessId };
    }
    if (keys.kind === 'failed') return { kind: 'failed', error: keys.error };
    if (!within(keys.keys)) {
      window?.enter(businessId);
      return { kind: 'skip', reason: 'out-of-scope', enters: true, businessId };
    }
    if (!routing.single && offset < routing.startOf(keys.keys, place)) {
      return { kind: 'skip', reason: 'before-baseline', enters: false, businessId };
    }
    const entries = keys.keys.map((key) => ledger.cache.get(key));
    const blocking = keys.keys.find((key) => ledger.blocked.has(key) || newlyBlocked.has(key));
    if (blocking !== undefined) return { kind: 'blocked', entries, blocking };
    window?.enter(businessId);
    return { kind: 'apply', entries, businessId };
  };
  return events.map(judge);
}

/**
 * A window as it will be if all events of a batch succeed. Where one does not, the batch ends there, and what is left of
 * it is judged again.
 */
export class WindowAhead {
  readonly #window: DeduplicationWindow;
  readonly #places = new Map<string, number>();
  #entered: number;

  constructor(window: DeduplicationWindow) {
    this.#window = window;
    this.#entered = window.entered;
  }

  isDuplicate(id: string): boolean {
    const place = this.#places.get(id) ?? this.#window.placeOf(id);
    return place !== undefined && place >= this.#entered - this.#window.size;
  }

  enter(id: string | null): void {
    if (id !== null) this.#places.set(id, this.#entered);
    this.#entered++;
  }
}
