import { absoluteDecimal, multiplyDecimals, type Decimal } from '../../model/records/decimal.js';
import type { ExternalRecord } from '../../model/records/external-record.js';
import type { RecordedEventRef } from '../../model/records/recorded-outputs.js';
import type { ExternalRecords } from '../../sources/records/open-external-records.js';
import type { Agreement } from './agreement.js';
import { joinTimes, touchesTime, type BlindTime } from './blind-time.js';
import type { KnownEvent, KnownEvents } from './known-events.js';
import { LatenessTally } from './lateness.js';
import type { MatchRule } from './match-rule.js';
import { monthOf } from './month.js';
import { settleCandidates } from './settle-candidates.js';
import { Spill } from './spill.js';
import { SystematicDifferences } from './systematic-differences.js';
import { AgreementTally } from './tally-agreement.js';

/** What became of a record or an event. */
export type MatchOutcome =
  /** `doubtful`: not by an id, and an event that nobody holds could as well be what the record speaks of. */
  | { readonly kind: 'matched'; readonly record: number; readonly event: RecordedEventRef }
  | { readonly kind: 'doubtful'; readonly record: number; readonly event: UnsettledEvent }
  | { readonly kind: 'missing' | 'ambiguous-event'; readonly event: UnsettledEvent }
  | { readonly kind: 'repeated-event'; readonly event: RecordedEventRef }
  | {
      readonly kind: 'only-in-records' | 'not-comparable' | 'ambiguous-record' | 'twice';
      readonly record: number;
    }
  /** `first`: the row with the same id that it contradicts, and that has an outcome of its own. */
  | { readonly kind: 'contradicting'; readonly record: number; readonly first: number };

/** An event of which no record is surely the one. */
export type UnsettledEvent = RecordedEventRef & Pick<KnownEvent, 'id' | 'key' | 'time'>;

export interface MatchOptions {
  readonly signal?: AbortSignal;
  /** Is told of every record and event, in no particular order. */
  readonly take?: (outcome: MatchOutcome) => void;
  /** Rows that are kept in memory before they go to temporary files. */
  readonly keptRows?: number;
}

