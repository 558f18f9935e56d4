import { isFilledHole, type FilledHole } from '../../model/provenance/provenance.js';
import { isHarmlessHole, type HoleReason, type LogHole, type OffsetRange } from '../../model/log/event-log.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import type { Offset } from '../../model/event/offset.js';
import type { AccountTotals, PartitionAccount, SkipReason } from '../../model/accounts/accounts.js';

/** A range of offsets that may have held events and is not there, or, for `damaged`, cannot be read. */
export interface Gap {
  readonly id: PartitionId;
  readonly from: Offset;
  readonly to: Offset;
  readonly reason: HoleReason | FilledHole;
}

/** A hole of the log, or offsets that nobody has and that are filled otherwise. */
export type AccountedHole = LogHole | (OffsetRange & { readonly reason: FilledHole });

/** The counts of a ledger as they are committed. */
export interface LedgerState extends Omit<AccountTotals, 'offsets'> {
  readonly start: Offset;
  readonly next: Offset;
}

/** Passed holes are let go of when there are more of them. */
const forgottenHoles = 1024;

/**
 * Books of one partition: where each offset from `start` to `next` went. Every event is first `accept`ed, which books the
 * offsets that were passed over on the way to it, and then booked itself.
 */
export class PartitionLedger {
  readonly id: PartitionId;
  readonly start: Offset;
  next: Offset;
  applied: number;
  quarantined: number;
  unavailable: number;
  repeated: number;
  readonly skipped: Partial<Record<SkipReason, number>>;
  readonly #holes: AccountedHole[];
  /** The first hole that may still lie ahead. */
  #hole = 0;

  /** @param holes known to the log, in rising order; an offset that is passed over and in none of them is `missing` */
  constructor(id: PartitionId, state: LedgerState, holes: readonly AccountedHole[]) {
    this.id = id;
    this.start = state.start;
    this.next = state.next;
    this.applied = state.applied;
    this.quarantined = state.quarantined;
    this.unavailable = state.unavailable;
    this.repeated = state.repeated;
    this.skipped = { ...state.skipped };
    this.#holes = [...holes];
  }

  static startingAt(start: Offset): LedgerState {
    return { start, next: start, applied: 0, quarantined: 0, unavailable: 0, repeated: 0, skipped: {} };
  }

  skip(reason: SkipReason, count = 1): void {
    this.skipped[reason] = (this.skipped[reason] ?? 0) + count;
  }

  /** A log found a hole while it was read: one that lies ahead of everything that was booked. */
  addHole(hole: LogHole): void {
    if (this.#hole > forgottenHoles) {
      // What was passed is not needed again: the list follows the holes ahead, not the length of the log.
      this.#holes.splice(0, this.#hole);
      this.#hole = 0;
    }
    let at = this.#holes.length;
    while (at > this.#hole && (this.#holes[at - 1] as LogHole).from > hole.from) at--;
    const before = this.#holes[at - 1];
    if (before !== undefined && before.to > hole.from) return; // declared, or told twice
    this.#holes.splice(at, 0, hole);
  }

  /**
   * Books all offsets from `next` up to `offset` as passed over, and moves there.
   * @returns the gaps among them: offsets that may have held events, those included that are quarantined as damaged
   */
  passOverTo(offset: Offset): readonly Gap[] {
    const gaps: Gap[] = [];
    let at = this.next;
    for (; this.#hole < this.#holes.length; this.#hole++) {
      const hole = this.#holes[this.#hole] as AccountedHole;
      if (hole.to <= at) continue;
      if (hole.from >= offset) break;
      if (hole.from > at) this.#bookGap(gaps, at, hole.from, 'missing');
      const from = Math.max(at, hole.from);
      const to = Math.min(offset, hole.to);
      if (!isFilledHole(hole.reason) && isHarmlessHole(hole.reason)) this.skip(hole.reason as SkipReason, to - from);
      else this.#bookGap(gaps, from, to, hole.reason);
      at = to;
      if (hole.to > offset) break; // the rest of it still lies ahead
    }
    if (at < offset) this.#bookGap(gaps, at, offset, 'missing');
    this.next = offset;
    return gaps;
  }

  state(): LedgerState {
    const { start, next, applied, quarantined, unavailable, repeated, skipped } = this;
    return { start, next, applied, quarantined, unavailable, repeated, skipped: { ...skipped } };
  }

  account(): PartitionAccount {
    const { applied, quarantined, unavailable, repeated } = this;
    const range = { from: this.start, to: this.next };
    return { ...this.id, range, applied, quarantined, unavailable, repeated, skipped: { ...this.skipped } };
  }

  #bookGap(gaps: Gap[], from: Offset, to: Offset, reason: Gap['reason']): void {
    if (from >= to) return;
    if (reason === 'damaged') this.quarantined += to - from;
    else this.unavailable += to - from;
    gaps.push({ id: this.id, from, to, reason });
  }
}
