import { absoluteDecimal, multiplyDecimals } from '../../model/records/decimal.js';
import type { ExternalRecord } from '../../model/records/external-record.js';
import type { ExternalRecords } from '../../sources/records/open-external-records.js';
import type { Agreement } from './agreement.js';
import { countReversalsOfNothing, type ReversalRow } from './count-reversals-of-nothing.js';
import { distinctEvents, distinctRecords } from './distinct-rows.js';
import { EventPlaces } from './event-places.js';
import type { KnownEvents } from './known-events.js';
import type { MatchOutcome } from './match-outcome.js';
import {
  contentOf,
  groupOfEvent,
  groupOfRecord,
  groupsOf,
  idGroup,
  isEvent,
  type EventRow,
  type Group,
  type RecordRow,
  type SpilledRow,
} from './match-rows.js';
import type { MatchRule } from './match-rule.js';
import { settleGroup } from './settle-group.js';
import { Spill } from './spill.js';
import { SystematicDifferences } from './systematic-differences.js';
import { OutcomeTally, type CoveredPeriod } from './tally-outcomes.js';

export interface MatchOptions {
  readonly signal?: AbortSignal;
  /** Is told of every record and event, in no particular order. */
  readonly take?: (outcome: MatchOutcome) => void;
  /** Rows that are kept in memory before they go to temporary files. */
  readonly keptRows?: number;
}

/**
 * Matches records of another system with the events that are known, one to one: by id where both have one, else by key, time
 * and amount as far as the rule names them. What could be one or another is counted ambiguous and never guessed. Memory is
 * bounded by the records and events of one id, or of one key and amount; the rest goes through temporary files.
 */
export async function matchRecords(
  records: ExternalRecords,
  events: KnownEvents,
  rule: MatchRule,
  options: MatchOptions = {},
): Promise<Agreement> {
  const matching = new Matching(events, rule, options);
  try {
    for await (const batch of records.read()) {
      for (const record of batch) matching.addRecord(record);
      options.signal?.throwIfAborted();
    }
    await matching.addEvents();
    return matching.settle();
  } finally {
    matching.close();
  }
}

class Matching {
  readonly #rule: MatchRule;
  readonly #types: ReadonlySet<string> | null;
  readonly #events: KnownEvents;
  readonly #options: MatchOptions;
  readonly #byId: Spill<SpilledRow>;
  readonly #byGroup: Spill<SpilledRow>;
  readonly #reversals: Spill<ReversalRow>;
  readonly #places = new EventPlaces();
  readonly #systematic = new SystematicDifferences();
  readonly #without = { id: 0, key: 0, time: 0, amount: 0 };
  readonly #counts = { records: 0, events: 0, otherTypes: 0, reversals: 0 };
  #first = Infinity;
  #last = -Infinity;

  constructor(events: KnownEvents, rule: MatchRule, options: MatchOptions) {
    this.#events = events;
    this.#rule = rule;
    this.#types = rule.types === null ? null : new Set(rule.types);
    this.#options = options;
    this.#byId = new Spill(options.keptRows);
    this.#byGroup = new Spill(options.keptRows);
    this.#reversals = new Spill(options.keptRows);
  }

  close(): void {
    this.#byId.close();
    this.#byGroup.close();
    this.#reversals.close();
  }