// As they stand in temporary files; the amount of a record is in the unit of the events.
type RecordRow = [
  seq: number,
  id: string | null,
  key: string | null,
  time: number | null,
  amount: Decimal | null,
  type: string | null,
];
type EventRow = [
  at: number,
  offset: number,
  id: string | null,
  key: string | null,
  time: number | null,
  amount: Decimal | null,
  type: string,
];
type SpilledRow = RecordRow | EventRow;
type ReversalRow = [name: string, time: number | null, reversal: boolean];

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
  readonly #places: { readonly topic: string; readonly partition: number }[] = [];
  readonly #tally = new AgreementTally();
  readonly #lateness = new LatenessTally();
  readonly #systematic = new SystematicDifferences();
  readonly #without = { id: 0, key: 0, time: 0, amount: 0 };
  #counts = { records: 0, events: 0, otherTypes: 0, reversals: 0, reversalsWithoutRecord: 0 };
  #first = Infinity;
  #last = -Infinity;
  #period: { readonly from: number; readonly until: number } | null = null;
  #blind: readonly BlindTime[] = [];

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
        const place = this.#placeOf(topic, partition);
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
    const known = this.#first <= this.#last;
    const from = rule.from ?? (known ? this.#first + (rule.within?.earlier ?? 0) : null);
    const until = rule.until ?? (known ? this.#last - (rule.within?.later ?? 0) : null);
    this.#period = from === null || until === null ? null : { from, until };
    this.#blind = joinTimes(this.#events.blind());
  }

  /** Events come partition by partition. */
  #placeOf(topic: string, partition: number): number {
    const last = this.#places.at(-1);
    if (last?.topic === topic && last.partition === partition) return this.#places.length - 1;
    const known = this.#places.findIndex((place) => place.topic === topic && place.partition === partition);
    return known === -1 ? this.#places.push({ topic, partition }) - 1 : known;
  }

  settle(): Agreement {
    const { within, typed } = this.#rule;
    for (const rows of this.#byId.read()) {
      for (const group of groupsOf(rows, (row) => idGroup(row, typed)).values()) this.#settleId(group);
    }
    for (const rows of this.#byGroup.read()) {
      const name = (row: SpilledRow) => (isEvent(row) ? groupOfEvent(row, typed) : groupOfRecord(row));
      for (const group of groupsOf(rows, name).values()) this.#settleGroup(group);
    }
    this.#settleReversals();
    if (within !== null) this.#systematic.compareSamples(within);
    const factor = this.#systematic.amountFactor();
    return {
      ...this.#counts,
      ...this.#tally.total(),
      period: this.#period,
      classes: this.#tally.classes(),
      lateness: this.#lateness.summary(),
      clockShifts: this.#systematic.clockShifts(),
      amountFactor:
        factor === null
          ? null
          : { ...factor, factor: multiplyDecimals(factor.factor, this.#rule.amount?.factor ?? '1') },
      eventsWithout: this.#without,
      undecodable: this.#events.undecodable(),
    };
  }

  /** Rows and events of one id (and type, where rows tell it). */
  #settleId({ records, events }: Group): void {
    const [record] = records;
    const [event] = events;
    const id = record === undefined ? event?.[2] : record[1];
    if (id === null || record === undefined || event === undefined) {
      // Without an id nothing can be told of those that are recognised by one.
      const { within } = this.#rule;
      const rest = id === null ? events : this.#distinctEvents(events);
      if (within !== null) {
        for (const row of rest) this.#byGroup.add(groupOfEvent(row, this.#rule.typed), row);
        const kept = this.#distinct(records);
        for (const row of kept) this.#byGroup.add(groupOfRecord(row), row);
        return;
      }
      for (const row of rest) {
        if (id === null) this.#ambiguousEvent(row);
        else this.#missing(row);
      }
      if (id === null) for (const row of records) this.#notComparable(row);
      else for (const row of this.#distinct(records)) this.#onlyInRecords(row);
      return;
    }
    if (records.length === 1 && events.length === 1) {
      this.#sameId(record, event);
      return;
    }
    const distinct = this.#distinctEvents(events);
    const contents = new Set(records.map(contentOf));
    if (distinct.length > 1 || contents.size > 1) {
      const pairs = Math.min(distinct.length, contents.size);
      distinct.forEach((row, index) => {
        this.#ambiguousEvent(row, index < pairs);
      });
      for (const row of this.#distinct(records)) this.#ambiguousRecord(row);
      return;
    }
    for (const row of records.slice(1)) this.#twice(row);
    this.#sameId(record, event);
  }

  #sameId(record: RecordRow, event: EventRow): void {
    this.#systematic.pair({ time: record[3], amount: record[4] }, { time: event[4], amount: event[5] });
    this.#matched(record, event);
  }

  /** Rows and events of one key, amount and type, as far as the rule names them. */
  #settleGroup({ records, events }: Group): void {
    const { within, key, amount } = this.#rule;
    if (within === null) throw new Error('without a tolerance nothing is matched by time');
    const whole = (of: string | null, much: Decimal | null, time: number | null) =>
      time !== null && (key === null || of !== null) && (amount === null || much !== null);
    const [record, event] = [records[0], events[0]];
    if (record !== undefined && event !== undefined && records.length === 1 && events.length === 1) {
      // So it is nearly always, and then there is nothing to settle.
      const late = (record[3] ?? NaN) - (event[4] ?? NaN);
      const complete = whole(record[2], record[4], record[3]) && whole(event[3], event[5], event[4]);
      if (complete && late <= within.later && -late <= within.earlier && (record[1] === null || event[2] === null)) {
        this.#matchedByTime(record, event);
        return;
      }
    }
    const [left, right]: [RecordRow[], EventRow[]] = [[], []];
    for (const row of records) {
      if (whole(row[2], row[4], row[3])) left.push(row);
      else this.#notComparable(row);
    }
    for (const row of events) {
      if (whole(row[3], row[5], row[4])) right.push(row);
      else this.#ambiguousEvent(row);
    }
    const settled = settleCandidates(
      left.map((row) => ({ time: row[3] as number, id: row[1], type: row[5] })),
      right.map((row) => ({ time: row[4] as number, id: row[2], type: row[6] })),
      within,
    );
    for (const [record, event] of settled.pairs) {
      this.#matchedByTime(left[record] as RecordRow, right[event] as EventRow);
    }
    for (const { record, twice } of settled.recordsAlone) {
      if (twice) this.#twice(left[record] as RecordRow);
      else this.#onlyInRecords(left[record] as RecordRow);
    }
    for (const event of settled.eventsAlone) this.#missing(right[event] as EventRow);
    for (const record of settled.ambiguousRecords) this.#ambiguousRecord(left[record] as RecordRow);
    settled.ambiguousEvents.forEach((event, index) => {
      this.#ambiguousEvent(right[event] as EventRow, index < settled.ambiguousPairs);
    });
  }

  /** Of events with one id the first of each type; the others are copies of them. */
  #distinctEvents(events: readonly EventRow[]): readonly EventRow[] {
    const types = new Set<string>();
    const [distinct, repeated]: [EventRow[], EventRow[]] = [[], []];
    for (const row of events) {
      (types.has(row[6]) ? repeated : distinct).push(row);
      types.add(row[6]);
    }
    for (const event of repeated) {
      this.#options.take?.({ kind: 'repeated-event', event: this.#refOf(event) });
      this.#tally.of(event[6], monthOf(event[4])).repeatedEvents++;
    }
    return distinct;
  }

  /** Of rows with one id the first of each content; the others say something twice, or contradict it. */
  #distinct(records: readonly RecordRow[]): readonly RecordRow[] {
    const [first, ...others] = records;
    if (first === undefined) return [];
    for (const row of others) {
      if (contentOf(row) === contentOf(first)) this.#twice(row);
      else this.#contradicting(row, first);
    }
    return [first];
  }

  /** Beside a hole the event that fits need not be the one: another that fits as well may have been lost. */
  #matchedByTime(record: RecordRow, event: EventRow): void {
    if (!this.#isInBlindTime(record[3])) {
      this.#matched(record, event);
      return;
    }
    this.#options.take?.({ kind: 'doubtful', record: record[0], event: this.#unsettled(event) });
    const counts = this.#countsOfEvent(event);
    if (counts === null) return;
    counts.known++;
    counts.doubtful++;
  }

  #matched(record: RecordRow, event: EventRow): void {
    const [seq, , key, time, amount] = record;
    const [, , , eventKey, eventTime, eventAmount] = event;
    this.#options.take?.({ kind: 'matched', record: seq, event: this.#refOf(event) });
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
    this.#lateness.add(difference);
  }

  #missing(event: EventRow): void {
    const counts = this.#countsOfEvent(event);
    this.#options.take?.({ kind: 'missing', event: this.#unsettled(event) });
    if (counts === null) return;
    counts.known++;
    counts.missing++;
  }

  #ambiguousEvent(event: EventRow, hasRecord = false): void {
    this.#options.take?.({ kind: 'ambiguous-event', event: this.#unsettled(event) });
    const counts = this.#countsOfEvent(event);
    if (counts === null) return;
    counts.known++;
    counts.ambiguousEvents++;
    if (hasRecord) counts.ambiguousPairs++;
  }

  #onlyInRecords(record: RecordRow): void {
    if (this.#isBlindAt(record[3])) {
      this.#notComparable(record);
      return;
    }
    this.#options.take?.({ kind: 'only-in-records', record: record[0] });
    this.#countsOfRecord(record).onlyInRecords++;
  }

  #notComparable(record: RecordRow): void {
    this.#options.take?.({ kind: 'not-comparable', record: record[0] });
    this.#countsOfRecord(record).notComparable++;
  }

  #ambiguousRecord(record: RecordRow): void {
    this.#options.take?.({ kind: 'ambiguous-record', record: record[0] });
    this.#countsOfRecord(record).ambiguousRecords++;
  }

  #twice(record: RecordRow): void {
    this.#options.take?.({ kind: 'twice', record: record[0] });
    this.#countsOfRecord(record).twice++;
  }

  #contradicting(record: RecordRow, first: RecordRow): void {
    this.#options.take?.({ kind: 'contradicting', record: record[0], first: first[0] });
    this.#countsOfRecord(record).contradicting++;
  }

  #countsOfRecord(record: RecordRow) {
    const { types } = this.#rule;
    const only = types?.length === 1 ? (types[0] ?? null) : null;
    return this.#tally.of(record[5] ?? only, monthOf(record[3]));
  }

  /** Null for an event outside of the time that the source covers: it is counted there and nowhere else. */
  #countsOfEvent(event: EventRow) {
    const [, , , , time, , type] = event;
    const counts = this.#tally.of(type, monthOf(time));
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

  /** Each reversal takes back a record of the same key and amount (or id) that is not later than it. */
  #settleReversals(): void {
    for (const rows of this.#reversals.read()) {
      const groups = new Map<string, ReversalRow[]>();
      for (const row of rows) {
        const group = groups.get(row[0]);
        if (group === undefined) groups.set(row[0], [row]);
        else group.push(row);
      }
      for (const group of groups.values()) {
        group.sort(([, a, x], [, b, y]) => (a ?? -Infinity) - (b ?? -Infinity) || Number(x) - Number(y));
        let standing = 0;
        for (const [, , reversal] of group) {
          if (!reversal) standing++;
          else if (standing > 0) standing--;
          else this.#counts.reversalsWithoutRecord++;
        }
      }
    }
  }

  #unsettled(event: EventRow): UnsettledEvent {
    const [, , id, key, time] = event;
    return { ...this.#refOf(event), id, key, time };
  }

  #refOf([place, offset]: EventRow): RecordedEventRef {
    const { topic = '', partition = 0 } = this.#places[place] ?? {};
    return { topic, partition, offset };
  }
}

