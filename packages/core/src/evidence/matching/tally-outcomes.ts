import { joinTimes, touchesTime, type BlindTime } from './blind-time.js';
import type { EventPlaces } from './event-places.js';
import type { KnownEvents } from './known-events.js';
import { LatenessTally } from './lateness.js';
import type { MatchOutcome, UnsettledEvent } from './match-outcome.js';
import type { EventRow, RecordRow } from './match-rows.js';
import type { MatchRule } from './match-rule.js';
import { monthOf } from './month.js';
import { AgreementTally } from './tally-agreement.js';

/** The time of whose events a source of records tells. */
export interface CoveredPeriod {
  readonly from: number;
  readonly until: number;
}

/** Counts what became of records and events, and tells it. All events are to be known before. */
export class OutcomeTally {
  readonly lateness = new LatenessTally();
  readonly agreement = new AgreementTally();
  readonly #rule: MatchRule;
  readonly #events: KnownEvents;
  readonly #places: EventPlaces;
  readonly #period: CoveredPeriod | null;
  readonly #take: ((outcome: MatchOutcome) => void) | undefined;
  readonly #blind: readonly BlindTime[];

  constructor(
    rule: MatchRule,
    events: KnownEvents,
    places: EventPlaces,
    period: CoveredPeriod | null,
    take: ((outcome: MatchOutcome) => void) | undefined,
  ) {
    this.#rule = rule;
    this.#events = events;
    this.#places = places;
    this.#period = period;
    this.#take = take;
    this.#blind = joinTimes(events.blind());
  }

  /** A later copy of an event under the same id. */
  repeatedEvent(event: EventRow): void {
    this.#take?.({ kind: 'repeated-event', event: this.#places.refOf(event) });
    this.agreement.of(event[6], monthOf(event[4])).repeatedEvents++;
  }

  /** Beside a hole the event that fits need not be the one: another that fits as well may have been lost. */
  matchedByTime(record: RecordRow, event: EventRow): void {
    if (!this.#isInBlindTime(record[3])) {
      this.matched(record, event);
      return;
    }
    this.#take?.({ kind: 'doubtful', record: record[0], event: this.#unsettled(event) });
    const counts = this.#countsOfEvent(event);
    if (counts === null) return;
    counts.known++;
    counts.doubtful++;
  }

  matched(record: RecordRow, event: EventRow): void {
    const [seq, , key, time, amount] = record;
    const [, , , eventKey, eventTime, eventAmount] = event;
    this.#take?.({ kind: 'matched', record: seq, event: this.#places.refOf(event) });
    const counts = this.#countsOfEvent(event);
    if (counts === null) return;
    counts.known++;
    counts.matched++;
    const differs = (one: string | null, other: string | null) => one !== null && other !== null && one !== other;
    if (differs(amount, eventAmount) || differs(key, eventKey)) counts.differing++;
    if (time === null || eventTime === null) return;
    const { within } = this.#rule;
    const difference = time - eventTime;
    if (within !== null && (difference > within.later || -difference > within.earlier)) counts.outsideTolerance++;
    this.lateness.add(difference);
  }

  missing(event: EventRow): void {
    const counts = this.#countsOfEvent(event);
    this.#take?.({ kind: 'missing', event: this.#unsettled(event) });
    if (counts === null) return;
    counts.known++;
    counts.missing++;
  }

  ambiguousEvent(event: EventRow, hasRecord = false): void {
    this.#take?.({ kind: 'ambiguous-event', event: this.#unsettled(event) });
    const counts = this.#countsOfEvent(event);
    if (counts === null) return;
    counts.known++;
    counts.ambiguousEvents++;
    if (hasRecord) counts.ambiguousPairs++;
  }

  onlyInRecords(record: RecordRow): void {
    if (this.#isBlindAt(record[3])) {
      this.notComparable(record);
      return;
    }
    this.#take?.({ kind: 'only-in-records', record: record[0] });
    this.#countsOfRecord(record).onlyInRecords++;
  }

  notComparable(record: RecordRow): void {
    this.#take?.({ kind: 'not-comparable', record: record[0] });
    this.#countsOfRecord(record).notComparable++;
  }

  ambiguousRecord(record: RecordRow): void {
    this.#take?.({ kind: 'ambiguous-record', record: record[0] });
    this.#countsOfRecord(record).ambiguousRecords++;
  }

  twice(record: RecordRow): void {
    this.#take?.({ kind: 'twice', record: record[0] });
    this.#countsOfRecord(record).twice++;
  }

  contradicting(record: RecordRow, first: RecordRow): void {
    this.#take?.({ kind: 'contradicting', record: record[0], first: first[0] });
    this.#countsOfRecord(record).contradicting++;
  }

  #countsOfRecord(record: RecordRow) {
    const { types } = this.#rule;
    const only = types?.length === 1 ? (types[0] ?? null) : null;
    return this.agreement.of(record[5] ?? only, monthOf(record[3]));
  }

  /** Null for an event outside of the time that the source covers: it is counted there and nowhere else. */
  #countsOfEvent(event: EventRow) {
    const [, , , , time, , type] = event;
    const counts = this.agreement.of(type, monthOf(time));
    if (time === null) return counts;
    const period = this.#period;
    if (period !== null && time >= period.from && time <= period.until) return counts;
    counts.outsidePeriod++;
    return null;
  }

  /** Whether an event that a record of this time stands for could be one that nobody knows. */
  #isBlindAt(time: number | null): boolean {
    const held = this.#events.held();
    if (held === null) return true;
    if (time === null) return this.#blind.length > 0;
    const { from, until } = this.#timesOfEvent(time);
    return from < held.from || until > held.until || this.#isInBlindTime(time);
  }

  #isInBlindTime(time: number | null): boolean {
    return time === null ? this.#blind.length > 0 : touchesTime(this.#blind, this.#timesOfEvent(time));
  }

  /** When the event of a record of this time can have been. */
  #timesOfEvent(time: number): BlindTime {
    const { earlier, later } = this.#rule.within ?? { earlier: 0, later: 0 };
    return { from: time - later, until: time + earlier };
  }

  #unsettled(event: EventRow): UnsettledEvent {
    const [, , id, key, time] = event;
    return { ...this.#places.refOf(event), id, key, time };
  }
}