  addRecord({ seq, id, key, time, amount: written, type, reversal }: ExternalRecord): void {
    const rule = this.#rule;
    this.#counts.records++;
    if (type !== null && this.#types?.has(type) === false) {
      this.#counts.otherTypes++;
      return;
    }
    const amount = rule.amount === null || written === null ? null : multiplyDecimals(written, rule.amount.factor);
    if (reversal) this.#counts.reversals++;
    if (rule.reversible) {
      const name = key === null || written === null ? (id ?? '') : `${key}\u0000${absoluteDecimal(written)}`;
      this.#reversals.add(name, [name, time, reversal]);
    }
    if (reversal) return;
    if (time !== null) {
      if (time < this.#first) this.#first = time;
      if (time > this.#last) this.#last = time;
    }
    const row: RecordRow = [
      seq,
      rule.id === null ? null : id,
      rule.key === null ? null : key,
      time,
      amount,
      rule.typed ? type : null,
    ];
    if (rule.id !== null && (id !== null || rule.within === null)) this.#byId.add(id ?? '', row);
    else this.#byGroup.add(groupOfRecord(row), row);
    if (rule.within !== null && time !== null && (rule.id === null || id === null)) {
      this.#systematic.record({ key: key ?? '', time, amount });
    }
  }

  async addEvents(): Promise<void> {
    const rule = this.#rule;
    for await (const batch of this.#events.read(this.#options.signal)) {
      for (const { topic, partition, offset, id, key, time, amount, type } of batch) {
        this.#counts.events++;
        const place = this.#places.placeOf(topic, partition);
        if (rule.id !== null && id === null) this.#without.id++;
        if (rule.key !== null && key === null) this.#without.key++;
        if (time === null) this.#without.time++;
        if (rule.amount !== null && amount === null) this.#without.amount++;
        const row: EventRow = [place, offset, id, key, time, amount, type];
        if (rule.id !== null && (id !== null || rule.within === null)) this.#byId.add(id ?? '', row);
        else this.#byGroup.add(groupOfEvent(row, rule.typed), row);
        if (rule.within !== null && time !== null) this.#systematic.event({ key: key ?? '', time, amount });
      }
    }
  }

  /** The time of whose events the source tells: as declared, or as far as its rows reach. */
  #coveredPeriod(): CoveredPeriod | null {
    const { from: declaredFrom, until: declaredUntil, within } = this.#rule;
    const known = this.#first <= this.#last;
    const from = declaredFrom ?? (known ? this.#first + (within?.earlier ?? 0) : null);
    const until = declaredUntil ?? (known ? this.#last - (within?.later ?? 0) : null);
    return from === null || until === null ? null : { from, until };
  }

  /** All records and events are to be added before. */
  settle(): Agreement {
    const { within, typed, amount } = this.#rule;
    const period = this.#coveredPeriod();
    const outcomes = new OutcomeTally(this.#rule, this.#events, this.#places, period, this.#options.take);
    for (const rows of this.#byId.read()) {
      for (const group of groupsOf(rows, (row) => idGroup(row, typed)).values()) this.#settleId(group, outcomes);
    }
    for (const rows of this.#byGroup.read()) {
      const name = (row: SpilledRow) => (isEvent(row) ? groupOfEvent(row, typed) : groupOfRecord(row));
      for (const group of groupsOf(rows, name).values()) settleGroup(group, this.#rule, outcomes);
    }
    if (within !== null) this.#systematic.compareSamples(within);
    const factor = this.#systematic.amountFactor();
    return {
      ...this.#counts,
      reversalsWithoutRecord: countReversalsOfNothing(this.#reversals),
      ...outcomes.agreement.total(),
      period,
      classes: outcomes.agreement.classes(),
      lateness: outcomes.lateness.summary(),
      clockShifts: this.#systematic.clockShifts(),
      amountFactor:
        factor === null ? null : { ...factor, factor: multiplyDecimals(factor.factor, amount?.factor ?? '1') },
      eventsWithout: this.#without,
      undecodable: this.#events.undecodable(),
    };
  }

  /** Rows and events of one id (and type, where rows tell it). */
  #settleId({ records, events }: Group, outcomes: OutcomeTally): void {
    const [record] = records;
    const [event] = events;
    const id = record === undefined ? event?.[2] : record[1];
    if (id === null || record === undefined || event === undefined) {
      // Without an id nothing can be told of those that are recognised by one.
      const { within } = this.#rule;
      const rest = id === null ? events : distinctEvents(events, outcomes);
      if (within !== null) {
        for (const row of rest) this.#byGroup.add(groupOfEvent(row, this.#rule.typed), row);
        const kept = distinctRecords(records, outcomes);
        for (const row of kept) this.#byGroup.add(groupOfRecord(row), row);
        return;
      }
      for (const row of rest) {
        if (id === null) outcomes.ambiguousEvent(row);
        else outcomes.missing(row);
      }
      if (id === null) for (const row of records) outcomes.notComparable(row);
      else for (const row of distinctRecords(records, outcomes)) outcomes.onlyInRecords(row);
      return;
    }
    if (records.length === 1 && events.length === 1) {
      this.#sameId(record, event, outcomes);
      return;
    }
    const distinct = distinctEvents(events, outcomes);
    const contents = new Set(records.map(contentOf));
    if (distinct.length > 1 || contents.size > 1) {
      const pairs = Math.min(distinct.length, contents.size);
      distinct.forEach((row, index) => {
        outcomes.ambiguousEvent(row, index < pairs);
      });
      for (const row of distinctRecords(records, outcomes)) outcomes.ambiguousRecord(row);
      return;
    }
    for (const row of records.slice(1)) outcomes.twice(row);
    this.#sameId(record, event, outcomes);
  }

  #sameId(record: RecordRow, event: EventRow, outcomes: OutcomeTally): void {
    this.#systematic.pair({ time: record[3], amount: record[4] }, { time: event[4], amount: event[5] });
    outcomes.matched(record, event);
  }
}