interface Group {
  readonly records: RecordRow[];
  readonly events: EventRow[];
}

function isEvent(row: SpilledRow): row is EventRow {
  return row.length === 7;
}

function idGroup(row: SpilledRow, typed: boolean): string {
  const id = isEvent(row) ? row[2] : row[1];
  const type = !typed ? null : isEvent(row) ? row[6] : row[5];
  return type === null ? (id ?? '') : `${id ?? ''}\u0000${type}`;
}

function groupOfRecord([, , key, , amount, type]: RecordRow): string {
  return `${key ?? ''}\u0000${amount ?? ''}\u0000${type ?? ''}`;
}

function groupOfEvent([, , , key, , amount, type]: EventRow, typed: boolean): string {
  return `${key ?? ''}\u0000${amount ?? ''}\u0000${typed ? type : ''}`;
}

function groupsOf(rows: readonly SpilledRow[], name: (row: SpilledRow) => string): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  for (const row of rows) {
    const of = name(row);
    let group = groups.get(of);
    if (group === undefined) groups.set(of, (group = { records: [], events: [] }));
    if (isEvent(row)) group.events.push(row);
    else group.records.push(row);
  }
  return groups;
}

/** What a row says, its place left out. */
function contentOf([, , key, time, amount, type]: RecordRow): string {
  return JSON.stringify([key, time, amount, type]);
}
